-- Version 1 of the session's contract: never another column, for people select * from these. From 11.
CREATE TEMP VIEW pgmi_source_view AS
SELECT path, name, directory, extension, depth, content, size_bytes, checksum, pgmi_checksum, path_parts, is_sql_file,
       is_test_file, parent_folder_name
FROM pg_temp._pgmi_source;
CREATE TEMP VIEW pgmi_parameter_view AS
SELECT key, value, type, required, default_value, description FROM pg_temp._pgmi_parameter;
CREATE TEMP VIEW pgmi_test_source_view AS
SELECT path, directory, filename, content, is_fixture FROM pg_temp._pgmi_test_source;
CREATE TEMP VIEW pgmi_test_directory_view AS
SELECT path, parent_path, depth FROM pg_temp._pgmi_test_directory;
CREATE TEMP VIEW pgmi_source_metadata_view AS
SELECT path, id, idempotent, sort_keys, description FROM pg_temp._pgmi_source_metadata;
CREATE TEMP VIEW pgmi_plan_view AS
SELECT s.path, s.content, s.pgmi_checksum AS checksum, md5(convert_to(s.path, 'UTF8'))::uuid AS generic_id, m.id,
       coalesce(m.idempotent, true) AS idempotent, coalesce(m.description, '') AS description, k.sort_key,
       row_number() OVER (ORDER BY k.sort_key COLLATE "C", s.path COLLATE "C") AS execution_order
FROM pg_temp._pgwright_planned s
LEFT JOIN pg_temp._pgmi_source_metadata m ON m.path = s.path
CROSS JOIN LATERAL unnest(CASE WHEN cardinality(m.sort_keys) > 0 THEN m.sort_keys ELSE ARRAY[s.path] END) k (sort_key);

-- The folders that are open stand on a stack; each has a savepoint, and another that its tests share.
CREATE FUNCTION pg_temp.pgmi_test_generate(p_pattern text DEFAULT NULL, p_callback text DEFAULT 'pg_temp.pgmi_test_callback')
RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    callback text := coalesce(p_callback, 'pg_temp.pgmi_test_callback');
    event text := 'SELECT ' || callback || '(ROW(%L, %L, %L, %s, %s, NULL)::pg_temp.pgmi_test_event);';
    step record;
    lines text[];
    level int := 0;
    folders text[];
    folder_points text[];
    test_points text[];
    savepoints int := 0;
    tests int := 0;
    last int := 0;
BEGIN
    IF callback !~ '^[A-Za-z_][A-Za-z0-9_]{0,62}([.][A-Za-z_][A-Za-z0-9_]{0,62})?$' THEN
        RAISE EXCEPTION 'Invalid callback name: %', callback
            USING ERRCODE = 'invalid_parameter_value', HINT = 'It is name or schema.name, unquoted';
    END IF;
    lines := ARRAY[format(event, 'suite_start', NULL, '', 0, 0)];
    FOR step IN SELECT * FROM pg_temp.pgmi_test_plan(p_pattern) LOOP
        last := step.ordinal;
        IF step.step_type = 'teardown' THEN
            lines := lines || format(event, 'teardown_start', NULL, step.directory, step.depth, step.ordinal);
            IF folders[level] = step.directory THEN
                lines := lines || format(E'ROLLBACK TO SAVEPOINT %1$s;\nRELEASE SAVEPOINT %1$s;', folder_points[level]);
                level := level - 1;
            END IF;
            lines := lines || format(event, 'teardown_end', NULL, step.directory, step.depth, step.ordinal);
            CONTINUE;
        END IF;
        IF level = 0 OR folders[level] <> step.directory THEN
            level := level + 1;
            folders[level] := step.directory;
            folder_points[level] := NULL;
            test_points[level] := NULL;
        END IF;
        IF step.step_type = 'fixture' OR folder_points[level] IS NULL THEN
            savepoints := savepoints + 1;
            lines := lines || format('SAVEPOINT __pgmi_d%s__;', savepoints);
            folder_points[level] := coalesce(folder_points[level], '__pgmi_d' || savepoints || '__');
        END IF;
        IF step.step_type = 'test' AND test_points[level] IS NULL THEN
            savepoints := savepoints + 1;
            test_points[level] := '__pgmi_t' || savepoints || '__';
            lines := lines || format('SAVEPOINT %s;', test_points[level]);
        END IF;
        lines := lines || format(event, step.step_type || '_start', step.script_path, step.directory, step.depth, step.ordinal);
        lines := lines || format('SELECT pg_temp.pgmi_run_test_source(%L);', step.script_path);
        lines := lines || format(event, step.step_type || '_end', step.script_path, step.directory, step.depth, step.ordinal);
        IF step.step_type = 'test' THEN
            tests := tests + 1;
            lines := lines || format(event, 'rollback', step.script_path, step.directory, step.depth, step.ordinal);
            lines := lines || format('ROLLBACK TO SAVEPOINT %s;', test_points[level]);
        END IF;
    END LOOP;
    IF tests = 0 THEN
        RETURN format('DO %L;', format('BEGIN RAISE EXCEPTION %L USING ERRCODE = ''no_data_found'', HINT = %L; END',
            CASE WHEN p_pattern IS NULL THEN 'no tests were discovered' ELSE 'no tests matched the requested pattern' END,
            CASE WHEN p_pattern IS NULL THEN 'Put SQL files into a folder named __test__, or take the call out of deploy.sql.'
                ELSE 'The pattern is a regular expression that is searched in paths such as ./a/__test__/b.sql.' END));
    END IF;
    RETURN array_to_string(lines || format(event, 'suite_end', NULL, '', 0, last), E'\n');
END
$$;

GRANT SELECT ON pg_temp.pgmi_source_view, pg_temp.pgmi_parameter_view, pg_temp.pgmi_test_source_view,
    pg_temp.pgmi_test_directory_view, pg_temp.pgmi_source_metadata_view, pg_temp.pgmi_plan_view TO PUBLIC;
