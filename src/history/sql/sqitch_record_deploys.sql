-- Deployed changes with their dependencies and their events, in one round. Arrays with an element for each change:
-- $1 change_id, $2 script_hash, $3 change, $4 project, $5 note, $6 committer's name, $7 committer's email, $8 planned_at,
-- $9 planner's name, $10 planner's email, $11 requires as written, $12 the ids of these, $13 conflicts, $14 tags (with @),
-- these four arrays as text; $15 when (µs since 1970; 0: now).
WITH deployed AS (
    SELECT *, coalesce(timestamptz 'epoch' + NULLIF(at, 0) * interval '1 microsecond',
                       pg_catalog.clock_timestamp() + n * interval '1 microsecond') AS committed_at
      FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]),
                      pg_catalog.unnest($4::text[]), pg_catalog.unnest($5::text[]), pg_catalog.unnest($6::text[]),
                      pg_catalog.unnest($7::text[]), pg_catalog.unnest($8::timestamptz[]), pg_catalog.unnest($9::text[]),
                      pg_catalog.unnest($10::text[]), pg_catalog.unnest($11::text[]), pg_catalog.unnest($12::text[]),
                      pg_catalog.unnest($13::text[]), pg_catalog.unnest($14::text[]), pg_catalog.unnest($15::bigint[]))
           WITH ORDINALITY AS d (change_id, script_hash, change, project, note, committer_name, committer_email,
                                 planned_at, planner_name, planner_email, requires, ids, conflicts, tags, at, n)
), change AS (
    INSERT INTO @schema@.changes (change_id, script_hash, change, project, note, committed_at, committer_name,
                                  committer_email, planned_at, planner_name, planner_email)
    SELECT change_id, script_hash, change, project, note, committed_at, committer_name, committer_email, planned_at,
           planner_name, planner_email
      FROM deployed
), dependency AS (
    INSERT INTO @schema@.dependencies (change_id, type, dependency, dependency_id)
    SELECT change_id, 'require', r.dependency, r.id
      FROM deployed, ROWS FROM (pg_catalog.unnest(requires::text[]), pg_catalog.unnest(ids::text[])) AS r (dependency, id)
    UNION ALL SELECT change_id, 'conflict', x, NULL FROM deployed, pg_catalog.unnest(conflicts::text[]) x
)
INSERT INTO @schema@.events (event, change_id, change, project, note, requires, conflicts, tags, committed_at,
                             committer_name, committer_email, planned_at, planner_name, planner_email)
SELECT 'deploy', change_id, change, project, note, requires::text[], conflicts::text[], tags::text[], committed_at,
       committer_name, committer_email, planned_at, planner_name, planner_email
  FROM deployed ORDER BY n
