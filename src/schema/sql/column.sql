-- Of tables, views and composite types. Partitions have the identity (17) of the whole. Defaults name no columns: they are
-- rendered without their table, for to read that costs the server more than all the rest. not_null_name is the constraint's where
-- there is one (18) and it is not the common one. Some builds of 15 mark columns with an option of their own, pg_attver.
SELECT a.attrelid AS oid, a.attnum AS sub, a.attrelid AS parent, n.nspname AS schema, a.attname AS name,
       quote_ident(a.attname) AS id, NULL AS owner,
       format_type(a.atttypid, a.atttypmod) AS type,
       CASE WHEN a.attcollation <> t.typcollation THEN
           a.attcollation::regcollation::text --13+
           (SELECT format('%I.%I', cn.nspname, co.collname) FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation) --<13
       END AS collation,
       CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, 0) END AS default_value,
       CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS generated,
       CASE a.attgenerated WHEN 's' THEN 'STORED' WHEN 'v' THEN 'VIRTUAL' END AS generated_kind,
       CASE WHEN nn.conislocal AND NOT nn.convalidated THEN 'unchecked' WHEN a.attnotnull THEN 'true' END AS not_null, --18+
       CASE WHEN a.attnotnull THEN 'true' END AS not_null, --<18
       CASE WHEN nn.conname <> c.relname || '_' || a.attname || '_not_null' THEN nn.conname END AS not_null_name, --18+
       CASE WHEN nn.connoinherit THEN 'true' END AS not_null_no_inherit, CASE WHEN nn.conislocal AND NOT nn.convalidated THEN concat(CASE WHEN nn.connoinherit THEN 'NO INHERIT ' END, 'NOT VALID') END AS not_null_not_valid, --18+
       nc.description AS not_null_comment, CASE WHEN nc.description IS NOT NULL THEN 'true' END AS not_null_has_comment, --18+
       CASE WHEN shared.conname IS NOT NULL THEN 'true' END AS not_null_ambiguous, --18+
       CASE WHEN nn.coninhcount > 0 THEN CASE WHEN nn.conislocal THEN 'merged' ELSE 'alone' END END AS not_null_inherited, --18+
       NULL AS not_null_name, NULL AS not_null_no_inherit, NULL AS not_null_not_valid, NULL AS not_null_comment, NULL AS not_null_has_comment, NULL AS not_null_ambiguous, NULL AS not_null_inherited, --<18
       CASE WHEN c.relispartition THEN NULL --17+
            WHEN a.attidentity = 'a' THEN 'ALWAYS' WHEN a.attidentity = 'd' THEN 'BY DEFAULT' END AS identity, --17+
       CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END AS identity, --<17
       CASE WHEN a.attidentity <> ''
             AND NOT c.relispartition --17+
            THEN (
           SELECT json_build_object('name', q.seqrelid::regclass::text,
                                    'plain', (SELECT quote_ident(r.relname) FROM pg_class r WHERE r.oid = q.seqrelid), 'type', format_type(q.seqtypid, NULL), 'start', q.seqstart::text,
                                    'increment', q.seqincrement::text, 'minimum', q.seqmin::text, 'maximum', q.seqmax::text, 'cache', q.seqcache::text,
                                    'cycle', q.seqcycle::text)
           FROM pg_depend e JOIN pg_sequence q ON q.seqrelid = e.objid
           WHERE e.refclassid = 'pg_class'::regclass AND e.refobjid = a.attrelid AND e.refobjsubid = a.attnum
             AND e.classid = 'pg_class'::regclass AND e.deptype = 'i') END AS identity_sequence,
       CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
            WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END AS storage,
       CASE t.typstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END AS type_storage,
       CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression, --14+
       NULL AS compression, --<14
       nullif(a.attstattarget, -1) AS statistics,
       CASE WHEN cardinality(a.attoptions) > 1 OR NOT starts_with(a.attoptions[1], 'pg_attver=') THEN (
           SELECT json_object_agg(option_name, option_value ORDER BY option_name) FROM pg_options_to_table(a.attoptions)
           WHERE option_name <> 'pg_attver') END AS options,
       CASE WHEN a.attfdwoptions IS NOT NULL THEN (
           SELECT json_object_agg(option_name, option_value ORDER BY option_name) FROM pg_options_to_table(a.attfdwoptions)) END AS foreign_options,
       CASE WHEN a.attislocal THEN 'true' END AS is_local, CASE WHEN a.attinhcount > 0 THEN 'true' END AS is_inherited
FROM pg_class c JOIN ns n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = CASE WHEN a.atthasdef THEN a.attrelid END AND d.adnum = a.attnum
LEFT JOIN pg_constraint nn ON nn.conrelid = CASE WHEN a.attnotnull THEN a.attrelid END AND nn.contype = 'n' AND nn.conkey[1] = a.attnum --18+
LEFT JOIN (SELECT conname, connamespace FROM pg_constraint GROUP BY 1, 2 HAVING count(*) > 1) shared --18+
    ON shared.conname = nn.conname AND shared.connamespace = nn.connamespace --18+
LEFT JOIN pg_description nc ON nc.objoid = nn.oid AND nc.classoid = 'pg_constraint'::regclass --18+
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
  AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid = c.oid)
