-- Every deployed change, oldest first. Columns as in pgpm_load.sql; what a change requires is named by change_id.
SELECT c.project, c.change, c.change_id, c.script_hash,
       pg_catalog.to_char(c.committed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       c.committer_name,
       (SELECT pg_catalog.string_agg(d.dependency_id, pg_catalog.chr(31))
          FROM @schema@.dependencies d WHERE d.change_id = c.change_id AND d.dependency_id IS NOT NULL),
       (SELECT pg_catalog.string_agg(pg_catalog.substr(t.tag, 2), pg_catalog.chr(31) ORDER BY t.committed_at)
          FROM @schema@.tags t WHERE t.change_id = c.change_id),
       (extract(epoch FROM c.committed_at) * 1000000)::bigint
  FROM @schema@.changes c
 ORDER BY c.committed_at, c.change_id
