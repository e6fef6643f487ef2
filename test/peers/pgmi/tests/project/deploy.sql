BEGIN;
CREATE TABLE people (id serial, name text);
CREATE SCHEMA plans;
SELECT pg_temp.pgmi_persist_test_plan('plans');
CREATE TABLE plans.pattern AS SELECT * FROM pg_temp.pgmi_test_plan('/deep/');
CREATE TABLE plans.has AS
SELECT d.path, pg_temp.pgmi_has_tests(d.path) AS has, pg_temp.pgmi_has_tests(d.path, 'none_of_these') AS has_none,
       pg_temp.pgmi_has_tests(d.path, 'two') AS has_two
FROM pgmi_test_directory_view d;
CREATE TABLE plans.text AS SELECT n, line FROM regexp_split_to_table(pg_temp.pgmi_test_generate(), E'\n') WITH ORDINALITY AS l (line, n);
CALL pgmi_test();
COMMIT;
