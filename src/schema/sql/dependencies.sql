-- Among objects of users, and of a schema. One row for all between two catalogs: oid, sub, oid, sub of each, for rows and cells
-- of their own would cost both sides several times as much.
SELECT classid, refclassid, deptype, string_agg(concat_ws(' ', objid, objsubid, refobjid, refobjsubid), ' ') AS dependencies FROM pg_depend
WHERE objid >= 16384 AND (refobjid >= 16384 OR refclassid = 'pg_namespace'::regclass) AND deptype <> 'e'
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
