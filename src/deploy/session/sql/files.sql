-- Files that are committed one by one. What an earlier deployment committed before it ended midway is not run again: it stands in
-- pgwright.session_files, in the same transaction as what the file did, until a deployment comes to its end (files_end.sql).
-- From 11. The schema and its table are made when they are first needed: a project that does not call this leaves nothing behind.
CREATE TEMP SEQUENCE _pgwright_call;
GRANT USAGE ON SEQUENCE pg_temp._pgwright_call TO PUBLIC;

-- A plan makes another of it, and keeps nothing.
CREATE FUNCTION pg_temp._pgwright_commits() RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';

-- "own", "shared" or "none"; of a project that says it of some files, another (transactions.c).
CREATE FUNCTION pg_temp._pgwright_transaction(in_path text) RETURNS text LANGUAGE sql STABLE AS 'SELECT ''own''::text';

CREATE FUNCTION pg_temp._pgwright_make_files() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('pgwright.session_files') IS NOT NULL THEN
        RETURN;
    END IF;
    IF to_regnamespace('pgwright') IS NULL THEN
        CREATE SCHEMA pgwright;
    END IF;
    CREATE TABLE pgwright.session_files (
        call         bigint NOT NULL, -- of this procedure, counted within a deployment
        sort_key     text NOT NULL,
        path         text NOT NULL,
        checksum     text NOT NULL,
        statement    bigint, -- of a file outside of transactions: that is to run next; NULL: all of them have
        begun        boolean NOT NULL DEFAULT false, -- it was, and nobody knows how it ended
        committed_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
        committed_by text NOT NULL DEFAULT session_user,
        PRIMARY KEY (call, sort_key, path)
    );
    COMMENT ON TABLE pgwright.session_files IS 'what a deployment has committed that did not come to its end';
END
$$;

-- A file outside of transactions is not run here: the procedure ends, the program hears of it and runs it, and calls the procedure
-- again, which goes on behind it.
CREATE FUNCTION pg_temp._pgwright_hand_over(in_call bigint, in_row bigint, in_key text, in_path text, in_checksum text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    at record;
BEGIN
    IF pg_temp._pgwright_commits() THEN
        INSERT INTO pgwright.session_files AS f (call, sort_key, path, checksum, statement)
        VALUES (in_call, in_key, in_path, in_checksum, 1)
            ON CONFLICT ON CONSTRAINT session_files_pkey
            DO UPDATE SET checksum = excluded.checksum, statement = 1, begun = false WHERE f.checksum <> excluded.checksum;
        SELECT f.statement, f.begun INTO at FROM pgwright.session_files f
         WHERE f.call = in_call AND f.sort_key = in_key AND f.path = in_path;
        PERFORM set_config('_pgwright.goes_on', in_call || ' ' || in_row, false);
    ELSE
        SELECT 1 AS statement, false AS begun INTO at;
    END IF;
    RAISE INFO USING ERRCODE = 'PGW04', MESSAGE = json_build_object('call', in_call, 'sort_key', in_key, 'path', in_path,
        'statement', at.statement, 'begun', at.begun);
END
$$;

CREATE PROCEDURE pg_temp.pgwright_deploy_files(p_pattern text DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
    goes_on CONSTANT text[] := string_to_array(NULLIF(current_setting('_pgwright.goes_on', true), ''), ' ');
    this_call CONSTANT bigint := COALESCE(goes_on[1]::bigint, nextval('pg_temp._pgwright_call'));
    pattern CONSTANT text := pg_temp.pgmi_validate_pattern(p_pattern);
    is_open boolean := false; -- shared files have run
    stack text;
    file record;
BEGIN
    GET DIAGNOSTICS stack = PG_CONTEXT;
    PERFORM set_config('_pgwright.goes_on', '', false);
    IF pg_temp._pgwright_commits() THEN
        COMMIT; -- within a transaction of somebody else's this fails, before any file has run
    END IF;
    PERFORM pg_temp._pgwright_make_files();
    FOR file IN
        SELECT p.path, p.sort_key, s.checksum, p.execution_order, pg_temp._pgwright_transaction(p.path) AS transaction
          FROM pg_temp.pgmi_plan_view p JOIN pg_temp.pgmi_source_view s USING (path)
         WHERE s.is_sql_file AND (pattern IS NULL OR p.path ~ pattern) AND p.execution_order > COALESCE(goes_on[2]::bigint, 0)
         ORDER BY p.execution_order
    LOOP
        IF EXISTS (SELECT FROM pgwright.session_files f
                    WHERE f.call = this_call AND f.sort_key = file.sort_key AND f.path = file.path AND f.checksum = file.checksum
                      AND f.statement IS NULL)
        THEN
            RAISE NOTICE '%: skipped, an earlier deployment that did not come to its end has committed it', file.path;
            CONTINUE;
        END IF;
        IF is_open AND file.transaction <> 'shared' AND pg_temp._pgwright_commits() THEN
            COMMIT;
            is_open := false;
        END IF;
        IF file.transaction = 'none' AND position(E'\n' IN stack) > 0 THEN
            RAISE EXCEPTION '% runs outside of transactions, which nothing can that was called by something else', file.path
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      HINT = 'make CALL pgwright_deploy_files() a statement of deploy.sql itself, behind its first COMMIT';
        END IF;
        IF file.transaction = 'none' THEN
            PERFORM pg_temp._pgwright_hand_over(this_call, file.execution_order, file.sort_key, file.path, file.checksum);
            CONTINUE WHEN NOT pg_temp._pgwright_commits();
            COMMIT;
            RETURN;
        END IF;
        EXECUTE (SELECT content FROM pg_temp.pgmi_source_view WHERE path = file.path);
        INSERT INTO pgwright.session_files AS f (call, sort_key, path, checksum)
        VALUES (this_call, file.sort_key, file.path, file.checksum)
            ON CONFLICT ON CONSTRAINT session_files_pkey
            DO UPDATE SET checksum = excluded.checksum, statement = NULL, begun = false,
                          committed_at = excluded.committed_at, committed_by = excluded.committed_by;
        is_open := file.transaction = 'shared';
        IF NOT is_open AND pg_temp._pgwright_commits() THEN
            COMMIT;
        END IF;
    END LOOP;
    IF is_open AND pg_temp._pgwright_commits() THEN
        COMMIT;
    END IF;
END
$$;
