-- $1 change_id. Dependencies and tags go with it.
DELETE FROM @schema@.changes WHERE change_id = $1
