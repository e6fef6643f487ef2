-- key, object: a table with its columns. Seen are the tables and columns that the information views show to this role.
WITH tables AS (
    SELECT c.*, n.nspname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')
      AND (pg_has_role(c.relowner, 'USAGE')
           OR has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
           OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))
), columns AS (
    SELECT a.attrelid, json_agg(json_build_object(
        'name', a.attname,
        'position', a.attnum,
        'data_type', CASE
            WHEN t.typtype IN ('d', 'e', 'c') THEN quote_ident(tn.nspname) || '.' || quote_ident(t.typname)
            WHEN t.typtype = 'b' AND t.typcategory = 'A' THEN
                CASE WHEN en.nspname = 'pg_catalog' THEN e.typname
                     ELSE quote_ident(en.nspname) || '.' || quote_ident(e.typname) END
                || COALESCE(substring(format_type(a.atttypid, a.atttypmod) FROM '\([^)]*\)'), '') || '[]'
            WHEN t.typtype = 'b' AND tn.nspname <> 'pg_catalog' THEN
                CASE WHEN tn.oid = c.relnamespace THEN '' ELSE tn.nspname || '.' END || t.typname
                || COALESCE(substring(format_type(a.atttypid, a.atttypmod) FROM '\([^)]*\)'), '')
            ELSE t.typname END,
        'is_nullable', NOT (a.attnotnull OR t.typtype = 'd' AND t.typnotnull),
        'default_value', CASE WHEN a.attgenerated = '' THEN NULLIF(pg_get_expr(d.adbin, d.adrelid), '') END,
        'max_length', CASE WHEN x.max_length > 0 THEN x.max_length END,
        'precision', CASE WHEN x.precision > 0 THEN x.precision END,
        'scale', CASE WHEN x.scale >= 0 THEN x.scale END,
        'comment', col_description(a.attrelid, a.attnum),
        'identity', CASE WHEN a.attidentity <> '' THEN json_build_object(
            'generation', CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END,
            'start', CASE WHEN s.seqstart >= 0 THEN s.seqstart END,
            'increment', CASE WHEN s.seqincrement >= 0 THEN s.seqincrement END,
            'maximum', CASE WHEN s.seqmax >= 0 THEN s.seqmax END,
            'minimum', CASE WHEN s.seqmin >= 0 THEN s.seqmin END,
            'cycle', NULLIF(s.seqcycle, false)) END,
        'generated_expr', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END,
        'is_generated', NULLIF(a.attgenerated <> '', false),
        'generated_kind', NULLIF(a.attgenerated, '')
    ) ORDER BY a.attnum) AS list
    FROM tables c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace tn ON tn.oid = t.typnamespace
         LEFT JOIN pg_type e ON e.oid = t.typelem LEFT JOIN pg_namespace en ON en.oid = e.typnamespace
         LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
         LEFT JOIN pg_depend o ON o.refclassid = 'pg_class'::regclass AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum
                              AND o.classid = 'pg_class'::regclass AND o.deptype = 'i' AND a.attidentity <> ''
         LEFT JOIN pg_sequence s ON s.seqrelid = o.objid,
         LATERAL (SELECT CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE a.atttypid END AS oid,
                         CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END AS mod) b,
         LATERAL (SELECT information_schema._pg_char_max_length(b.oid, b.mod) AS max_length,
                         information_schema._pg_numeric_precision(b.oid, b.mod) AS precision,
                         information_schema._pg_numeric_scale(b.oid, b.mod) AS scale) x
    WHERE pg_has_role(c.relowner, 'USAGE')
       OR has_column_privilege(c.oid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES')
    GROUP BY a.attrelid
), keys AS (
    SELECT p.partrelid, p.partstrat, string_agg(a.attname, ', ' ORDER BY a.attnum) AS list
    FROM pg_partitioned_table p JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs)
    GROUP BY p.partrelid, p.partstrat
)
SELECT o.name AS key, row_to_json(o) AS object FROM (
    SELECT c.nspname AS schema, c.relname AS name, 'BASE_TABLE' AS type, COALESCE(l.list, '[]') AS columns,
           '{}'::json AS constraints, '{}'::json AS indexes, '{}'::json AS triggers,
           c.relrowsecurity AS rls_enabled, c.relrowsecurity AND c.relforcerowsecurity AS rls_forced,
           '{}'::json AS policies, '{}'::json AS dependencies, obj_description(c.oid, 'pg_class') AS comment,
           k.list IS NOT NULL AS is_partitioned,
           CASE k.partstrat WHEN 'r' THEN 'RANGE' WHEN 'l' THEN 'LIST' WHEN 'h' THEN 'HASH' END AS partition_strategy,
           k.list AS partition_key, p.relname AS partition_of, pn.nspname AS partition_of_schema,
           pg_get_expr(c.relpartbound, c.oid) AS partition_bound, NULLIF(c.relpersistence = 'u', false) AS unlogged
    FROM tables c
         LEFT JOIN columns l ON l.attrelid = c.oid LEFT JOIN keys k ON k.partrelid = c.oid
         LEFT JOIN pg_inherits h ON h.inhrelid = c.oid AND c.relispartition
         LEFT JOIN pg_class p ON p.oid = h.inhparent LEFT JOIN pg_namespace pn ON pn.oid = p.relnamespace
) o
