SELECT t.oid, 0 AS sub, 0 AS parent, n.nspname AS schema, t.typname AS name, t.oid::regtype::text AS id,
       pg_get_userbyid(t.typowner) AS owner, t.typrelid AS relation
FROM pg_type t JOIN ns n ON n.oid = t.typnamespace JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
WHERE t.typtype = 'c' AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_type'::regclass AND objid = t.oid)
