-- Every script of the project ran, and what runs once ran once.
DO $$
DECLARE
    missing text;
BEGIN
    SELECT string_agg(p.path, ', ') INTO missing
    FROM pg_temp.pgwright_plan_view p
    WHERE p.id IS NOT NULL AND p.path NOT LIKE './deploy/%'
      AND NOT EXISTS (SELECT FROM internal.vw_deployment_script d WHERE d.object_id = p.id);
    ASSERT missing IS NULL, format('did not run: %s', missing);

    ASSERT NOT EXISTS (SELECT FROM internal.deployment_script_execution_log WHERE NOT idempotent
                       GROUP BY deployment_script_object_id HAVING count(*) > 1), 'what runs once ran once';
END
$$;
