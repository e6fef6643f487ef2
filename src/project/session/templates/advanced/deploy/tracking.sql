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
        checksum text PRIMARY KEY
            CONSTRAINT is_sha256_of_value CHECK (checksum = encode(sha256(convert_to(value, 'UTF8')), 'hex')),
        value text NOT NULL,
        registered_at timestamptz NOT NULL DEFAULT now(),
        registered_by text NOT NULL DEFAULT session_user
    );
    COMMENT ON TABLE internal.deployment_script_content IS 'What they held, each text once';

    CREATE TABLE IF NOT EXISTS internal.deployment_script_execution_log (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        deployment_script_object_id uuid NOT NULL
            CONSTRAINT of_script REFERENCES internal.deployment_script,
        deployment_script_content_checksum text NOT NULL
            CONSTRAINT with_content REFERENCES internal.deployment_script_content,
        xact_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
        file_path text NOT NULL,
        idempotent boolean NOT NULL,
        sort_key text NOT NULL,
        executed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        executed_by text NOT NULL DEFAULT session_user
    );
    COMMENT ON TABLE internal.deployment_script_execution_log IS 'When they ran';

    CREATE INDEX IF NOT EXISTS deployment_script_execution_log_latest
        ON internal.deployment_script_execution_log (deployment_script_object_id, id);

    CREATE OR REPLACE VIEW internal.vw_deployment_script AS
    SELECT s.object_id, last.file_path, last.idempotent, last.sort_key, last.deployment_script_content_checksum AS checksum,
           last.xact_id, last.executed_at, last.executed_by, counted.times_executed_count, counted.contents_count,
           s.registered_at, s.registered_by
    FROM internal.deployment_script s
    JOIN LATERAL (SELECT * FROM internal.deployment_script_execution_log l WHERE l.deployment_script_object_id = s.object_id
                  ORDER BY l.id DESC LIMIT 1) last ON true
    CROSS JOIN LATERAL (SELECT count(*) AS times_executed_count,
                               count(DISTINCT l.deployment_script_content_checksum) AS contents_count
                        FROM internal.deployment_script_execution_log l
                        WHERE l.deployment_script_object_id = s.object_id) counted;
    COMMENT ON VIEW internal.vw_deployment_script IS 'How each script ran last, and how often';

    PERFORM set_config('client_min_messages', verbosity, true);
END
$tracking$;
