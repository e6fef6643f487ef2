-- $1 change_id, $2 script_sha256.
UPDATE @schema@.changes SET script_sha256 = $2 WHERE change_id = $1
