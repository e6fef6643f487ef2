-- definition: what stands behind the table's name of pg_get_indexdef()'s text, which qualifies that always. That of one plain
-- column is put together here, for that function is the dearest of all. valid: of a partitioned table's, whether every partition
-- has its own.
SELECT i.indexrelid AS oid, 0 AS sub, i.indrelid AS parent, c.nspname AS schema, c.relname AS name, c.id,
       NULL AS owner, CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END AS is_unique,
       CASE c.relkind WHEN 'I' THEN 'true' END AS is_partitioned,
       CASE WHEN i.indnatts = 1 AND i.indoption[0] = 0 AND o.opcintype = a.atttypid AND o.opcdefault AND i.indcollation[0] = a.attcollation
                 AND c.reloptions IS NULL
                 AND NOT i.indnullsnotdistinct --15+
            THEN ' USING btree (' || quote_ident(a.attname) || ')' ||
                 coalesce(' WHERE ' || pg_get_expr(i.indpred, i.indrelid), '')
            ELSE (SELECT substr(pg_get_indexdef(i.indexrelid), length(concat('CREATE ', CASE WHEN i.indisunique THEN 'UNIQUE ' END, 'INDEX ',
                      quote_ident(c.relname), ' ON ', CASE c.relkind WHEN 'I' THEN 'ONLY ' END, quote_ident(tn.nspname), '.',
                      quote_ident(t.relname))) + 1)
                  FROM pg_class t JOIN pg_namespace tn ON tn.oid = t.relnamespace WHERE t.oid = i.indrelid) END AS definition,
       CASE WHEN i.indisvalid THEN 'true' END AS valid,
       CASE WHEN i.indisclustered THEN 'true' END AS clustered,
       CASE WHEN i.indexprs IS NOT NULL THEN (
           SELECT json_object_agg(s.attnum, s.attstattarget ORDER BY s.attnum) FROM pg_attribute s
           WHERE s.attrelid = i.indexrelid AND s.attstattarget >= 0) END AS statistics
FROM rel c JOIN pg_index i ON i.indexrelid = c.oid
JOIN pg_am m ON m.oid = c.relam JOIN pg_opclass o ON o.oid = i.indclass[0]
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] AND i.indnatts = 1 AND m.amname = 'btree'
WHERE c.relkind IN ('i', 'I')
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
  AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid IN (i.indexrelid, i.indrelid))
