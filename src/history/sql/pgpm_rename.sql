-- Deployed changes under other names. $1 change_id, $2 new change_id, $3 project, $4 name, $5 script hash: arrays.
-- One statement, so that the foreign keys are looked at once all tables agree again.
WITH renamed AS (
    SELECT * FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]),
                             pg_catalog.unnest($4::text[]), pg_catalog.unnest($5::text[]))
                         AS r (id, new_id, project, name, hash)
), dependency AS (
    UPDATE @schema@.dependencies d SET change_id = r.new_id FROM renamed r WHERE d.change_id = r.id
), tag AS (
    UPDATE @schema@.tags t SET package = r.project, change_name = r.name
      FROM renamed r JOIN @schema@.changes c ON c.change_id = r.id
     WHERE t.package = c.package AND t.change_name = c.change_name
)
UPDATE @schema@.changes c SET change_id = r.new_id, package = r.project, change_name = r.name, script_hash = r.hash
  FROM renamed r WHERE c.change_id = r.id
