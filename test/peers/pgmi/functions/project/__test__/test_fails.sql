DO $$ BEGIN RAISE EXCEPTION 'it fails' USING ERRCODE = 'P0042', HINT = 'is lost'; END $$;
