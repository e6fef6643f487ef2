-- The audit log: what pgwright did to this database, in every habit. Rows of events are only ever added, and each holds
-- the SHA-256 of the row before it, so that a row that was changed, put in or taken out is found by
-- `pgwright history --verify` (audit_verify.sql computes the digests anew).
CREATE SCHEMA IF NOT EXISTS pgwright;

CREATE TABLE pgwright.deployments (
    deployment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at    timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    finished_at   timestamptz,
    command       text NOT NULL,
    history       text NOT NULL,
    outcome       text NOT NULL DEFAULT 'running' CHECK (outcome IN ('running', 'done', 'failed')),
    role          text NOT NULL DEFAULT session_user,
    host          text NOT NULL DEFAULT '',
    version       text NOT NULL
);

CREATE TABLE pgwright.events (
    seq           bigint PRIMARY KEY,
    deployment_id bigint NOT NULL REFERENCES pgwright.deployments (deployment_id),
    occurred_at   timestamptz NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('deploy', 'revert', 'fail', 'start', 'statement', 'settle', 'accept',
                                                'tag', 'log', 'adopt', 'extension', 'rename')),
    history       text NOT NULL,
    project       text NOT NULL,
    change        text NOT NULL,
    change_id     text NOT NULL DEFAULT '',
    script_sha256 text NOT NULL DEFAULT '',
    detail        text NOT NULL DEFAULT '',
    role          text NOT NULL DEFAULT session_user,
    previous      bytea NOT NULL,
    digest        bytea NOT NULL
);
CREATE INDEX events_change ON pgwright.events (history, project, change, seq);
CREATE INDEX events_start ON pgwright.events (seq) WHERE kind = 'start';

-- One writer at a time, so that the chain has one end.
CREATE FUNCTION pgwright.events_serialize() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $body$
BEGIN
    PERFORM pg_advisory_xact_lock(7955923411226848);
    RETURN NULL;
END
$body$;
CREATE TRIGGER events_serialize BEFORE INSERT ON pgwright.events
    FOR EACH STATEMENT EXECUTE FUNCTION pgwright.events_serialize();

-- Everything is named with its schema: a search_path of the function's own would be set and reset for every row.
CREATE FUNCTION pgwright.events_chain() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    SELECT e.seq OPERATOR(pg_catalog.+) 1, e.digest INTO NEW.seq, NEW.previous
      FROM pgwright.events e ORDER BY e.seq DESC LIMIT 1;
    IF NOT FOUND THEN
        NEW.seq := 1;
        NEW.previous := pg_catalog.sha256('');
    END IF;
    NEW.occurred_at := pg_catalog.clock_timestamp();
    NEW.digest := pg_catalog.sha256(NEW.previous OPERATOR(pg_catalog.||) pg_catalog.convert_to(pg_catalog.jsonb_build_array(
        NEW.seq, NEW.deployment_id,
        pg_catalog.to_char(NEW.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), NEW.kind,
        NEW.history, NEW.project, NEW.change, NEW.change_id, NEW.script_sha256, NEW.detail, NEW.role)::text, 'UTF8'));
    RETURN NEW;
END
$body$;
CREATE TRIGGER events_chain BEFORE INSERT ON pgwright.events
    FOR EACH ROW EXECUTE FUNCTION pgwright.events_chain();

CREATE FUNCTION pgwright.events_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'pgwright.events is append-only' USING ERRCODE = 'insufficient_privilege';
END
$body$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pgwright.events
    FOR EACH STATEMENT EXECUTE FUNCTION pgwright.events_append_only();
