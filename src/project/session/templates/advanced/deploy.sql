-- What a deployment of {{PROJECT_NAME}} does, from the first statement to the last.
--
-- The files of this folder lie in views of the session when this script begins (pgwright_source_view; pgwright_plan_view in
-- the order of the sort keys in their metadata). Those of deploy/ run here by name. All other SQL files have metadata, and
-- run as the owner's scripts. Tests, in folders named __test__, run last.
--
-- All up to the first COMMIT is one transaction: it happens as a whole, or not at all.
BEGIN;

-- Whoever waits for a lock on a busy table makes everybody else wait behind it. Better to fail, and to try again.
SET LOCAL lock_timeout = '5s';

-- A test must not pass because nobody looked.
SET LOCAL plpgsql.check_asserts = on;

-- Nothing is found by accident: what is not in pg_catalog is written with its schema.
SET LOCAL search_path = pg_catalog, pg_temp;

-- Runs a file of this folder.
CREATE FUNCTION pg_temp.run_file(file_path text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    script text;
BEGIN
    SELECT content INTO STRICT script FROM pg_temp.pgwright_source_view WHERE path = file_path;
    EXECUTE script;
END
$$;

-- As whoever deploys: what the owner of the schemas may not do.
SELECT pg_temp.run_file('./deploy/parameters.sql');
SELECT pg_temp.run_file('./deploy/roles.sql');

-- From here to the COMMIT as the role that owns everything, so that everything belongs to it.
DO $$ BEGIN EXECUTE format('SET LOCAL ROLE %I', current_setting('deployment.owner_role')); END $$;

SELECT pg_temp.run_file('./deploy/tracking.sql');
SELECT pg_temp.run_file('./deploy/scripts.sql');
SELECT pg_temp.run_file('./deploy/privileges.sql');

-- Each test runs on what was just made, and is taken back. One that fails takes the deployment back with it.
SAVEPOINT tests;
CALL pgwright_test();
ROLLBACK TO SAVEPOINT tests;

COMMIT;

-- From here on each statement is a transaction of its own, as whoever deploys: the place for CREATE INDEX CONCURRENTLY,
-- VACUUM and the like, which refuse to run in a larger one.
DO $$
BEGIN
    RAISE NOTICE 'deployed % (%)', current_database(), current_setting('pgwright.env');
END
$$;
