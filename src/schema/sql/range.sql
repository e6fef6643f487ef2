SELECT t.oid, 0 AS sub, 0 AS parent, n.nspname AS schema, t.typname AS name, t.oid::regtype::text AS id,
       pg_get_userbyid(t.typowner) AS owner,
       format('CREATE TYPE %s AS RANGE (subtype = %s, subtype_opclass = %I.%I%s%s%s%s)', t.oid::regtype,
           format_type(r.rngsubtype, NULL), ocn.nspname, oc.opcname,
           CASE WHEN r.rngcollation <> st.typcollation THEN ', collation = ' || r.rngcollation::regcollation ELSE '' END,
           CASE WHEN r.rngcanonical::oid <> 0 THEN ', canonical = ' || r.rngcanonical ELSE '' END,
           CASE WHEN r.rngsubdiff::oid <> 0 THEN ', subtype_diff = ' || r.rngsubdiff ELSE '' END,
           ', multirange_type_name = ' || r.rngmultitypid::regtype --14+
           '' --<14
       ) AS definition,
       format_type(r.rngsubtype, NULL) AS subtype, r.rngmultitypid::regtype::text AS multirange --14+
       format_type(r.rngsubtype, NULL) AS subtype, NULL AS multirange --<14
FROM pg_type t JOIN ns n ON n.oid = t.typnamespace JOIN pg_range r ON r.rngtypid = t.oid
JOIN pg_opclass oc ON oc.oid = r.rngsubopc JOIN pg_namespace ocn ON ocn.oid = oc.opcnamespace
JOIN pg_type st ON st.oid = r.rngsubtype
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_type'::regclass AND objid = t.oid)
