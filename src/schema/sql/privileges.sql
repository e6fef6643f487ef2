-- One row for each grantee and privilege of every access control list that is not the default. The owner is '' and PUBLIC NULL.
SELECT a.class, a.oid, a.sub, CASE WHEN e.grantee = a.owner THEN '' WHEN e.grantee <> 0 THEN pg_get_userbyid(e.grantee) END AS grantee,
       e.privilege_type, bool_or(e.is_grantable) AS grantable
FROM (SELECT 'pg_class'::regclass::oid AS class, c.oid, 0 AS sub, c.relowner AS owner, c.relacl AS acl
      FROM pg_class c JOIN ns ON ns.oid = c.relnamespace WHERE c.relacl IS NOT NULL
      UNION ALL SELECT 'pg_class'::regclass, a.attrelid, a.attnum, c.relowner, a.attacl
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN ns ON ns.oid = c.relnamespace
      WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
      UNION ALL SELECT 'pg_proc'::regclass, p.oid, 0, p.proowner, p.proacl
      FROM pg_proc p JOIN ns ON ns.oid = p.pronamespace WHERE p.proacl IS NOT NULL
      UNION ALL SELECT 'pg_type'::regclass, t.oid, 0, t.typowner, t.typacl
      FROM pg_type t JOIN ns ON ns.oid = t.typnamespace WHERE t.typacl IS NOT NULL
      UNION ALL SELECT 'pg_namespace'::regclass, n.oid, 0, n.nspowner, n.nspacl
      FROM pg_namespace n JOIN ns ON ns.oid = n.oid WHERE n.nspacl IS NOT NULL
      UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, f.oid, 0, f.fdwowner, f.fdwacl
      FROM pg_foreign_data_wrapper f WHERE f.fdwacl IS NOT NULL
      UNION ALL SELECT 'pg_foreign_server'::regclass, s.oid, 0, s.srvowner, s.srvacl
      FROM pg_foreign_server s WHERE s.srvacl IS NOT NULL
      UNION ALL SELECT 'pg_default_acl'::regclass, d.oid, 0, d.defaclrole, d.defaclacl FROM pg_default_acl d) a,
     aclexplode(a.acl) e
GROUP BY 1, 2, 3, 4, 5
UNION ALL -- an empty list takes all privileges from everybody: one row without a privilege
SELECT 'pg_class'::regclass::oid, c.oid, 0, NULL, '', false FROM pg_class c JOIN ns ON ns.oid = c.relnamespace WHERE cardinality(c.relacl) = 0
UNION ALL
SELECT 'pg_proc'::regclass, p.oid, 0, NULL, '', false FROM pg_proc p JOIN ns ON ns.oid = p.pronamespace WHERE cardinality(p.proacl) = 0
UNION ALL
SELECT 'pg_type'::regclass, t.oid, 0, NULL, '', false FROM pg_type t JOIN ns ON ns.oid = t.typnamespace WHERE cardinality(t.typacl) = 0
UNION ALL
SELECT 'pg_foreign_data_wrapper'::regclass, f.oid, 0, NULL, '', false FROM pg_foreign_data_wrapper f WHERE cardinality(f.fdwacl) = 0
UNION ALL
SELECT 'pg_foreign_server'::regclass, s.oid, 0, NULL, '', false FROM pg_foreign_server s WHERE cardinality(s.srvacl) = 0
UNION ALL
SELECT 'pg_namespace'::regclass, n.oid, 0, NULL, '', false FROM pg_namespace n JOIN ns ON ns.oid = n.oid WHERE cardinality(n.nspacl) = 0
UNION ALL
SELECT 'pg_default_acl'::regclass, d.oid, 0, NULL, '', false FROM pg_default_acl d WHERE cardinality(d.defaclacl) = 0
ORDER BY 1, 2, 3, 4, 5
