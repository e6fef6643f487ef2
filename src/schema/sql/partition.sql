-- check_expression: what the bound says of each row, that of a default partition by those of the others; of hash bounds it holds an oid.
SELECT i.inhrelid AS oid, 0 AS sub, i.inhrelid AS parent, n.nspname AS schema, 'partition' AS name, c.oid::regclass::text AS id, NULL AS owner,
       i.inhparent::regclass::text AS of_table, i.inhparent AS of_oid, pg_get_expr(c.relpartbound, c.oid) AS bound,
       CASE WHEN i.inhdetachpending THEN 'true' END AS detach_pending, --14+
       NULL AS detach_pending, --<14
       CASE WHEN c.relkind <> 'f' THEN (
           SELECT text FROM pg_get_partition_constraintdef(c.oid) text WHERE text !~ 'satisfies_hash_partition') END AS check_expression,
       CASE WHEN p.partdefid <> 0 THEN 'true' END AS has_default
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind IN ('r', 'p', 'f') AND c.relispartition
JOIN ns n ON n.oid = c.relnamespace JOIN pg_partitioned_table p ON p.partrelid = i.inhparent
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid = c.oid)
