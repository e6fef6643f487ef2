-- The history of pgwright.plan projects. Names identify changes, so that plan lines can move and merge.
CREATE SCHEMA IF NOT EXISTS @schema@;

CREATE TABLE @schema@.changes (
    change_id     text PRIMARY KEY,
    project       text NOT NULL,
    change        text NOT NULL,
    script_sha256 text NOT NULL,
    note          text NOT NULL DEFAULT '',
    planned_at    timestamptz,
    planner       text NOT NULL DEFAULT '',
    deployed_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    deployed_by   text NOT NULL DEFAULT session_user,
    UNIQUE (project, change)
);
COMMENT ON TABLE @schema@.changes IS 'changes that are deployed now; what was ever done is in pgwright.events';

CREATE TABLE @schema@.dependencies (
    change_id text NOT NULL REFERENCES @schema@.changes (change_id) ON DELETE CASCADE,
    requires  text NOT NULL,
    PRIMARY KEY (change_id, requires)
);

CREATE TABLE @schema@.tags (
    project     text NOT NULL,
    tag         text NOT NULL,
    change_id   text NOT NULL REFERENCES @schema@.changes (change_id) ON DELETE CASCADE,
    note        text NOT NULL DEFAULT '',
    planned_at  timestamptz,
    planner     text NOT NULL DEFAULT '',
    deployed_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    deployed_by text NOT NULL DEFAULT session_user,
    PRIMARY KEY (project, tag)
);
