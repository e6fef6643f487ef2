-- One deployed change with its dependencies and its event, in one round.
-- $1 change_id, $2 change_name, $3 package, $4 script_hash, $5 requires (qualified).
WITH change AS (
    INSERT INTO @schema@.changes (change_id, change_name, package, script_hash) VALUES ($1, $2, $3, $4)
), dependency AS (
    INSERT INTO @schema@.dependencies (change_id, requires) SELECT DISTINCT $1, r FROM pg_catalog.unnest($5::text[]) r
)
INSERT INTO @schema@.events (event_type, change_name, package) VALUES ('deploy', $2, $3)
