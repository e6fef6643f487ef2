-- key (none), object: default privileges in this schema, of roles that this one belongs to.
SELECT NULL AS key, row_to_json(o) AS object FROM (
    SELECT pg_get_userbyid(d.defaclrole) AS owner_role,
           CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' END
               AS object_type,
           COALESCE(r.rolname, 'PUBLIC') AS grantee,
           array_agg(x.privilege_type ORDER BY x.privilege_type COLLATE "C") AS privileges, x.is_grantable AS with_grant_option
    FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) AS x
         LEFT JOIN pg_roles r ON r.oid = x.grantee
    WHERE n.nspname = $1 AND d.defaclobjtype IN ('r', 'S', 'f', 'T') AND pg_has_role(current_user, d.defaclrole, 'MEMBER')
    GROUP BY 1, 2, 3, 5
) o
ORDER BY o.owner_role COLLATE "C", o.object_type COLLATE "C", o.grantee COLLATE "C", o.with_grant_option
