BEGIN;
DO $$
DECLARE owner name := current_database() || '_owner';
        reader name := current_database() || '_reader';
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = owner) THEN
        EXECUTE format('CREATE ROLE %I', owner);
        EXECUTE format('CREATE ROLE %I', reader);
    END IF;
    EXECUTE format('CREATE SCHEMA IF NOT EXISTS app AUTHORIZATION %I', owner);
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA app GRANT SELECT ON TABLES TO %I', owner, reader);
    EXECUTE format('ALTER DATABASE %I SET search_path = app, public', current_database());
    EXECUTE format('SET ROLE %I', owner);
END $$;
SET search_path = app;
DO $$
DECLARE f record;
BEGIN
    RAISE NOTICE 'as owner: %', current_user = current_database() || '_owner';
    FOR f IN SELECT content FROM pgmi_plan_view JOIN pgmi_source_view USING (path, content) WHERE is_sql_file ORDER BY execution_order LOOP
        EXECUTE f.content;
    END LOOP;
    RAISE NOTICE '% % % % %', (SELECT count(*) FROM pgmi_parameter_view), (SELECT count(*) FROM pgmi_test_source_view),
        (SELECT count(*) FROM pgmi_test_directory_view), (SELECT count(*) FROM pgmi_source_metadata_view), (SELECT count(*) FROM pg_temp.pgmi_test_plan());
END $$;
CALL pgmi_test();
COMMIT;
DO $$ BEGIN RAISE NOTICE 'in the tail: %, %', current_user = current_database() || '_owner', current_setting('search_path'); END $$;
RESET ROLE;
DO $$ BEGIN RAISE NOTICE 'again: %', current_user = session_user; END $$;
