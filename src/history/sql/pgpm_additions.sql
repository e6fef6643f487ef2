-- What pgwright adds to a tracking schema of pgpm. pgpm names its columns when it inserts, so that it goes on working. The
-- default comes after the column: rows that were there before stay NULL rather than claim today's user.
ALTER TABLE @schema@.changes ADD COLUMN IF NOT EXISTS deployed_by text;
ALTER TABLE @schema@.changes ALTER COLUMN deployed_by SET DEFAULT session_user;

CREATE TABLE IF NOT EXISTS @schema@.tags (
    package     text NOT NULL,
    tag         text NOT NULL,
    change_name text NOT NULL,
    note        text NOT NULL DEFAULT '',
    planned_at  timestamptz,
    planner     text NOT NULL DEFAULT '',
    deployed_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    deployed_by text NOT NULL DEFAULT session_user,
    PRIMARY KEY (package, tag)
);
