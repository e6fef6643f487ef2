/*
<pgmi-meta id="1ac957ba-e044-4eea-8f2a-8858bf76720d" idempotent="true">
  <description>Notes, for the application</description>
  <sortKeys><key>030/010</key></sortKeys>
</pgmi-meta>
*/
CREATE SCHEMA IF NOT EXISTS api;
COMMENT ON SCHEMA api IS 'What the application sees';

-- With the rights of whoever asks, so that row security holds.
CREATE OR REPLACE VIEW api.note WITH (security_invoker = true) AS
SELECT note_id, body, created_at, changed_at FROM app.note;

-- Bodies are bound to their objects when they are made: no search_path of a caller changes what they mean.
CREATE OR REPLACE FUNCTION api.add_note(body text) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO app.note (body) VALUES ($1) RETURNING note_id;
END;

CREATE OR REPLACE FUNCTION api.change_note(note_id bigint, body text) RETURNS boolean LANGUAGE sql
BEGIN ATOMIC
    WITH changed AS (
        UPDATE app.note n SET body = $2, changed_at = now() WHERE n.note_id = $1 RETURNING n.note_id
    )
    SELECT count(*) = 1 FROM changed;
END;

CREATE OR REPLACE FUNCTION api.remove_note(note_id bigint) RETURNS boolean LANGUAGE sql
BEGIN ATOMIC
    WITH removed AS (
        DELETE FROM app.note n WHERE n.note_id = $1 RETURNING n.note_id
    )
    SELECT count(*) = 1 FROM removed;
END;
