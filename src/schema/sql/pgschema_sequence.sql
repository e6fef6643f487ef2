-- key, object: a sequence that is not an identity column's. Without an owner it counts as the column's whose default calls
-- it; when several do, the last row holds.
WITH defaults AS (
    SELECT c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid) AS text
    FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
         JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND a.attgenerated = '' AND pg_has_role(c.relowner, 'USAGE')
), callers AS MATERIALIZED (
    SELECT relname, attname,
           replace(regexp_replace(regexp_replace(regexp_replace(text,
               'nextval\(''([^'']+)''.*\)', '\1'),
               '^("([^"]|"")*"\.|[^.]*\.)', ''),
               '^"(.*)"$', '\1'), '""', '"') AS sequence
    FROM defaults WHERE text LIKE '%nextval%'
)
SELECT o.name AS key, row_to_json(o) AS object FROM (
    SELECT n.nspname AS schema, c.relname AS name,
           CASE WHEN s.seqtypid = 'bigint'::regtype AND s.seqmin = 1 AND s.seqmax = 9223372036854775807 THEN ''
                ELSE format_type(s.seqtypid, NULL) END AS data_type,
           s.seqstart AS start_value, NULLIF(s.seqmin, 1) AS min_value,
           NULLIF(s.seqmax, CASE s.seqtypid WHEN 'smallint'::regtype THEN 32767 WHEN 'integer'::regtype THEN 2147483647
                                            ELSE 9223372036854775807 END) AS max_value,
           s.seqincrement AS increment, s.seqcycle AS cycle_option, NULLIF(s.seqcache, 1) AS cache,
           COALESCE(r.relname, w.relname) AS owned_by_table, COALESCE(a.attname, w.attname) AS owned_by_column,
           obj_description(c.oid, 'pg_class') AS comment
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
         LEFT JOIN pg_class r ON r.oid = d.refobjid
         LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.refobjsubid
         LEFT JOIN callers w ON w.sequence = c.relname
    WHERE n.nspname = $1 AND COALESCE(a.attidentity, '') = ''
) o
ORDER BY o.owned_by_table, o.owned_by_column
