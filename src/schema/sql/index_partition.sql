-- Which index of a partition belongs to which index of its parent; those of what excludes rows come with that.
SELECT i.inhrelid AS oid, 0 AS sub, i.inhrelid AS parent, n.nspname AS schema, 'attachment' AS name, c.oid::regclass::text AS id, NULL AS owner,
       i.inhparent::regclass::text AS of_index, i.inhparent AS of_oid
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind IN ('i', 'I') JOIN ns n ON n.oid = c.relnamespace
JOIN pg_index x ON x.indexrelid = i.inhrelid AND NOT x.indisexclusion
