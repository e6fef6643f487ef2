DO $$ BEGIN RAISE NOTICE 'third'; END $$;
