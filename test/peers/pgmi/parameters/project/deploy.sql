CREATE TABLE IF NOT EXISTS seen (at int, key text, value text, type text, required boolean, default_value text, description text, setting text);
BEGIN;
INSERT INTO seen SELECT coalesce((SELECT max(at) FROM seen), 0) + 1, p.*, current_setting('pgmi.' || p.key) FROM pgmi_parameter_view p;
COMMIT;
BEGIN;
SET pgmi.env = 'changed within';
ROLLBACK;
DO $$ BEGIN
    RAISE NOTICE 'env=% region=% none=%', current_setting('pgmi.env'), coalesce(current_setting('pgmi.region', true), '-'), current_setting('pgmi.none', true) IS NULL;
END $$;
