-- key (none), object: privileges on the schema's objects, but for the owner's own and those that PUBLIC has from the start.
WITH objects AS (
    SELECT c.relnamespace AS ns, c.relname::text AS name,
           CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'S' THEN 'SEQUENCE' ELSE 'VIEW' END AS type, c.relacl AS acl, c.relowner AS owner
    FROM pg_class c WHERE c.relkind IN ('r', 'v', 'm', 'S')
    UNION ALL
    SELECT p.pronamespace, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
           CASE p.prokind WHEN 'f' THEN 'FUNCTION' ELSE 'PROCEDURE' END, p.proacl, p.proowner
    FROM pg_proc p WHERE p.prokind IN ('f', 'p') AND p.proacl IS NOT NULL
    UNION ALL
    SELECT t.typnamespace, t.typname, 'TYPE', t.typacl, t.typowner FROM pg_type t WHERE t.typtype IN ('e', 'c', 'd')
)
SELECT NULL AS key, row_to_json(o) AS object FROM (
    SELECT b.type AS object_type, b.name AS object_name, g.name AS grantee,
           array_agg(x.privilege_type ORDER BY x.privilege_type COLLATE "C") AS privileges, x.is_grantable AS with_grant_option
    FROM objects b JOIN pg_namespace n ON n.oid = b.ns, aclexplode(b.acl) AS x LEFT JOIN pg_roles r ON r.oid = x.grantee,
         LATERAL (SELECT CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE r.rolname END AS name) g
    WHERE n.nspname = $1 AND g.name <> pg_get_userbyid(b.owner)
      AND NOT (g.name = 'PUBLIC' AND b.type IN ('FUNCTION', 'PROCEDURE', 'TYPE'))
    GROUP BY 1, 2, 3, 5
) o
ORDER BY o.object_type COLLATE "C", o.object_name COLLATE "C", o.grantee COLLATE "C", o.with_grant_option
