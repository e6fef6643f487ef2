SELECT r.oid, 0 AS sub, r.ev_class AS parent, n.nspname AS schema, r.rulename AS name, quote_ident(r.rulename) AS id, NULL AS owner,
       rtrim(substr(d.text, length('CREATE RULE ' || quote_ident(r.rulename) || ' AS') + 1 +
           strpos(substr(d.text, length('CREATE RULE ' || quote_ident(r.rulename) || ' AS') + 1), ' TO ' || d.relation) - 1 +
           length(' TO ' || d.relation)), ';') AS definition,
       CASE r.ev_type WHEN '1' THEN 'SELECT' WHEN '2' THEN 'UPDATE' WHEN '3' THEN 'INSERT' ELSE 'DELETE' END AS event,
       CASE r.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END AS enabled
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN ns n ON n.oid = c.relnamespace,
     LATERAL (SELECT pg_get_ruledef(r.oid) AS text, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS relation) d
WHERE r.rulename <> '_RETURN' AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid = c.oid)
