-- Runs the scripts: every SQL file with metadata, outside deploy/, in the order of the sort keys.
--
--   idempotent="false"  runs once, ever. Changing it afterwards changes nothing, and is warned of: write a new script.
--   idempotent="true"   runs when its content is not what ran last in this place, or always, with --param rerun=all.
DO $scripts$
DECLARE
    script record;
    last_run record;
    rerun boolean := current_setting('pgwright.rerun') = 'all';
    stray text;
    ran integer := 0;
BEGIN
    -- A file that nobody runs is a mistake that nobody sees.
    SELECT string_agg(path, ', ' ORDER BY path COLLATE "C") INTO stray
    FROM pg_temp.pgwright_plan_view p
    JOIN pg_temp.pgwright_source_view s USING (path)
    WHERE s.is_sql_file AND p.id IS NULL AND p.path NOT LIKE './deploy/%';
    IF stray IS NOT NULL THEN
        RAISE EXCEPTION 'files without metadata: %', stray USING HINT = 'pgwright metadata scaffold --write gives them some';
    END IF;

    FOR script IN
        SELECT p.id, p.path, p.sort_key, p.idempotent, s.checksum, s.content
        FROM pg_temp.pgwright_plan_view p
        JOIN pg_temp.pgwright_source_view s USING (path)
        WHERE s.is_sql_file AND p.id IS NOT NULL AND p.path NOT LIKE './deploy/%'
        ORDER BY p.execution_order
    LOOP
        -- What ran once counts wherever it ran; what may run again, in each of its places.
        SELECT l.deployment_script_content_checksum AS checksum, l.executed_at INTO last_run
        FROM internal.deployment_script_execution_log l
        WHERE l.deployment_script_object_id = script.id
          AND l.idempotent = script.idempotent
          AND (l.sort_key = script.sort_key OR NOT l.idempotent)
        ORDER BY l.id DESC
        LIMIT 1;

        IF FOUND AND NOT script.idempotent THEN
            IF last_run.checksum <> script.checksum THEN
                RAISE WARNING '% was changed, but ran on % and will not run again', script.path, last_run.executed_at;
            END IF;
            CONTINUE;
        END IF;
        CONTINUE WHEN FOUND AND last_run.checksum = script.checksum AND NOT rerun;

        RAISE NOTICE '%', script.path;
        EXECUTE script.content;
        ran := ran + 1;

        INSERT INTO internal.deployment_script (object_id) VALUES (script.id) ON CONFLICT DO NOTHING;
        INSERT INTO internal.deployment_script_content (checksum, value) VALUES (script.checksum, script.content)
        ON CONFLICT DO NOTHING;
        INSERT INTO internal.deployment_script_execution_log
            (deployment_script_object_id, deployment_script_content_checksum, file_path, idempotent, sort_key)
        VALUES (script.id, script.checksum, script.path, script.idempotent, script.sort_key);
    END LOOP;
    RAISE NOTICE '% script(s) ran', ran;
END
$scripts$;
