-- not_null_name is the constraint's behind NOT NULL where there is one (17) and it is not the common one.
SELECT t.oid, 0 AS sub, 0 AS parent, n.nspname AS schema, t.typname AS name, t.oid::regtype::text AS id,
       pg_get_userbyid(t.typowner) AS owner,
       format_type(t.typbasetype, t.typtypmod) AS base,
       CASE WHEN t.typcollation <> b.typcollation THEN t.typcollation::regcollation::text END AS collation,
       coalesce(pg_get_expr(t.typdefaultbin, 'pg_type'::regclass), t.typdefault) AS default_value,
       CASE WHEN t.typnotnull THEN 'true' END AS not_null,
       CASE WHEN nn.conname <> t.typname || '_not_null' THEN nn.conname END AS not_null_name --17+
       NULL AS not_null_name --<17
FROM pg_type t JOIN ns n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_constraint nn ON nn.contypid = t.oid AND nn.contype = 'n' --17+
WHERE t.typtype = 'd' AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_type'::regclass AND objid = t.oid)
