-- Every deployed change, oldest first. Lists are joined by US (chr 31), which no name can hold.
-- Columns: project, name, change_id, script_hash, deployed_at, deployed_by, requires (as "project:name"), tags,
-- deployed_at again, in µs since 1970.
-- Cost: one scan of each table.
SELECT c.package, c.change_name, c.change_id, c.script_hash,
       pg_catalog.to_char(c.deployed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       @deployed_by@, d.requires, t.tags, (extract(epoch FROM c.deployed_at) * 1000000)::bigint
  FROM @schema@.changes c
  LEFT JOIN (SELECT o.change_id,
                    pg_catalog.string_agg(CASE WHEN d.requires LIKE '%:%' THEN d.requires
                                               ELSE o.package || ':' || d.requires END, pg_catalog.chr(31)) AS requires
               FROM @schema@.dependencies d JOIN @schema@.changes o ON o.change_id = d.change_id
              GROUP BY o.change_id) d ON d.change_id = c.change_id
  LEFT JOIN (SELECT package, change_name, pg_catalog.string_agg(tag, pg_catalog.chr(31) ORDER BY deployed_at) AS tags
               FROM @tags@ GROUP BY package, change_name) t ON t.package = c.package AND t.change_name = c.change_name
 ORDER BY c.deployed_at, c.change_id
