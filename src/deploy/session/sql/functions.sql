-- The type and the functions that every version of the contract has. Relations of the session are named with pg_temp, for
-- deploy.sql may set search_path as it likes. From 11.
CREATE TYPE pg_temp.pgmi_test_event AS (
    event text,
    path text,
    directory text,
    depth int,
    ordinal int,
    context jsonb
);

CREATE FUNCTION pg_temp.pgmi_is_sql_file(filename text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT filename ~* '[.](sql|ddl|dml|dql|dcl|psql|pgsql|plpgsql)$'
$$;

-- What follows from a file's path. A call is inlined where it stands.
CREATE FUNCTION pg_temp._pgwright_path(in_path text)
RETURNS TABLE (name text, directory text, extension text, depth int, parts text[], is_sql_file boolean, parent_folder_name text)
LANGUAGE sql IMMUTABLE AS $$
    SELECT n.name, pg_catalog.left(in_path, pg_catalog.length(in_path) - pg_catalog.length(n.name)),
           coalesce(pg_catalog.substring(n.name, '[.][A-Za-z0-9]+$'), ''), n.depth, n.parts, pg_temp.pgmi_is_sql_file(in_path),
           CASE WHEN n.depth > 0 THEN n.parts[n.depth + 1] END
    FROM (SELECT p.parts, pg_catalog.cardinality(p.parts) - 2 AS depth, p.parts[pg_catalog.cardinality(p.parts)] AS name
          FROM (SELECT pg_catalog.string_to_array(in_path, '/') AS parts) p) n
$$;

CREATE FUNCTION pg_temp.pgmi_register_file(in_path text, in_content text, in_checksum text, in_pgmi_checksum text)
RETURNS pg_temp._pgmi_source LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    full_path text := regexp_replace(replace(btrim(in_path), E'\\', '/'), '^([.]/)?', './');
    registered pg_temp._pgmi_source;
BEGIN
    full_path := regexp_replace(full_path, '/{2,}', '/', 'g');
    INSERT INTO pg_temp._pgmi_source
    SELECT full_path, p.name, p.directory, p.extension, p.depth, in_content, octet_length(convert_to(in_content, 'UTF8')),
           in_checksum, in_pgmi_checksum, p.parts, p.is_sql_file, false, p.parent_folder_name
    FROM pg_temp._pgwright_path(full_path) p
    RETURNING * INTO registered;
    RETURN registered;
END
$$;

CREATE FUNCTION pg_temp.pgmi_validate_pattern(p_pattern text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    PERFORM '' ~ p_pattern;
    RETURN p_pattern;
EXCEPTION WHEN invalid_regular_expression THEN
    RAISE EXCEPTION 'Invalid regex pattern: %', p_pattern
        USING DETAIL = SQLERRM, HINT = 'Patterns are regular expressions as the operator ~ takes them';
END
$$;

CREATE FUNCTION pg_temp.pgmi_has_tests(p_directory text, p_pattern text DEFAULT NULL) RETURNS boolean LANGUAGE sql STABLE AS $$
    WITH RECURSIVE below AS (
        SELECT d.path FROM pg_temp._pgmi_test_directory d WHERE d.path = p_directory
        UNION ALL
        SELECT d.path FROM below b JOIN pg_temp._pgmi_test_directory d ON d.parent_path = b.path
    )
    SELECT EXISTS (SELECT FROM below b JOIN pg_temp._pgmi_test_source t ON t.directory = b.path,
                        (SELECT pg_temp.pgmi_validate_pattern(p_pattern) AS pattern OFFSET 0) p
                   WHERE NOT t.is_fixture AND (p.pattern IS NULL OR t.path ~ p.pattern))
$$;

-- Depth first. Folders are sorted by the chain of paths that leads to them, so that one comes behind those above it; what
-- ends a folder has '/' at the end of its chain, which is behind all paths, for these begin with a dot.
CREATE FUNCTION pg_temp.pgmi_test_plan(p_pattern text DEFAULT NULL)
RETURNS TABLE (ordinal int, step_type text, script_path text, directory text, depth int) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE asked AS ( -- folders with a test that is asked for in them or below
        SELECT t.directory AS path
        FROM pg_temp._pgmi_test_source t, (SELECT pg_temp.pgmi_validate_pattern(p_pattern) AS pattern OFFSET 0) p
        WHERE NOT t.is_fixture AND (p.pattern IS NULL OR t.path ~ p.pattern)
        UNION
        SELECT d.parent_path FROM asked a JOIN pg_temp._pgmi_test_directory d USING (path) WHERE d.parent_path IS NOT NULL
    ), placed AS (
        SELECT d.path, d.depth, ARRAY[d.path] AS chain
        FROM asked a JOIN pg_temp._pgmi_test_directory d USING (path) WHERE d.parent_path IS NULL
        UNION ALL
        SELECT d.path, d.depth, p.chain || d.path
        FROM placed p JOIN pg_temp._pgmi_test_directory d ON d.parent_path = p.path JOIN asked a ON a.path = d.path
    ), steps AS (
        SELECT p.chain, CASE WHEN t.is_fixture THEN 0 ELSE 1 END AS rank, t.filename, t.path AS script, p.path, p.depth
        FROM placed p JOIN pg_temp._pgmi_test_source t ON t.directory = p.path
        WHERE t.is_fixture OR p_pattern IS NULL OR t.path ~ p_pattern
        UNION ALL
        SELECT p.chain || '/'::text, 2, NULL, NULL, p.path, p.depth FROM placed p
    )
    SELECT (row_number() OVER w)::int, (ARRAY['fixture', 'test', 'teardown'])[s.rank + 1], s.script, s.path, s.depth
    FROM steps s
    WINDOW w AS (ORDER BY s.chain COLLATE "C", s.rank, s.filename COLLATE "C")
    ORDER BY 1
$$;

-- The program takes the INFO for itself: what EXECUTE says of the place is lost when its error is raised anew.
CREATE FUNCTION pg_temp.pgmi_run_test_source(p_path text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    script text;
    failed_state text;
    failed_message text;
    failed_detail text;
    failed_hint text;
    failed_context text;
BEGIN
    SELECT t.content INTO STRICT script FROM pg_temp._pgmi_test_source t WHERE t.path = p_path;
    EXECUTE script;
EXCEPTION WHEN OTHERS OR assert_failure THEN
    GET STACKED DIAGNOSTICS failed_state = RETURNED_SQLSTATE, failed_message = MESSAGE_TEXT, failed_detail = PG_EXCEPTION_DETAIL,
        failed_hint = PG_EXCEPTION_HINT, failed_context = PG_EXCEPTION_CONTEXT;
    RAISE INFO USING ERRCODE = 'PGW01', MESSAGE = p_path, DETAIL = failed_context;
    RAISE EXCEPTION USING ERRCODE = failed_state, MESSAGE = 'Failed in ' || p_path || ': ' || failed_message,
        DETAIL = failed_detail, HINT = failed_hint;
END
$$;

CREATE FUNCTION pg_temp.pgmi_test_callback(e pg_temp.pgmi_test_event) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    CASE e.event
        WHEN 'suite_start' THEN RAISE NOTICE '[pgmi] Test suite started';
        WHEN 'fixture_start' THEN RAISE NOTICE '[pgmi] Fixture: %', e.path;
        WHEN 'test_start' THEN RAISE NOTICE '[pgmi] Test: %', e.path;
        WHEN 'rollback' THEN RAISE DEBUG '[pgmi] Rollback: %', coalesce(e.path, e.directory);
        WHEN 'teardown_start' THEN RAISE DEBUG '[pgmi] Teardown: %', e.directory;
        WHEN 'suite_end' THEN RAISE NOTICE '[pgmi] Test suite completed (% steps)', e.ordinal;
        ELSE NULL;
    END CASE;
END
$$;

CREATE FUNCTION pg_temp.pgmi_persist_test_plan(target_schema text, p_pattern text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF to_regclass(format('%I.pgmi_test_plan', target_schema)) IS NULL THEN
        EXECUTE format('CREATE TABLE %I.pgmi_test_plan (ordinal int PRIMARY KEY, step_type text NOT NULL, script_path text, '
                       'directory text NOT NULL, depth int NOT NULL)', target_schema);
    END IF;
    EXECUTE format('DELETE FROM %I.pgmi_test_plan', target_schema);
    EXECUTE format('INSERT INTO %I.pgmi_test_plan SELECT ordinal, step_type, script_path, directory, depth '
                   'FROM pg_temp.pgmi_test_plan($1)', target_schema) USING p_pattern;
END
$$;
