-- The tables are out of the application's reach.
DO $$
BEGIN
    PERFORM FROM app.note;
    ASSERT false, 'the application names no table';
EXCEPTION WHEN insufficient_privilege THEN
    NULL;
END
$$;
