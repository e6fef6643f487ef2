SELECT i.inhrelid AS oid, i.inhseqno AS sub, i.inhrelid AS parent, n.nspname AS schema, i.inhparent::regclass::text AS name,
       i.inhparent::regclass::text AS id, NULL AS owner, i.inhseqno AS position, i.inhparent AS of_oid
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind IN ('r', 'f') AND NOT c.relispartition
JOIN ns n ON n.oid = c.relnamespace
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid = c.oid)
ORDER BY i.inhrelid, i.inhseqno
