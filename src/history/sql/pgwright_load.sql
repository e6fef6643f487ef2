-- Every deployed change, oldest first. Columns as in pgpm_load.sql.
SELECT c.project, c.change, c.change_id, c.script_sha256,
       pg_catalog.to_char(c.deployed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       c.deployed_by,
       (SELECT pg_catalog.string_agg(d.requires, pg_catalog.chr(31))
          FROM @schema@.dependencies d WHERE d.change_id = c.change_id),
       (SELECT pg_catalog.string_agg(t.tag, pg_catalog.chr(31) ORDER BY t.deployed_at)
          FROM @schema@.tags t WHERE t.change_id = c.change_id),
       (extract(epoch FROM c.deployed_at) * 1000000)::bigint
  FROM @schema@.changes c
 ORDER BY c.deployed_at, c.change_id
