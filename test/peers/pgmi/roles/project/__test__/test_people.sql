DO $$ BEGIN RAISE NOTICE 'the test runs as the owner: %', current_user = current_database() || '_owner'; ASSERT greet('x') = 'Hello x'; END $$;
