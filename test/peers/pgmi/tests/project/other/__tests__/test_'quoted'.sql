DO $$ BEGIN RAISE NOTICE 'quoted'; END $$;
