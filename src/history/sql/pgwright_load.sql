-- Every deployed change, oldest first. Columns as in pgpm_load.sql.
SELECT c.project, c.change, c.change_id, c.script_sha256,
       pg_catalog.to_char(c.deployed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       c.deployed_by, d.requires, t.tags, (extract(epoch FROM c.deployed_at) * 1000000)::bigint
  FROM @schema@.changes c
  LEFT JOIN (SELECT change_id, pg_catalog.string_agg(requires, pg_catalog.chr(31)) AS requires
               FROM @schema@.dependencies GROUP BY change_id) d ON d.change_id = c.change_id
  LEFT JOIN (SELECT change_id, pg_catalog.string_agg(tag, pg_catalog.chr(31) ORDER BY deployed_at) AS tags
               FROM @schema@.tags GROUP BY change_id) t ON t.change_id = c.change_id
 ORDER BY c.deployed_at, c.change_id
