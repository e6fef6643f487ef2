SELECT c.oid, 0 AS sub, 0 AS parent, c.nspname AS schema, c.relname AS name, c.id,
       pg_get_userbyid(c.relowner) AS owner,
       CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END AS keyword,
       rtrim(pg_get_viewdef(c.oid), ';') AS query,
       CASE WHEN c.reloptions IS NOT NULL THEN (
           SELECT json_object_agg(option_name, option_value ORDER BY option_name) FROM pg_options_to_table(c.reloptions)) END AS options,
       CASE WHEN c.relkind = 'm' AND NOT c.relispopulated THEN 'true' END AS no_data,
       CASE WHEN am.amname <> 'heap' THEN am.amname END AS access_method
FROM rel c LEFT JOIN pg_am am ON am.oid = c.relam
WHERE c.relkind IN ('v', 'm') AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid = c.oid)
