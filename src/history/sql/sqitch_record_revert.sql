-- $1 change_id, $2 committer's name, $3 committer's email. The event keeps what the change was; its tags go with it.
WITH tag AS (
    DELETE FROM @schema@.tags WHERE change_id = $1 RETURNING tag
), change AS (
    DELETE FROM @schema@.changes WHERE change_id = $1 RETURNING *
)
INSERT INTO @schema@.events (event, change_id, change, project, note, requires, conflicts, tags, committer_name,
                             committer_email, planned_at, planner_name, planner_email)
SELECT 'revert', c.change_id, c.change, c.project, c.note,
       ARRAY(SELECT d.dependency FROM @schema@.dependencies d WHERE d.change_id = $1 AND d.type = 'require'),
       ARRAY(SELECT d.dependency FROM @schema@.dependencies d WHERE d.change_id = $1 AND d.type = 'conflict'),
       ARRAY(SELECT tag FROM tag), $2, $3, c.planned_at, c.planner_name, c.planner_email
  FROM change c
