-- $1 package, $2 tag, $3 change_name, $4 note, $5 planned_at, $6 planner.
INSERT INTO @schema@.tags (package, tag, change_name, note, planned_at, planner)
VALUES ($1, $2, $3, $4, NULLIF($5, '')::timestamptz, $6)
ON CONFLICT (package, tag) DO UPDATE SET change_name = excluded.change_name, note = excluded.note,
                                         planned_at = excluded.planned_at, planner = excluded.planner
