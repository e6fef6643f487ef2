-- What a deployment of {{PROJECT_NAME}} does, from the first statement to the last.
--
-- The files of this folder lie in views of the session when this script begins:
--   pgwright_source_view     path, content, checksum, is_sql_file, … of each file
--   pgwright_plan_view       the same files in the order of their paths (or of the sort keys in their metadata)
--   pgwright_parameter_view  what --param said; current_setting('pgwright.NAME', true) is the value of one
-- Tests, in folders named __test__, are not among them: CALL pgwright_test() runs those.
--
-- All up to the first COMMIT is one transaction: it happens as a whole, or not at all.
BEGIN;

-- Whoever waits for a lock on a busy table makes everybody else wait behind it. Better to fail, and to try again.
SET LOCAL lock_timeout = '5s';

-- A test must not pass because nobody looked.
SET LOCAL plpgsql.check_asserts = on;

-- Every file of schema/, in order. Each may run again and again: it brings the database to the state it describes.
DO $deploy$
DECLARE
    file record;
BEGIN
    FOR file IN
        SELECT p.path, p.content
        FROM pg_temp.pgwright_plan_view p
        JOIN pg_temp.pgwright_source_view s USING (path)
        WHERE s.is_sql_file
          AND (p.path LIKE './schema/%'
               -- people to try things with, for --param demo=on alone
               OR (p.path LIKE './seed/%' AND current_setting('pgwright.demo', true)::boolean))
        ORDER BY p.execution_order
    LOOP
        RAISE NOTICE '%', file.path;
        EXECUTE file.content;
    END LOOP;
END
$deploy$;

-- Each test runs on what was just made, and is taken back. One that fails takes the deployment back with it.
SAVEPOINT tests;
CALL pgwright_test();
ROLLBACK TO SAVEPOINT tests;

COMMIT;

-- From here on each statement is a transaction of its own: the place for CREATE INDEX CONCURRENTLY, VACUUM and the like,
-- which refuse to run in a larger one.
ANALYZE app.person;
