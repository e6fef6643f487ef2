-- key, object: a procedure; parameters holds its signature. Seen are the procedures that the information views show to this role.
SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS key, row_to_json(o) AS object
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang,
     LATERAL (
         SELECT n.nspname AS schema, p.proname AS name,
                COALESCE(pg_get_function_sqlbody(p.oid), CASE WHEN p.prosrc ~ '\n$' THEN p.prosrc ELSE p.prosrc || E'\n' END)
                    AS definition,
                l.lanname AS language, pg_get_function_arguments(p.oid) AS parameters, obj_description(p.oid, 'pg_proc') AS comment
     ) o
WHERE n.nspname = $1 AND p.prokind = 'p' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  AND (pg_has_role(p.proowner, 'USAGE') OR has_function_privilege(p.oid, 'EXECUTE'))
