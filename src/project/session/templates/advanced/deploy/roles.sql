-- The roles of this database, made if they are not there. They belong to the whole server, so their names begin with that of
-- the database.
--
--   PREFIX_owner  owns every schema, table and function; nobody signs in as it
--   PREFIX_app    holds what the application may do; nobody signs in as it
--   PREFIX_login  what the application signs in as; is PREFIX_app
--
-- Runs as whoever deploys: the database's owner, with CREATEROLE. A second run finds everything done.
DO $roles$
DECLARE
    owner_role name := current_setting('deployment.owner_role');
    app_role name := current_setting('deployment.app_role');
    login_role name := current_setting('deployment.login_role');
    login_password text := current_setting('pgwright.login_password', true);
    made record;
BEGIN
    IF current_setting('server_version_num')::integer < 150000 THEN
        RAISE EXCEPTION 'PostgreSQL 15 or later is needed, this is %', current_setting('server_version');
    END IF;
    IF NOT pg_has_role((SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE') THEN
        RAISE EXCEPTION 'only the owner of the database % can deploy this', current_database();
    END IF;

    FOR made IN
        SELECT * FROM (VALUES
            (owner_role, 'NOLOGIN', 'owns the objects of the database %s'),
            (app_role, 'NOLOGIN', 'what the application may do in the database %s'),
            (login_role, 'LOGIN CONNECTION LIMIT 100', 'the application of the database %s')
        ) AS r (name, attributes, comment)
        WHERE to_regrole(quote_ident(r.name)) IS NULL
    LOOP
        EXECUTE format('CREATE ROLE %I %s', made.name, made.attributes);
        EXECUTE format('COMMENT ON ROLE %I IS %L', made.name, format(made.comment, current_database()));
        RAISE NOTICE 'made the role %', made.name;
    END LOOP;

    -- Whoever deploys acts as the owner; the owner can try out in tests what the application may do.
    IF NOT pg_has_role(owner_role, 'USAGE') THEN
        EXECUTE format('GRANT %I TO CURRENT_USER', owner_role);
    END IF;
    IF NOT pg_has_role(owner_role, app_role, 'USAGE') THEN
        EXECUTE format('GRANT %I TO %I', app_role, owner_role);
    END IF;
    IF NOT pg_has_role(login_role, app_role, 'USAGE') THEN
        EXECUTE format('GRANT %I TO %I', app_role, login_role);
    END IF;

    -- Names without a schema lead the application to api, and nowhere else.
    IF NOT EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
                   WHERE d.datname = current_database() AND s.setrole = to_regrole(quote_ident(login_role))) THEN
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET search_path = api', login_role, current_database());
    END IF;
    IF login_password <> '' THEN
        EXECUTE format('ALTER ROLE %I PASSWORD %L', login_role, login_password);
        RAISE NOTICE 'the role % has a new password', login_role;
    END IF;

    -- Of the database nobody has more than was given: PUBLIC may not even connect.
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO %I', current_database(), owner_role);
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), app_role);
    IF to_regnamespace('public') IS NOT NULL THEN
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
    END IF;
END
$roles$;
