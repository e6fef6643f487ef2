-- Deployed changes with their dependencies, in one round. Arrays with an element for each change: $1 change_id, $2 project,
-- $3 change, $4 script_sha256, $5 note, $6 planned_at ('' for none), $7 planner, $8 requires (qualified, an array as text),
-- $9 when (µs since 1970; 0: now).
WITH deployed AS (
    SELECT *, coalesce(timestamptz 'epoch' + NULLIF(at, 0) * interval '1 microsecond',
                       pg_catalog.clock_timestamp() + n * interval '1 microsecond') AS deployed_at
      FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]),
                      pg_catalog.unnest($4::text[]), pg_catalog.unnest($5::text[]), pg_catalog.unnest($6::text[]),
                      pg_catalog.unnest($7::text[]), pg_catalog.unnest($8::text[]), pg_catalog.unnest($9::bigint[]))
           WITH ORDINALITY AS d (change_id, project, change, script_sha256, note, planned_at, planner, requires, at, n)
), change AS (
    INSERT INTO @schema@.changes (change_id, project, change, script_sha256, note, planned_at, planner, deployed_at)
    SELECT change_id, project, change, script_sha256, note, NULLIF(planned_at, '')::timestamptz, planner, deployed_at
      FROM deployed
)
INSERT INTO @schema@.dependencies (change_id, requires)
SELECT DISTINCT change_id, r FROM deployed, pg_catalog.unnest(requires::text[]) r
