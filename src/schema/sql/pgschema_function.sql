-- key, object: a function; parameters holds its signature. Seen are the functions that the information views show to this role.
-- The server notes what a function needs from the newest to the oldest.
SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS key, row_to_json(o) AS object
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang,
     LATERAL (
         SELECT n.nspname AS schema, p.proname AS name,
                COALESCE(pg_get_function_sqlbody(p.oid), CASE WHEN p.prosrc ~ '\n$' THEN p.prosrc ELSE p.prosrc || E'\n' END)
                    AS definition,
                pg_get_function_result(p.oid) AS return_type, l.lanname AS language,
                pg_get_function_arguments(p.oid) AS parameters, obj_description(p.oid, 'pg_proc') AS comment,
                CASE p.provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END AS volatility,
                NULLIF(p.proisstrict, false) AS is_strict, NULLIF(p.prosecdef, false) AS is_security_definer,
                NULLIF(p.proleakproof, false) AS is_leakproof,
                CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' ELSE 'UNSAFE' END AS parallel,
                CASE WHEN p.proconfig <> '{}' THEN p.proconfig END AS set_config,
                (SELECT json_agg(rn.nspname || '.' || r.proname || '(' || pg_get_function_identity_arguments(r.oid) || ')'
                                 ORDER BY r.oid DESC)
                 FROM pg_depend d JOIN pg_proc r ON r.oid = d.refobjid JOIN pg_namespace rn ON rn.oid = r.pronamespace
                 WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass
                   AND d.deptype = 'n') AS dependencies
     ) o
WHERE n.nspname = $1 AND p.prokind = 'f' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  AND (pg_has_role(p.proowner, 'USAGE') OR has_function_privilege(p.oid, 'EXECUTE'))
