BEGIN;
CREATE TABLE run_log (n int GENERATED ALWAYS AS IDENTITY, path text, sort_key text, id uuid, idempotent boolean, description text);
DO $$
DECLARE step record;
BEGIN
    FOR step IN SELECT p.* FROM pgmi_plan_view p JOIN pgmi_source_view s USING (path) WHERE s.is_sql_file ORDER BY p.execution_order LOOP
        RAISE NOTICE '% % %', step.execution_order, step.sort_key, step.path;
        EXECUTE step.content;
        INSERT INTO run_log (path, sort_key, id, idempotent, description)
        VALUES (step.path, step.sort_key, step.id, step.idempotent, step.description);
    END LOOP;
END $$;
CREATE TABLE metadata AS SELECT * FROM pgmi_source_metadata_view;
COMMIT;
