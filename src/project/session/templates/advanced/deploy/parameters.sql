-- What --param can say. Unknown names and missing values are refused before anything is changed; the rest of the deployment
-- reads current_setting('deployment.NAME'), which is never null. Values of secrets are not shown, here or anywhere.
DO $parameters$
DECLARE
    parameter record;
BEGIN
    FOR parameter IN
        SELECT coalesce(d.name, p.key) AS name, coalesce(p.value, d.fallback) AS value, d.name IS NOT NULL AS known, d.allowed,
               d.secret
        FROM (VALUES
            -- name, if not given, what it may be (regular expression), secret?, meaning
            ('env', 'development', '^(development|staging|production)$', false, 'what this database is for'),
            ('role_prefix', current_database()::text, '^.{1,50}$', false, 'roles are called PREFIX_owner and so on'),
            ('login_password', '', '', true, 'of the role PREFIX_login; without it the role keeps the one it has'),
            ('rerun', 'changed', '^(changed|all)$', false, 'which scripts that may run again do: the changed ones, or all')
        ) AS d (name, fallback, allowed, secret, meaning)
        FULL JOIN pg_temp.pgwright_parameter_view p ON p.key = d.name
        ORDER BY 1
    LOOP
        IF NOT parameter.known THEN
            RAISE EXCEPTION 'there is no parameter "%"', parameter.name USING HINT = 'deploy/parameters.sql lists what there is';
        END IF;
        IF parameter.value !~ parameter.allowed THEN
            RAISE EXCEPTION 'parameter "%" must match %', parameter.name, parameter.allowed;
        END IF;
        PERFORM set_config('deployment.' || parameter.name, parameter.value, false);
        RAISE DEBUG 'parameter % = %', parameter.name,
            CASE WHEN parameter.secret AND parameter.value <> '' THEN '********' ELSE parameter.value END;
    END LOOP;

    -- The names that follow from them.
    PERFORM set_config('deployment.owner_role', current_setting('deployment.role_prefix') || '_owner', false),
            set_config('deployment.app_role', current_setting('deployment.role_prefix') || '_app', false),
            set_config('deployment.login_role', current_setting('deployment.role_prefix') || '_login', false);
END
$parameters$;
