-- Members: of the class itself (an internal dependency); the family's loose ones are not the class's.
SELECT c.oid, 0 AS sub, 0 AS parent, n.nspname AS schema, quote_ident(c.opcname) || ' USING ' || am.amname AS name,
       format('%s%I USING %I', CASE WHEN pg_opclass_is_visible(c.oid) THEN '' ELSE quote_ident(n.nspname) || '.' END, c.opcname,
              am.amname) AS id,
       pg_get_userbyid(c.opcowner) AS owner,
       format(E'CREATE OPERATOR CLASS %s%I %sFOR TYPE %s USING %I FAMILY %I.%I AS\n    %s',
              CASE WHEN pg_opclass_is_visible(c.oid) THEN '' ELSE quote_ident(n.nspname) || '.' END, c.opcname,
              CASE WHEN c.opcdefault THEN 'DEFAULT ' ELSE '' END, format_type(c.opcintype, NULL), am.amname, fn.nspname, f.opfname,
              concat_ws(E',\n    ',
                  (SELECT string_agg(format('OPERATOR %s %s%s', o.amopstrategy, o.amopopr::regoperator,
                                            CASE WHEN o.amopsortfamily <> 0 THEN ' FOR ORDER BY ' || (
                                                SELECT format('%I.%I', sn.nspname, s.opfname) FROM pg_opfamily s
                                                JOIN pg_namespace sn ON sn.oid = s.opfnamespace WHERE s.oid = o.amopsortfamily)
                                            ELSE '' END), E',\n    ' ORDER BY o.amopstrategy, o.amopopr::regoperator::text)
                   FROM pg_depend d JOIN pg_amop o ON o.oid = d.objid
                   WHERE d.refclassid = 'pg_opclass'::regclass AND d.refobjid = c.oid AND d.classid = 'pg_amop'::regclass
                     AND d.deptype = 'i'),
                  (SELECT string_agg(format('FUNCTION %s (%s, %s) %s', p.amprocnum, format_type(p.amproclefttype, NULL),
                                            format_type(p.amprocrighttype, NULL), p.amproc::oid::regprocedure), E',\n    '
                                     ORDER BY p.amprocnum, p.amproc::oid::regprocedure::text)
                   FROM pg_depend d JOIN pg_amproc p ON p.oid = d.objid
                   WHERE d.refclassid = 'pg_opclass'::regclass AND d.refobjid = c.oid AND d.classid = 'pg_amproc'::regclass
                     AND d.deptype = 'i'),
                  'STORAGE ' || format_type(nullif(c.opckeytype, 0), NULL))) AS definition
FROM pg_opclass c JOIN ns n ON n.oid = c.opcnamespace JOIN pg_am am ON am.oid = c.opcmethod
JOIN pg_opfamily f ON f.oid = c.opcfamily JOIN pg_namespace fn ON fn.oid = f.opfnamespace
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_opclass'::regclass AND objid = c.oid)
