-- The deployment has come to its end: the next one runs every file.
DO $$
BEGIN
    IF to_regclass('pgwright.session_files') IS NOT NULL THEN
        DELETE FROM pgwright.session_files;
    END IF;
END
$$
