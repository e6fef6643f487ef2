-- The owner that public has by itself was named by nobody: it depends on the version, and on what was upgraded.
SELECT n.oid, 0 AS sub, 0 AS parent, NULL AS schema, n.nspname AS name, quote_ident(n.nspname) AS id,
       CASE WHEN n.nspname <> 'public' OR pg_get_userbyid(n.nspowner) <> ALL (ARRAY[pg_get_userbyid(10), 'pg_database_owner'])
            THEN pg_get_userbyid(n.nspowner) END AS owner,
       'CREATE SCHEMA IF NOT EXISTS ' || quote_ident(n.nspname) AS definition
FROM ns n
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_namespace'::regclass AND objid = n.oid)
