-- A family that CREATE OPERATOR CLASS made of itself goes with its class.
SELECT f.oid, 0 AS sub, 0 AS parent, n.nspname AS schema, quote_ident(f.opfname) || ' USING ' || am.amname AS name,
       format('%s%I USING %I', CASE WHEN pg_opfamily_is_visible(f.oid) THEN '' ELSE quote_ident(n.nspname) || '.' END, f.opfname,
              am.amname) AS id,
       pg_get_userbyid(f.opfowner) AS owner,
       format('CREATE OPERATOR FAMILY %s%I USING %I', CASE WHEN pg_opfamily_is_visible(f.oid) THEN ''
              ELSE quote_ident(n.nspname) || '.' END, f.opfname, am.amname) AS definition
FROM pg_opfamily f JOIN ns n ON n.oid = f.opfnamespace JOIN pg_am am ON am.oid = f.opfmethod
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_opfamily'::regclass AND objid = f.oid)
