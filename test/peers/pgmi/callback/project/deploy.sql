BEGIN;
CREATE SCHEMA report;
CREATE TABLE report.events (n serial, event text, path text, directory text, depth int, ordinal int, context jsonb);
CREATE FUNCTION report.listen(e pg_temp.pgmi_test_event) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO report.events (event, path, directory, depth, ordinal, context) VALUES (e.event, e.path, e.directory, e.depth, e.ordinal, e.context);
    RAISE NOTICE '% % % % % %', e.event, coalesce(e.path, '-'), coalesce(nullif(e.directory, ''), '-'), e.depth, e.ordinal, e.context IS NULL;
END $$;
-- CALL pgmi_test();
/* CALL pgmi_test(); /* CALL pgmi_test(); */ */
SELECT 'CALL pgmi_test();', $x$ CALL pgmi_test(); $x$ AS "CALL pgmi_test();";
call /* of the pattern */ pg_temp.PGMI_TEST ( 'users' , 'report.listen' ) ;
CALL pgmi_test(NULL, 'report.listen');
CALL pgmi_test('');
COMMIT;
