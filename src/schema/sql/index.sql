-- definition: what stands behind the table's name of pg_get_indexdef()'s text, which qualifies that always.
SELECT i.indexrelid AS oid, 0 AS sub, i.indrelid AS parent, n.nspname AS schema, c.relname AS name, c.oid::regclass::text AS id,
       NULL AS owner, CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END AS is_unique,
       CASE c.relkind WHEN 'I' THEN 'true' END AS is_partitioned,
       substr(pg_get_indexdef(i.indexrelid), length('CREATE ' || CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || 'INDEX ' ||
           quote_ident(c.relname) || ' ON ' || CASE c.relkind WHEN 'I' THEN 'ONLY ' ELSE '' END || quote_ident(tn.nspname) || '.' ||
           quote_ident(t.relname)) + 1) AS definition,
       CASE WHEN i.indisvalid OR c.relkind = 'I' THEN 'true' END AS valid,
       CASE WHEN i.indisclustered THEN 'true' END AS clustered,
       st.statistics
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN ns n ON n.oid = c.relnamespace
JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
LEFT JOIN (SELECT a.attrelid, json_object_agg(a.attnum, a.attstattarget ORDER BY a.attnum) AS statistics
           FROM pg_attribute a JOIN pg_class s ON s.oid = a.attrelid AND s.relkind IN ('i', 'I')
           WHERE a.attstattarget >= 0 AND NOT a.attisdropped GROUP BY a.attrelid) st ON st.attrelid = c.oid
WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
  AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid IN (i.indexrelid, i.indrelid))
