-- Every deployed change, oldest first. Lists are joined by US (chr 31), which no name can hold.
-- Columns: project, name, change_id, script_hash, deployed_at, deployed_by, requires (as "project:name"), tags,
-- deployed_at again, in µs since 1970.
-- Cost: one scan of each table.
SELECT c.package, c.change_name, c.change_id, c.script_hash,
       pg_catalog.to_char(c.deployed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       @deployed_by@,
       (SELECT pg_catalog.string_agg(CASE WHEN d.requires LIKE '%:%' THEN d.requires
                                          ELSE c.package || ':' || d.requires END, pg_catalog.chr(31))
          FROM @schema@.dependencies d WHERE d.change_id = c.change_id),
       @tags@,
       (extract(epoch FROM c.deployed_at) * 1000000)::bigint
  FROM @schema@.changes c
 ORDER BY c.deployed_at, c.change_id
