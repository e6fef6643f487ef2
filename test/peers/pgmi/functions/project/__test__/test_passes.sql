DO $$ BEGIN RAISE NOTICE 'it passes'; END $$;
