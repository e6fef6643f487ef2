-- The lock of a deployment into this database, by the key that other tools of this habit take as well; and whose it is.
-- Columns: taken, pid. From 11.
SELECT pg_try_advisory_lock(hashtextextended('pgmi.deploy.' || current_database(), 0)) AS taken, pg_backend_pid() AS pid;
