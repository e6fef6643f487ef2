SELECT i.inhrelid AS oid, 0 AS sub, i.inhrelid AS parent, n.nspname AS schema, 'partition' AS name, c.oid::regclass::text AS id, NULL AS owner,
       i.inhparent::regclass::text AS of_table, i.inhparent AS of_oid, pg_get_expr(c.relpartbound, c.oid) AS bound
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind IN ('r', 'p', 'f') AND c.relispartition
JOIN ns n ON n.oid = c.relnamespace
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid = c.oid)
