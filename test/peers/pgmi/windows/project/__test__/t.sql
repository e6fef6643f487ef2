DO $$
BEGIN
    RAISE NOTICE 'from a test';
END $$;
