-- Those behind identity columns: for what hangs on them, the rest is part of their columns. They are told by those, whatever they are called.
SELECT c.oid, 0 AS sub, d.refobjid AS parent, c.nspname AS schema, a.attname AS name, c.id, NULL AS owner, c.relname AS sequence
FROM rel c
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i'
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S' AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid = c.oid)
