SELECT t.oid, 0 AS sub, 0 AS parent, n.nspname AS schema, t.typname AS name, t.oid::regtype::text AS id,
       pg_get_userbyid(t.typowner) AS owner,
       (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels
FROM pg_type t JOIN ns n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_type'::regclass AND objid = t.oid)
