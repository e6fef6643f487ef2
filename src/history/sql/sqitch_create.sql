-- The registry of Sqitch, release 1.1, as Sqitch looks for it: names, types, keys and checks must be these.
CREATE SCHEMA IF NOT EXISTS @schema@;
COMMENT ON SCHEMA @schema@ IS 'Sqitch database deployment metadata v1.1.';

CREATE TABLE @schema@.releases (
    version         real PRIMARY KEY,
    installed_at    timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    installer_name  text NOT NULL,
    installer_email text NOT NULL
);

CREATE TABLE @schema@.projects (
    project       text PRIMARY KEY,
    uri           text UNIQUE,
    created_at    timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    creator_name  text NOT NULL,
    creator_email text NOT NULL
);

CREATE TABLE @schema@.changes (
    change_id       text PRIMARY KEY,
    script_hash     text,
    change          text NOT NULL,
    project         text NOT NULL REFERENCES @schema@.projects (project) ON UPDATE CASCADE,
    note            text NOT NULL DEFAULT '',
    committed_at    timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    committer_name  text NOT NULL,
    committer_email text NOT NULL,
    planned_at      timestamptz NOT NULL,
    planner_name    text NOT NULL,
    planner_email   text NOT NULL,
    UNIQUE (project, script_hash)
);

CREATE TABLE @schema@.tags (
    tag_id          text PRIMARY KEY,
    tag             text NOT NULL,
    project         text NOT NULL REFERENCES @schema@.projects (project) ON UPDATE CASCADE,
    change_id       text NOT NULL REFERENCES @schema@.changes (change_id) ON UPDATE CASCADE,
    note            text NOT NULL DEFAULT '',
    committed_at    timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    committer_name  text NOT NULL,
    committer_email text NOT NULL,
    planned_at      timestamptz NOT NULL,
    planner_name    text NOT NULL,
    planner_email   text NOT NULL,
    UNIQUE (project, tag)
);

CREATE TABLE @schema@.dependencies (
    change_id     text NOT NULL REFERENCES @schema@.changes (change_id) ON UPDATE CASCADE ON DELETE CASCADE,
    type          text NOT NULL,
    dependency    text NOT NULL,
    dependency_id text REFERENCES @schema@.changes (change_id) ON UPDATE CASCADE
                  CONSTRAINT dependencies_check CHECK ((type = 'require' AND dependency_id IS NOT NULL)
                                                       OR (type = 'conflict' AND dependency_id IS NULL)),
    PRIMARY KEY (change_id, dependency)
);

CREATE TABLE @schema@.events (
    event           text NOT NULL CONSTRAINT events_event_check CHECK (event IN ('deploy', 'revert', 'fail', 'merge')),
    change_id       text NOT NULL,
    change          text NOT NULL,
    project         text NOT NULL REFERENCES @schema@.projects (project) ON UPDATE CASCADE,
    note            text NOT NULL DEFAULT '',
    requires        text[] NOT NULL DEFAULT '{}',
    conflicts       text[] NOT NULL DEFAULT '{}',
    tags            text[] NOT NULL DEFAULT '{}',
    committed_at    timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    committer_name  text NOT NULL,
    committer_email text NOT NULL,
    planned_at      timestamptz NOT NULL,
    planner_name    text NOT NULL,
    planner_email   text NOT NULL,
    PRIMARY KEY (change_id, committed_at)
);
