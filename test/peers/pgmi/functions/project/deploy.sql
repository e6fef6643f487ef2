CREATE SCHEMA seen;
CREATE TABLE seen.is_sql AS
SELECT name, pg_temp.pgmi_is_sql_file(name) AS is_sql
FROM unnest(ARRAY['a.sql', 'A.SQL', 'a.ddl', 'a.dml', 'a.dql', 'a.dcl', 'a.psql', 'a.pgsql', 'a.plpgsql', 'a.sql.bak', 'a.sql~', 'sql', '.sql', 'a.sq', 'a.mysql']) AS name;
CREATE TABLE seen.registered AS
SELECT (r).path, (r).name, (r).directory, (r).extension, (r).depth, (r).size_bytes, (r).path_parts, (r).is_sql_file, (r).is_test_file, (r).parent_folder_name
FROM (SELECT pg_temp.pgmi_register_file(p, 'SELECT 1;', repeat('a', 64), repeat('b', 64)) AS r FROM unnest(ARRAY['  made/up.SQL ', 'b\c.sql', './d//e/f', 'g.txt']) AS p) x;
CREATE TABLE seen.plan AS SELECT path, sort_key, execution_order, checksum FROM pgmi_plan_view;
CREATE TABLE seen.errors (call text, state text, message text);
DO $$
DECLARE call text;
        state text; said text;
BEGIN
    RAISE NOTICE '% %', pg_temp.pgmi_validate_pattern('^a.*b$'), pg_temp.pgmi_validate_pattern(NULL) IS NULL;
    FOREACH call IN ARRAY ARRAY[
        'SELECT pg_temp.pgmi_validate_pattern(''[unclosed'')',
        'SELECT count(*) FROM pg_temp.pgmi_test_plan(''(unclosed'')',
        'SELECT pg_temp.pgmi_test_generate(NULL, ''drop table x; --'')',
        'SELECT pg_temp.pgmi_test_generate(NULL, ''"quoted"'')',
        'SELECT pg_temp.pgmi_register_file(''made/up.SQL'', ''again'', repeat(''a'', 64), repeat(''b'', 64))',
        'SELECT pg_temp.pgmi_register_file(''x/__test__/t.sql'', '''', repeat(''a'', 64), repeat(''b'', 64))',
        'SELECT pg_temp.pgmi_register_file(''x.sql'', '''', ''short'', repeat(''b'', 64))',
        'SELECT pg_temp.pgmi_run_test_source(''./__test__/test_fails.sql'')'] LOOP
        BEGIN
            EXECUTE call;
            INSERT INTO seen.errors VALUES (call);
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, said = MESSAGE_TEXT;
            INSERT INTO seen.errors VALUES (call, state, CASE WHEN state LIKE 'P0%' THEN said END);
        END;
    END LOOP;
END $$;
SELECT pg_temp.pgmi_run_test_source('./__test__/test_passes.sql');
