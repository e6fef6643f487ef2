SELECT c.oid, 0 AS sub, 0 AS parent, n.nspname AS schema, c.collname AS name, c.oid::regcollation::text AS id,
       pg_get_userbyid(c.collowner) AS owner,
       format('CREATE COLLATION %s (provider = %s, %s%s%s)', c.oid::regcollation,
           CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
           CASE WHEN c.collprovider = 'c' AND c.collcollate <> c.collctype
                THEN format('lc_collate = %L, lc_ctype = %L', c.collcollate, c.collctype)
                ELSE format('locale = %L', coalesce(
                    c.colllocale, --17+
                    c.colliculocale, --15+ --<17
                    c.collcollate::text)) END,
           CASE WHEN c.collisdeterministic THEN '' ELSE ', deterministic = false' END,
           coalesce(', rules = ' || quote_literal(c.collicurules), '') --16+
           '' --<16
       ) AS definition
FROM pg_collation c JOIN ns n ON n.oid = c.collnamespace
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_collation'::regclass AND objid = c.oid)
