-- $1 project, $2 its new name, $3 its uri now ('' for none). Changes, tags and events follow by their foreign keys.
UPDATE @schema@.projects SET project = $2, uri = NULLIF($3, '') WHERE project = $1
