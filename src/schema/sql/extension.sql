SELECT e.oid, 0 AS sub, 0 AS parent, NULL AS schema, e.extname AS name, quote_ident(e.extname) AS id, NULL AS owner,
       'CREATE EXTENSION IF NOT EXISTS ' || quote_ident(e.extname) ||
           CASE WHEN n.nspname <> 'pg_catalog' THEN ' WITH SCHEMA ' || quote_ident(n.nspname) ELSE '' END AS definition,
       n.nspname AS in_schema
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname <> 'plpgsql'
