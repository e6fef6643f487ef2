DO $$ BEGIN
    IF broken() THEN
        RAISE EXCEPTION 'nobody is written down' USING DETAIL = 'who is null', HINT = 'write it down', ERRCODE = 'check_violation';
    END IF;
END $$;
