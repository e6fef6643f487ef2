-- Checks what --param said, before anything is changed. pgwright.yaml declares the parameters; the rest of the deployment reads
-- them as current_setting('pgwright.NAME', true), and the names of the roles as current_setting('deployment.…').
DO $parameters$
DECLARE
    faults text;
    prefix text := coalesce(nullif(current_setting('pgwright.role_prefix', true), ''), current_database());
BEGIN
    SELECT string_agg(key, ', ' ORDER BY key) INTO faults
    FROM pg_temp.pgwright_parameter_view
    WHERE description IS NULL;
    IF faults IS NOT NULL THEN
        RAISE EXCEPTION 'unknown parameters: %', faults USING HINT = 'pgwright.yaml declares what there is';
    END IF;

    SELECT string_agg(format('%s must be one of %s', a.key, array_to_string(a.values, ', ')), '; ' ORDER BY a.key) INTO faults
    FROM (VALUES ('env', ARRAY['development', 'staging', 'production']), ('rerun', ARRAY['changed', 'all'])) AS a (key, values)
    LEFT JOIN pg_temp.pgwright_parameter_view p USING (key)
    WHERE (p.value = ANY (a.values)) IS NOT TRUE;
    IF faults IS NOT NULL THEN
        RAISE EXCEPTION 'wrong parameters: %', faults;
    END IF;

    -- The server would cut longer names off.
    IF octet_length(prefix) > 63 - octet_length('_owner') THEN
        RAISE EXCEPTION 'wrong parameters: role_prefix is too long' USING HINT = 'the names of roles have at most 63 bytes';
    END IF;
    PERFORM set_config('deployment.owner_role', prefix || '_owner', false),
            set_config('deployment.app_role', prefix || '_app', false),
            set_config('deployment.login_role', prefix || '_login', false);
END
$parameters$;
