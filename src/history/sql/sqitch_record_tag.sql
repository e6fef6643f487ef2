-- $1 tag_id, $2 tag (with @), $3 project, $4 change_id, $5 note, $6 committer's name, $7 committer's email,
-- $8 planned_at, $9 planner's name, $10 planner's email.
INSERT INTO @schema@.tags (tag_id, tag, project, change_id, note, committer_name, committer_email, planned_at,
                           planner_name, planner_email)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz, $9, $10)
ON CONFLICT (project, tag) DO UPDATE SET tag_id = excluded.tag_id, change_id = excluded.change_id, note = excluded.note,
                                         committed_at = excluded.committed_at, committer_name = excluded.committer_name,
                                         committer_email = excluded.committer_email, planned_at = excluded.planned_at,
                                         planner_name = excluded.planner_name, planner_email = excluded.planner_email
 WHERE tags.tag_id <> excluded.tag_id
