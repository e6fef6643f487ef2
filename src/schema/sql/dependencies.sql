-- Among objects of users, and of a public schema. classid and refclassid by oid.
SELECT classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype FROM pg_depend
WHERE objid >= 16384 AND (refobjid >= 16384 OR refclassid = 'pg_namespace'::regclass) AND deptype <> 'e'
