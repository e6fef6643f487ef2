-- From here on as the application, for Ada.
DO $$ BEGIN EXECUTE format('SET LOCAL ROLE %I', current_setting('deployment.app_role')); END $$;
SET LOCAL app.account = '00000000-0000-0000-0000-00000000000a';
