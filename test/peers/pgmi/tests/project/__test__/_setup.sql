INSERT INTO people (name) VALUES ('from the root');
DO $$ BEGIN RAISE NOTICE 'fixture of the root'; END $$;
