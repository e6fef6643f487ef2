-- $1 change_id, $2 change_name, $3 package. The tags of the change go with it.
WITH tag AS (
    DELETE FROM @schema@.tags WHERE package = $3 AND change_name = $2
), change AS (
    DELETE FROM @schema@.changes WHERE change_id = $1
)
INSERT INTO @schema@.events (event_type, change_name, package) VALUES ('revert', $2, $3)
