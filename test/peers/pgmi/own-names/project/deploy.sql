BEGIN;
CREATE SCHEMA seen;
CREATE TABLE seen.views AS
SELECT c.relname::text AS name, string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = pg_my_temp_schema() AND c.relkind = 'v' GROUP BY c.relname;
CREATE TABLE seen.functions AS
SELECT proname::text AS name FROM pg_proc WHERE pronamespace = pg_my_temp_schema();
CREATE FUNCTION pg_temp.listen(e pg_temp.pgwright_test_event) RETURNS void LANGUAGE plpgsql AS $$
BEGIN RAISE NOTICE '% %', e.event, e.path; END $$;
CALL pgwright_test();
CALL pgwright_test('a', 'pg_temp.listen');
DO $$ BEGIN RAISE NOTICE '% %', current_setting('pgwright.env'), current_setting('pgmi.env'); END $$;
COMMIT;
