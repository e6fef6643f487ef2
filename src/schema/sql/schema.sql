SELECT n.oid, 0 AS sub, 0 AS parent, NULL AS schema, n.nspname AS name, quote_ident(n.nspname) AS id,
       pg_get_userbyid(n.nspowner) AS owner,
       'CREATE SCHEMA IF NOT EXISTS ' || quote_ident(n.nspname) AS definition
FROM ns n
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_namespace'::regclass AND objid = n.oid)
