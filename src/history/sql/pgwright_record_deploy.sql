-- $1 change_id, $2 project, $3 change, $4 script_sha256, $5 note, $6 planned_at ('' for none), $7 planner,
-- $8 requires (qualified).
WITH change AS (
    INSERT INTO @schema@.changes (change_id, project, change, script_sha256, note, planned_at, planner)
    VALUES ($1, $2, $3, $4, $5, NULLIF($6, '')::timestamptz, $7)
)
INSERT INTO @schema@.dependencies (change_id, requires) SELECT DISTINCT $1, r FROM pg_catalog.unnest($8::text[]) r
