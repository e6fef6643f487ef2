-- key, object: a view or materialized view.
SELECT o.name AS key, row_to_json(o) AS object FROM (
    SELECT n.nspname AS schema, c.relname AS name, pg_get_viewdef(c.oid, true) AS definition,
           (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
           (SELECT json_agg(x ORDER BY x COLLATE "C") FROM unnest(c.reloptions) AS x) AS options,
           obj_description(c.oid, 'pg_class') AS comment, NULLIF(c.relkind = 'm', false) AS materialized,
           '{}'::json AS indexes, '{}'::json AS triggers
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relkind IN ('v', 'm')
) o
