DO $$ BEGIN RAISE NOTICE 'the deep sees %', (SELECT string_agg(name, ', ' ORDER BY id) FROM people); END $$;
