-- One deployed change with its dependencies and its event, in one round.
-- $1 change_id, $2 script_hash, $3 change, $4 project, $5 note, $6 committer's name, $7 committer's email, $8 planned_at,
-- $9 planner's name, $10 planner's email, $11 requires as written, $12 the ids of these, $13 conflicts, $14 tags (with @).
WITH change AS (
    INSERT INTO @schema@.changes (change_id, script_hash, change, project, note, committer_name, committer_email,
                                  planned_at, planner_name, planner_email)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz, $9, $10)
), dependency AS (
    INSERT INTO @schema@.dependencies (change_id, type, dependency, dependency_id)
    SELECT $1, 'require', r.dependency, r.id FROM ROWS FROM (pg_catalog.unnest($11::text[]),
                                                             pg_catalog.unnest($12::text[])) AS r (dependency, id)
    UNION ALL SELECT $1, 'conflict', x, NULL FROM pg_catalog.unnest($13::text[]) x
)
INSERT INTO @schema@.events (event, change_id, change, project, note, requires, conflicts, tags, committer_name,
                             committer_email, planned_at, planner_name, planner_email)
VALUES ('deploy', $1, $3, $4, $5, $11::text[], $13::text[], $14::text[], $6, $7, $8::timestamptz, $9, $10)
