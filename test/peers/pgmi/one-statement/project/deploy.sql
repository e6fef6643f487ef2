/* a single statement */
DO $$
DECLARE f record;
BEGIN
    FOR f IN SELECT path, content FROM pgmi_source_view WHERE directory = './steps/' ORDER BY path COLLATE "C" LOOP
        EXECUTE f.content;
        COMMIT;
        RAISE NOTICE 'committed %', f.path;
    END LOOP;
END $$;
-- and a comment behind it
