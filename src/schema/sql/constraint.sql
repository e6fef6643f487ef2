-- Copies of a foreign key on partitions come and go with the key, and those of what excludes rows, which the server cannot attach; so do
-- inherited checks, but a partition that is to be
-- attached must have those.
SELECT c.oid, 0 AS sub, c.conrelid AS parent, n.nspname AS schema, c.conname AS name, quote_ident(c.conname) AS id, NULL AS owner,
       c.contype AS type,
       CASE WHEN c.contype = 'p' AND a.attname IS NOT NULL THEN 'PRIMARY KEY (' || quote_ident(a.attname) || ')'
            ELSE pg_get_constraintdef(c.oid) END AS definition, CASE WHEN c.convalidated THEN 'true' END AS validated,
       CASE WHEN NOT c.conislocal THEN 'true' END AS is_inherited, CASE WHEN c.conparentid <> 0 THEN 'true' END AS is_attached,
       CASE WHEN i.reloptions IS NOT NULL THEN (
           SELECT json_object_agg(option_name, option_value ORDER BY option_name) FROM pg_options_to_table(i.reloptions)) END AS options,
       CASE WHEN c.contype IN ('p', 'u', 'x') THEN obj_description(c.conindid, 'pg_class') END AS index_comment,
       CASE WHEN x.indisclustered THEN 'true' END AS clustered
FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN ns n ON n.oid = r.relnamespace
LEFT JOIN pg_class i ON i.oid = c.conindid AND c.contype IN ('p', 'u', 'x') AND i.reloptions IS NOT NULL
LEFT JOIN pg_index x ON x.indexrelid = c.conindid AND c.contype IN ('p', 'u', 'x')
LEFT JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] AND c.contype = 'p' AND x.indnatts = 1 AND NOT c.condeferrable
WHERE c.contype IN ('c', 'f', 'p', 'u', 'x') AND NOT (c.conparentid <> 0 AND (c.contype = 'f' OR coalesce(x.indisexclusion, false)))
  AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid = c.conrelid)
ORDER BY c.conrelid, array_position('{p,u,f,c,x}', c.contype::text), c.conname
