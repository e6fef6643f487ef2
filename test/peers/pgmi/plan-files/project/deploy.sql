BEGIN;
DO $$
DECLARE f record;
BEGIN
    FOR f IN SELECT path, content FROM pgmi_plan_view ORDER BY execution_order LOOP
        RAISE NOTICE '%', f.path;
        EXECUTE f.content;
    END LOOP;
END $$;
DO $$ BEGIN RAISE NOTICE 'files: %', (SELECT string_agg(path, ' ' ORDER BY path COLLATE "C") FROM pgmi_source_view); END $$;
COMMIT;
