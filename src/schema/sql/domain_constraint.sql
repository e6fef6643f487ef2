SELECT c.oid, 0 AS sub, c.contypid AS parent, n.nspname AS schema, c.conname AS name, quote_ident(c.conname) AS id,
       NULL AS owner, pg_get_constraintdef(c.oid) AS definition, CASE WHEN c.convalidated THEN 'true' END AS validated
FROM pg_constraint c JOIN ns n ON n.oid = c.connamespace
WHERE c.contypid <> 0 AND c.contype = 'c'
