BEGIN;
DO $$
DECLARE f record;
        state text; said text; more text; advice text;
BEGIN
    FOR f IN SELECT p.path, p.content FROM pgmi_plan_view p ORDER BY execution_order LOOP
        BEGIN
            EXECUTE f.content;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, said = MESSAGE_TEXT, more = PG_EXCEPTION_DETAIL, advice = PG_EXCEPTION_HINT;
            RAISE EXCEPTION 'Failed in %: %', f.path, said USING ERRCODE = state, DETAIL = more, HINT = advice;
        END;
        RAISE NOTICE 'done: %', f.path;
    END LOOP;
END $$;
COMMIT;
