-- Tags whose id is another one now. $1 project, $2 tag (with @), $3 new tag_id: arrays.
UPDATE @schema@.tags t SET tag_id = r.id
  FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]))
               AS r (project, tag, id)
 WHERE t.project = r.project AND t.tag = r.tag AND t.tag_id <> r.id
