DO $$ BEGIN RAISE NOTICE 'two sees %', (SELECT string_agg(name, ', ' ORDER BY id) FROM people); END $$;
