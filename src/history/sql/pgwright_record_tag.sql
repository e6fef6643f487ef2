-- $1 project, $2 tag, $3 change_id, $4 note, $5 planned_at ('' for none), $6 planner.
INSERT INTO @schema@.tags (project, tag, change_id, note, planned_at, planner)
VALUES ($1, $2, $3, $4, NULLIF($5, '')::timestamptz, $6)
ON CONFLICT (project, tag) DO UPDATE SET change_id = excluded.change_id, note = excluded.note,
                                         planned_at = excluded.planned_at, planner = excluded.planner
