DO $$ BEGIN ASSERT (SELECT count(*) FROM audit_log) = 1; END $$;
