-- The loose members: ALTER OPERATOR FAMILY … ADD.
SELECT o.oid, 0 AS sub, o.amopfamily AS parent, n.nspname AS schema,
       format('OPERATOR %s (%s, %s)', o.amopstrategy, format_type(o.amoplefttype, NULL), format_type(o.amoprighttype, NULL)) AS name,
       format('OPERATOR %s (%s, %s)', o.amopstrategy, format_type(o.amoplefttype, NULL), format_type(o.amoprighttype, NULL)) AS id,
       NULL AS owner, format('OPERATOR %s %s', o.amopstrategy, o.amopopr::regoperator) AS definition
FROM pg_amop o JOIN pg_opfamily f ON f.oid = o.amopfamily JOIN ns n ON n.oid = f.opfnamespace
WHERE EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_amop'::regclass AND d.objid = o.oid
              AND d.refclassid = 'pg_opfamily'::regclass AND d.deptype = 'a')
  AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_opfamily'::regclass AND objid = f.oid)
UNION ALL
SELECT p.oid, 0, p.amprocfamily, n.nspname,
       format('FUNCTION %s (%s, %s)', p.amprocnum, format_type(p.amproclefttype, NULL), format_type(p.amprocrighttype, NULL)),
       format('FUNCTION %s (%s, %s)', p.amprocnum, format_type(p.amproclefttype, NULL), format_type(p.amprocrighttype, NULL)),
       NULL, format('FUNCTION %s (%s, %s) %s', p.amprocnum, format_type(p.amproclefttype, NULL),
                    format_type(p.amprocrighttype, NULL), p.amproc::oid::regprocedure)
FROM pg_amproc p JOIN pg_opfamily f ON f.oid = p.amprocfamily JOIN ns n ON n.oid = f.opfnamespace
WHERE EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_amproc'::regclass AND d.objid = p.oid
              AND d.refclassid = 'pg_opfamily'::regclass AND d.deptype = 'a')
  AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_opfamily'::regclass AND objid = f.oid)
