-- called: as SQL names it, without its arguments. definition: what stands behind the name of pg_get_functiondef()'s text, which
-- qualifies that always.
SELECT p.oid, 0 AS sub, 0 AS parent, n.nspname AS schema,
       quote_ident(p.proname) || '(' || coalesce(array_to_string(input.types, ', '), '') || ')' AS name,
       called.name || '(' || coalesce(array_to_string(input.types, ','), '') || ')' AS id, pg_get_userbyid(p.proowner) AS owner,
       CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS keyword,
       called.name AS called,
       substr(def.text, length('CREATE OR REPLACE ' || CASE p.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END ||
           quote_ident(n.nspname) || '.' || quote_ident(p.proname)) + 1) AS definition,
       CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'w' THEN 'window' ELSE 'function' END AS prokind,
       pg_get_function_result(p.oid) AS result, array_to_json(p.proargnames) AS argument_names,
       array_to_json(p.proargmodes::text[]) AS argument_modes, p.pronargdefaults AS defaults,
       array_to_json(CASE WHEN p.proallargtypes IS NULL THEN input.types ELSE
           (SELECT array_agg(format_type(t, NULL) ORDER BY i) FROM unnest(p.proallargtypes) WITH ORDINALITY AS a (t, i)) END) AS argument_types,
       l.lanname AS language, CASE WHEN p.prosqlbody IS NULL THEN NULL ELSE 'true' END AS parsed_body, --14+
       l.lanname AS language, NULL AS parsed_body, --<14
       CASE WHEN p.prosecdef THEN 'true' END AS security_definer, p.proretset AS returns_set
FROM pg_proc p JOIN ns n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang,
     LATERAL (SELECT pg_get_functiondef(p.oid) AS text) def,
     LATERAL (SELECT array_agg(format_type(t, NULL) ORDER BY i) AS types FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, i)) input,
     LATERAL (SELECT CASE WHEN n.prefix <> '' OR (n.prefix = '' AND p.proname NOT IN (SELECT proname FROM pg_proc
                                                                                      WHERE pronamespace = 'pg_catalog'::regnamespace))
                          THEN n.prefix WHEN pg_function_is_visible(p.oid) THEN '' ELSE quote_ident(n.nspname) || '.'
                     END || quote_ident(p.proname) AS name) called
WHERE p.prokind IN ('f', 'p', 'w') AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
