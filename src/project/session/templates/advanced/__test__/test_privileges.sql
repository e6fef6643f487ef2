-- What belongs to whom, and what nobody was given.
DO $$
DECLARE
    owner_role regrole := quote_ident(current_setting('deployment.owner_role'));
    app_role regrole := quote_ident(current_setting('deployment.app_role'));
    found text;
BEGIN
    SELECT string_agg(c.oid::regclass::text, ', ') INTO found
    FROM pg_class c
    WHERE c.relnamespace IN ('internal'::regnamespace, 'app'::regnamespace, 'api'::regnamespace) AND c.relowner <> owner_role;
    ASSERT found IS NULL, format('not of the owner: %s', found);

    SELECT string_agg(p.oid::regprocedure::text, ', ') INTO found
    FROM pg_proc p
    WHERE p.pronamespace IN ('internal'::regnamespace, 'app'::regnamespace, 'api'::regnamespace)
      AND (p.proowner <> owner_role OR EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner)))
                                               WHERE grantee = 0));
    ASSERT found IS NULL, format('not of the owner, or everybody''s: %s', found);

    SELECT string_agg(c.oid::regclass::text, ', ') INTO found
    FROM pg_class c
    WHERE c.relnamespace = 'app'::regnamespace AND c.relkind = 'r' AND NOT c.relrowsecurity;
    ASSERT found IS NULL, format('without row security: %s', found);

    ASSERT NOT has_schema_privilege(app_role, 'app', 'USAGE'), 'the application cannot name tables';
    ASSERT NOT has_schema_privilege(app_role, 'internal', 'USAGE'), 'nor look into the deployment''s own';
    ASSERT NOT has_database_privilege('public', current_database(), 'CONNECT'), 'nobody else connects';
END
$$;
