-- What names renamed changes as its requirement. $1 change_id of the dependent, $2 dependency, $3 new dependency: arrays.
UPDATE @schema@.dependencies d SET requires = r.new
  FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]))
               AS r (id, old, new)
 WHERE d.change_id = r.id AND d.requires = r.old
