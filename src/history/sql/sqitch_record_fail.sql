-- $1 change_id, $2 change, $3 project, $4 note, $5 committer's name, $6 committer's email, $7 planned_at,
-- $8 planner's name, $9 planner's email, $10 requires, $11 conflicts, $12 tags.
INSERT INTO @schema@.events (event, change_id, change, project, note, committer_name, committer_email, planned_at,
                             planner_name, planner_email, requires, conflicts, tags)
VALUES ('fail', $1, $2, $3, $4, $5, $6, $7::timestamptz, $8, $9, $10::text[], $11::text[], $12::text[])
