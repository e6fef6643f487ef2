-- Every deployed change, oldest first. Columns as in pgpm_load.sql; what a change requires is named by change_id.
SELECT c.project, c.change, c.change_id, c.script_hash,
       pg_catalog.to_char(c.committed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       c.committer_name, d.requires, t.tags, (extract(epoch FROM c.committed_at) * 1000000)::bigint
  FROM @schema@.changes c
  LEFT JOIN (SELECT change_id, pg_catalog.string_agg(dependency_id, pg_catalog.chr(31)) AS requires
               FROM @schema@.dependencies WHERE dependency_id IS NOT NULL GROUP BY change_id) d ON d.change_id = c.change_id
  LEFT JOIN (SELECT change_id, pg_catalog.string_agg(pg_catalog.substr(tag, 2), pg_catalog.chr(31) ORDER BY committed_at) AS tags
               FROM @schema@.tags GROUP BY change_id) t ON t.change_id = c.change_id
 ORDER BY c.committed_at, c.change_id
