-- Who may do what, said in one place and for everything that there is: what was granted by hand does not outlive a deployment.
--
-- The application sees the schema api alone. It has rights on the tables behind, for views and functions of api run with its
-- rights, so that row security holds for it; but without USAGE on the schema app it cannot name them.
DO $privileges$
DECLARE
    app_role name := current_setting('deployment.app_role');
    schema_name name;
BEGIN
    FOREACH schema_name IN ARRAY ARRAY['internal', 'app', 'api'] LOOP
        EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC, %I', schema_name, app_role);
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM PUBLIC, %I', schema_name, app_role);
        EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA %I FROM PUBLIC, %I', schema_name, app_role);
        EXECUTE format('REVOKE ALL ON ALL ROUTINES IN SCHEMA %I FROM PUBLIC, %I', schema_name, app_role);
    END LOOP;

    EXECUTE format('GRANT USAGE ON SCHEMA api TO %I', app_role);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA api TO %I', app_role);
    EXECUTE format('GRANT EXECUTE ON ALL ROUTINES IN SCHEMA api TO %I', app_role);

    EXECUTE format('GRANT SELECT ON app.account TO %I', app_role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON app.note TO %I', app_role);
    EXECUTE format('GRANT EXECUTE ON FUNCTION app.current_account() TO %I', app_role);
END
$privileges$;
