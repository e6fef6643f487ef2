-- Deployed changes with their dependencies and their events, in one round. Arrays with an element for each change:
-- $1 change_id, $2 change_name, $3 package, $4 script_hash, $5 requires (qualified, an array as text),
-- $6 when (µs since 1970; 0: now).
WITH deployed AS (
    SELECT *, coalesce(timestamptz 'epoch' + NULLIF(at, 0) * interval '1 microsecond',
                       pg_catalog.clock_timestamp() + n * interval '1 microsecond') AS deployed_at
      FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]),
                      pg_catalog.unnest($4::text[]), pg_catalog.unnest($5::text[]), pg_catalog.unnest($6::bigint[]))
           WITH ORDINALITY AS d (change_id, change_name, package, script_hash, requires, at, n)
), change AS (
    INSERT INTO @schema@.changes (change_id, change_name, package, script_hash, deployed_at)
    SELECT change_id, change_name, package, script_hash, deployed_at FROM deployed
), dependency AS (
    INSERT INTO @schema@.dependencies (change_id, requires)
    SELECT DISTINCT change_id, r FROM deployed, pg_catalog.unnest(requires::text[]) r
)
INSERT INTO @schema@.events (event_type, change_name, package, occurred_at)
SELECT 'deploy', change_name, package, deployed_at FROM deployed ORDER BY n
