-- of another system
BEGIN;
CREATE TABLE IF NOT EXISTS lines (path text, cr boolean);
DELETE FROM lines; -- COMMIT;
INSERT INTO lines SELECT path, content LIKE E'%\r%' FROM pgmi_source_view;
CALL pgmi_test();
COMMIT;
SELECT 1 / CASE WHEN current_setting('pgmi.fail', true) = 'yes' THEN 0 ELSE 1 END;
