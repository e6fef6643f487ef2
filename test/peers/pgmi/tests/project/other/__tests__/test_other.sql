DO $$ BEGIN RAISE NOTICE 'others see % people, the sequence stands at %', (SELECT count(*) FROM people), (SELECT last_value FROM people_id_seq); END $$;
