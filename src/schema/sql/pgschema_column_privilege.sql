-- key (none), object: privileges on columns; columns of a table with the same set stand together.
WITH granted AS (
    SELECT c.relname, a.attname, CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE r.rolname END AS grantee, x.is_grantable,
           array_agg(x.privilege_type ORDER BY x.privilege_type COLLATE "C") AS privileges
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
         aclexplode(a.attacl) AS x LEFT JOIN pg_roles r ON r.oid = x.grantee
    WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
    GROUP BY 1, 2, 3, 4
)
SELECT NULL AS key, row_to_json(o) AS object FROM (
    SELECT relname AS table_name, array_agg(attname ORDER BY attname COLLATE "C") AS columns, grantee, privileges,
           is_grantable AS with_grant_option
    FROM granted WHERE grantee IS NOT NULL
    GROUP BY relname, grantee, privileges, is_grantable
) o
ORDER BY o.table_name COLLATE "C", array_to_string(o.columns, ',') COLLATE "C", o.grantee COLLATE "C", o.with_grant_option
