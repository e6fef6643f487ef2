-- Deployed changes under other names and ids. $1 change_id, $2 new change_id, $3 project, $4 name, $5 script hash: arrays.
WITH renamed AS (
    SELECT * FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]),
                             pg_catalog.unnest($4::text[]), pg_catalog.unnest($5::text[]))
                         AS r (id, new_id, project, name, hash)
)
UPDATE @schema@.changes c SET change_id = r.new_id, change = r.name, script_hash = r.hash
  FROM renamed r WHERE c.change_id = r.id AND c.project = r.project
