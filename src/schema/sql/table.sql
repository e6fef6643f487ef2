-- The options of TOAST tables stand apart: there must be such a table when they are set.
SELECT c.oid, 0 AS sub, 0 AS parent, c.nspname AS schema, c.relname AS name, c.id,
       pg_get_userbyid(c.relowner) AS owner,
       CASE c.relkind WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS keyword,
       c.relkind AS relkind, c.relpersistence AS persistence,
       CASE WHEN am.amname <> 'heap' THEN am.amname END AS access_method,
       CASE WHEN c.reloftype <> 0 THEN c.reloftype::regtype::text END AS of_type,
       CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
       CASE WHEN c.relispartition THEN 'true' END AS is_partition,
       CASE WHEN c.reloptions IS NOT NULL THEN (
           SELECT json_object_agg(option_name, option_value ORDER BY option_name) FROM pg_options_to_table(c.reloptions)) END AS options,
       CASE WHEN toast.reloptions IS NOT NULL THEN (
           SELECT json_object_agg('toast.' || option_name, option_value ORDER BY option_name) FROM pg_options_to_table(toast.reloptions)) END AS toast_options,
       CASE CASE WHEN c.relkind <> 'f' THEN c.relreplident END WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' WHEN 'i' THEN
           'USING INDEX ' || coalesce((SELECT quote_ident(ic.relname) FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
                                       WHERE i.indrelid = c.oid AND i.indisreplident), '') END AS replica_identity,
       CASE WHEN c.relrowsecurity THEN 'true' END AS row_security,
       CASE WHEN c.relforcerowsecurity THEN 'true' END AS force_row_security,
       s.srvname AS server,
       CASE WHEN f.ftoptions IS NOT NULL THEN (
           SELECT json_object_agg(option_name, option_value ORDER BY option_name) FROM pg_options_to_table(f.ftoptions)) END AS foreign_options
FROM rel c
LEFT JOIN pg_am am ON am.oid = c.relam LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid AND toast.reloptions IS NOT NULL
LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid LEFT JOIN pg_foreign_server s ON s.oid = f.ftserver
WHERE c.relkind IN ('r', 'p', 'f') AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid = c.oid)
