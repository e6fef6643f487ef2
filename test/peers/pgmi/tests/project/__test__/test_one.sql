INSERT INTO people (name) VALUES ('of test one');
DO $$ BEGIN RAISE NOTICE 'one sees %', (SELECT string_agg(name, ', ' ORDER BY id) FROM people); END $$;
