-- What a publication publishes: tables, with their columns (whose order is of no account) and rows, and schemas.
SELECT r.oid, 0 AS sub, r.prpubid AS parent, NULL AS schema, format('table %I.%I', n.nspname, c.relname) AS name,
       'TABLE ONLY ' || c.oid::regclass AS id, NULL AS owner,
       concat(
           ' (' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs)) || ')', --15+
           ' WHERE (' || pg_get_expr(r.prqual, c.oid) || ')', --15+
           '') AS details
FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid JOIN ns n ON n.oid = c.relnamespace
UNION ALL --15+
SELECT s.oid, 0, s.pnpubid, NULL, 'schema ' || quote_ident(n.nspname), 'TABLES IN SCHEMA ' || quote_ident(n.nspname), NULL, '' --15+
FROM pg_publication_namespace s JOIN ns n ON n.oid = s.pnnspid --15+
