-- $1 change_id, $2 script_hash: the deployed script counts as this text from now on.
UPDATE @schema@.changes SET script_hash = $2 WHERE change_id = $1
