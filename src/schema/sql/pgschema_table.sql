-- key, object: a table with its columns. Seen are the tables and columns that the information views show to this role.
WITH cols AS (
    SELECT i.table_name, json_agg(json_build_object(
        'name', i.column_name,
        'position', i.ordinal_position,
        'data_type', CASE
            WHEN t.typtype IN ('d', 'e', 'c') THEN quote_ident(tn.nspname) || '.' || quote_ident(t.typname)
            WHEN t.typtype = 'b' AND t.typcategory = 'A' THEN
                CASE WHEN en.nspname = 'pg_catalog' THEN '' ELSE quote_ident(en.nspname) || '.' END
                || CASE WHEN en.nspname = 'pg_catalog' THEN e.typname ELSE quote_ident(e.typname) END
                || COALESCE(substring(format_type(a.atttypid, a.atttypmod) FROM '\([^)]*\)'), '') || '[]'
            WHEN t.typtype = 'b' AND tn.nspname <> 'pg_catalog' THEN
                CASE WHEN tn.nspname = n.nspname THEN '' ELSE tn.nspname || '.' END || t.typname
                || COALESCE(substring(format_type(a.atttypid, a.atttypmod) FROM '\([^)]*\)'), '')
            ELSE i.udt_name END,
        'is_nullable', i.is_nullable = 'YES',
        'default_value', CASE WHEN a.attgenerated = '' THEN NULLIF(pg_get_expr(ad.adbin, ad.adrelid), '') END,
        'max_length', CASE WHEN i.character_maximum_length > 0 THEN i.character_maximum_length END,
        'precision', CASE WHEN i.numeric_precision > 0 THEN i.numeric_precision END,
        'scale', CASE WHEN i.numeric_scale >= 0 THEN i.numeric_scale END,
        'comment', NULLIF(col_description(c.oid, a.attnum), ''),
        'identity', CASE WHEN i.is_identity = 'YES' THEN json_build_object(
            'generation', i.identity_generation,
            'start', CASE WHEN i.identity_start::bigint >= 0 THEN i.identity_start::bigint END,
            'increment', CASE WHEN i.identity_increment::bigint >= 0 THEN i.identity_increment::bigint END,
            'maximum', CASE WHEN i.identity_maximum::bigint >= 0 THEN i.identity_maximum::bigint END,
            'minimum', CASE WHEN i.identity_minimum::bigint >= 0 THEN i.identity_minimum::bigint END,
            'cycle', NULLIF(i.identity_cycle = 'YES', false)) END,
        'generated_expr', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(ad.adbin, ad.adrelid) END,
        'is_generated', NULLIF(a.attgenerated <> '', false),
        'generated_kind', NULLIF(a.attgenerated, '')
    ) ORDER BY i.ordinal_position) AS list
    FROM information_schema.columns i
         JOIN pg_namespace n ON n.nspname = i.table_schema
         JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = i.table_name
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = i.column_name
         JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace tn ON tn.oid = t.typnamespace
         LEFT JOIN pg_type e ON e.oid = t.typelem LEFT JOIN pg_namespace en ON en.oid = e.typnamespace
         LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
    WHERE i.table_schema = $1 AND c.relkind IN ('r', 'p')
    GROUP BY i.table_name
), keys AS (
    SELECT p.partrelid, p.partstrat, string_agg(a.attname, ', ' ORDER BY a.attnum) AS list
    FROM pg_partitioned_table p JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs)
    GROUP BY p.partrelid, p.partstrat
)
SELECT o.name AS key, row_to_json(o) AS object FROM (
    SELECT n.nspname AS schema, c.relname AS name, 'BASE_TABLE' AS type, COALESCE(cols.list, '[]') AS columns,
           '{}'::json AS constraints, '{}'::json AS indexes, '{}'::json AS triggers,
           c.relrowsecurity AS rls_enabled, c.relrowsecurity AND c.relforcerowsecurity AS rls_forced,
           '{}'::json AS policies, '{}'::json AS dependencies, obj_description(c.oid, 'pg_class') AS comment,
           k.list IS NOT NULL AS is_partitioned,
           CASE k.partstrat WHEN 'r' THEN 'RANGE' WHEN 'l' THEN 'LIST' WHEN 'h' THEN 'HASH' END AS partition_strategy,
           k.list AS partition_key, p.relname AS partition_of, pn.nspname AS partition_of_schema,
           pg_get_expr(c.relpartbound, c.oid) AS partition_bound, NULLIF(c.relpersistence = 'u', false) AS unlogged
    FROM information_schema.tables i
         JOIN pg_namespace n ON n.nspname = i.table_schema
         JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = i.table_name
         LEFT JOIN cols ON cols.table_name = i.table_name
         LEFT JOIN keys k ON k.partrelid = c.oid
         LEFT JOIN pg_inherits h ON h.inhrelid = c.oid AND c.relispartition
         LEFT JOIN pg_class p ON p.oid = h.inhparent LEFT JOIN pg_namespace pn ON pn.oid = p.relnamespace
    WHERE i.table_schema = $1 AND i.table_type = 'BASE TABLE'
) o
