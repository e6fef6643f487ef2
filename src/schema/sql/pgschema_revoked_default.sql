-- key (none), object: what PUBLIC has from the start and lost here.
SELECT NULL AS key, row_to_json(o) AS object FROM (
    SELECT CASE p.prokind WHEN 'f' THEN 'FUNCTION' ELSE 'PROCEDURE' END AS object_type,
           p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS object_name, '["EXECUTE"]'::json AS privileges
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = $1 AND p.prokind IN ('f', 'p') AND p.proacl IS NOT NULL
      AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) AS x WHERE x.grantee = 0)
    UNION ALL
    SELECT 'TYPE', t.typname, '["USAGE"]' FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname = $1 AND t.typtype IN ('e', 'c', 'd') AND t.typacl IS NOT NULL
      AND NOT EXISTS (SELECT FROM aclexplode(t.typacl) AS x WHERE x.grantee = 0)
) o
ORDER BY o.object_type, o.object_name
