SELECT d.oid, 0 AS sub, 0 AS parent, n.nspname AS schema,
       format('%s %s', d.defaclrole::regrole, k.objects) AS name,
       '' AS id, NULL AS owner,
       pg_get_userbyid(d.defaclrole) AS role, k.objects AS objects
FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace,
     LATERAL (SELECT CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES'
                     WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS objects) k
WHERE n.oid IN (SELECT oid FROM ns) OR (d.defaclnamespace = 0 AND {database_wide})
