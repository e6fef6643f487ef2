BEGIN;
CREATE TABLE audit_log (id int, who text);
CREATE FUNCTION broken() RETURNS boolean LANGUAGE sql AS $$ SELECT coalesce(current_setting('pgmi.broken', true), '') = 'yes' $$;
CALL pgmi_test('/__test__/');
COMMIT;
DO $$ BEGIN RAISE NOTICE 'deployed'; END $$;
