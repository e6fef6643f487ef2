-- Files that are committed one by one. What an earlier deployment committed before it ended midway is not run again: it stands in
-- pgwright.session_files, in the same transaction as what the file did, until a deployment comes to its end (files_end.sql).
-- From 11. The schema and its table are made when they are first needed: a project that does not call this leaves nothing behind.
CREATE TEMP SEQUENCE _pgwright_call;
GRANT USAGE ON SEQUENCE pg_temp._pgwright_call TO PUBLIC;

-- A plan makes another of it, and keeps nothing.
CREATE FUNCTION pg_temp._pgwright_commits() RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';

CREATE PROCEDURE pg_temp.pgwright_deploy_files(p_pattern text DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
    this_call CONSTANT bigint := nextval('pg_temp._pgwright_call');
    pattern CONSTANT text := pg_temp.pgmi_validate_pattern(p_pattern);
    file record;
BEGIN
    IF pg_temp._pgwright_commits() THEN
        COMMIT; -- within a transaction of somebody else's this fails, before any file has run
    END IF;
    IF to_regclass('pgwright.session_files') IS NULL THEN
        IF to_regnamespace('pgwright') IS NULL THEN
            CREATE SCHEMA pgwright;
        END IF;
        CREATE TABLE pgwright.session_files (
            call         bigint NOT NULL, -- of this procedure, counted within a deployment
            sort_key     text NOT NULL,
            path         text NOT NULL,
            checksum     text NOT NULL,
            committed_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
            committed_by text NOT NULL DEFAULT session_user,
            PRIMARY KEY (call, sort_key, path)
        );
        COMMENT ON TABLE pgwright.session_files IS 'what a deployment has committed that did not come to its end';
    END IF;
    FOR file IN
        SELECT p.path, p.sort_key, s.checksum FROM pg_temp.pgmi_plan_view p JOIN pg_temp.pgmi_source_view s USING (path)
         WHERE s.is_sql_file AND (pattern IS NULL OR p.path ~ pattern) ORDER BY p.execution_order
    LOOP
        IF EXISTS (SELECT FROM pgwright.session_files f
                    WHERE f.call = this_call AND f.sort_key = file.sort_key AND f.path = file.path AND f.checksum = file.checksum)
        THEN
            RAISE NOTICE '%: skipped, an earlier deployment that did not come to its end has committed it', file.path;
            CONTINUE;
        END IF;
        EXECUTE (SELECT content FROM pg_temp.pgmi_source_view WHERE path = file.path);
        INSERT INTO pgwright.session_files AS f (call, sort_key, path, checksum)
        VALUES (this_call, file.sort_key, file.path, file.checksum)
            ON CONFLICT ON CONSTRAINT session_files_pkey
            DO UPDATE SET checksum = excluded.checksum, committed_at = excluded.committed_at, committed_by = excluded.committed_by;
        IF pg_temp._pgwright_commits() THEN
            COMMIT;
        END IF;
    END LOOP;
END
$$;
