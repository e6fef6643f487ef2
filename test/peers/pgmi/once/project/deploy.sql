BEGIN;
CREATE TABLE IF NOT EXISTS script_log (id uuid, path text, checksum text, idempotent boolean, ran int);
DO $$
DECLARE step record;
        known text;
BEGIN
    FOR step IN SELECT p.path, p.content, p.checksum, coalesce(p.id, p.generic_id) AS id, p.idempotent
                FROM pgmi_plan_view p JOIN pgmi_source_view s USING (path) WHERE s.is_sql_file ORDER BY p.execution_order LOOP
        SELECT l.checksum INTO known FROM script_log l WHERE l.id = step.id;
        IF known IS NOT NULL AND (NOT step.idempotent OR known = step.checksum AND coalesce(current_setting('pgmi.rerun', true), '') <> 'all') THEN
            RAISE NOTICE 'skipped %', step.path;
            CONTINUE;
        END IF;
        EXECUTE step.content;
        IF known IS NULL THEN
            INSERT INTO script_log VALUES (step.id, step.path, step.checksum, step.idempotent, 1);
        ELSE
            UPDATE script_log SET ran = ran + 1 WHERE id = step.id;
        END IF;
        RAISE NOTICE 'ran %', step.path;
    END LOOP;
END $$;
COMMIT;
