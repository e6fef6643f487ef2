SELECT relname, pg_get_userbyid(relowner), string_agg(pg_get_userbyid(a.grantee) || ' ' || a.privilege_type, ', ' ORDER BY a.grantee, a.privilege_type)
FROM pg_class, aclexplode(relacl) a WHERE relname = 'people' AND a.privilege_type IN ('SELECT', 'INSERT') GROUP BY relname, relowner;
SELECT unnest(setconfig) FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database());
