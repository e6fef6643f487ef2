-- before_table, after_table: pg_get_triggerdef()'s text around the table's name, which it qualifies always.
SELECT t.oid, 0 AS sub, t.tgrelid AS parent, n.nspname AS schema, t.tgname AS name, quote_ident(t.tgname) AS id, NULL AS owner,
       left(d.text, d.at - 1) AS before_table, substr(d.text, d.at + length(d.relation)) AS after_table,
       CASE WHEN t.tgconstraint <> 0 THEN 'true' END AS is_constraint,
       CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END AS enabled
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN ns n ON n.oid = c.relnamespace,
     LATERAL (SELECT pg_get_triggerdef(t.oid) AS text, ' ON ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' ' AS relation) e,
     LATERAL (SELECT e.text, e.relation, length('CREATE CONSTRAINT TRIGGER ') + strpos(substr(e.text, length('CREATE CONSTRAINT TRIGGER ') + 1), e.relation) AS at) d
WHERE NOT t.tgisinternal
  AND t.tgparentid = 0 --13+
  AND NOT EXISTS (SELECT FROM pg_depend p WHERE p.classid = 'pg_trigger'::regclass AND p.objid = t.oid AND p.deptype = 'P') --<13
  AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid = c.oid)
