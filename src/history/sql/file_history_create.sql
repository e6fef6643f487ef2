-- The files of session deployments as their last recorded deployment had them: what deploy.sql finds in its view
-- pgwright_file_history_view, and what `pgwright status` compares with. A file that is gone keeps its row.
CREATE TABLE IF NOT EXISTS pgwright.file_history (
    project       text NOT NULL,
    path          text NOT NULL,
    checksum      text NOT NULL,
    pgmi_checksum text,
    id            uuid,
    deployed_at   timestamptz NOT NULL,
    deployed_by   text NOT NULL,
    deployment_id bigint NOT NULL, -- in pgwright.deployments; checking that would take as long as writing the rows
    PRIMARY KEY (project, path)
);
COMMENT ON COLUMN pgwright.file_history.pgmi_checksum IS 'NULL where it was taken over from a log that does not have it';
