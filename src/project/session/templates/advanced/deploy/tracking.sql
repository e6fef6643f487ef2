-- What ran, with which content, when, by whom, in which transaction.
--
-- A script is known by the id in its metadata, wherever its file moves and whatever it is called. Rows are only ever added.
-- Its own notices are left out: IF NOT EXISTS need not say that it did nothing.
DO $tracking$
DECLARE
    verbosity text := current_setting('client_min_messages');
BEGIN
    PERFORM set_config('client_min_messages', 'warning', true);

    CREATE SCHEMA IF NOT EXISTS internal;
    COMMENT ON SCHEMA internal IS 'Of the deployment itself';

    CREATE TABLE IF NOT EXISTS internal.deployment_script (
        object_id uuid PRIMARY KEY,
        registered_at timestamptz NOT NULL DEFAULT now(),
        registered_by text NOT NULL DEFAULT session_user
    );
    COMMENT ON TABLE internal.deployment_script IS 'Scripts, by the id in their metadata';

    CREATE TABLE IF NOT EXISTS internal.deployment_script_content (
        checksum text PRIMARY KEY CHECK (checksum = encode(sha256(convert_to(value, 'UTF8')), 'hex')),
        value text NOT NULL,
        registered_at timestamptz NOT NULL DEFAULT now(),
        registered_by text NOT NULL DEFAULT session_user
    );
    COMMENT ON TABLE internal.deployment_script_content IS 'What they held, each text once';

    CREATE TABLE IF NOT EXISTS internal.deployment_script_execution_log (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        deployment_script_object_id uuid NOT NULL REFERENCES internal.deployment_script,
        deployment_script_content_checksum text NOT NULL REFERENCES internal.deployment_script_content,
        xact_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
        file_path text NOT NULL,
        idempotent boolean NOT NULL,
        sort_key text NOT NULL,
        executed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        executed_by text NOT NULL DEFAULT session_user
    );
    COMMENT ON TABLE internal.deployment_script_execution_log IS 'When they ran';

    CREATE INDEX IF NOT EXISTS deployment_script_execution_log_latest
        ON internal.deployment_script_execution_log (deployment_script_object_id, sort_key, id);

    CREATE OR REPLACE VIEW internal.vw_deployment_script AS
    SELECT DISTINCT ON (l.deployment_script_object_id, l.sort_key)
           l.deployment_script_object_id AS object_id, l.sort_key, l.file_path, l.idempotent,
           l.deployment_script_content_checksum AS checksum, l.xact_id, l.executed_at, l.executed_by, s.registered_at,
           s.registered_by
    FROM internal.deployment_script_execution_log l
    JOIN internal.deployment_script s ON s.object_id = l.deployment_script_object_id
    ORDER BY l.deployment_script_object_id, l.sort_key, l.id DESC;
    COMMENT ON VIEW internal.vw_deployment_script IS 'How each script ran last, in each of its places';

    PERFORM set_config('client_min_messages', verbosity, true);
END
$tracking$;
