-- pg_user_mappings shows options only to those who may see them; what may be a secret is never asked for.
SELECT u.umid AS oid, 0 AS sub, 0 AS parent, NULL AS schema,
       format('%s on %s', CASE WHEN u.umuser = 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END, quote_ident(u.srvname)) AS name,
       format('FOR %s SERVER %I', CASE WHEN u.umuser = 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END, u.srvname) AS id,
       NULL AS owner,
       format('CREATE USER MAPPING FOR %s SERVER %I', CASE WHEN u.umuser = 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END,
              u.srvname) AS definition,
       (SELECT json_object_agg(option_name, option_value ORDER BY option_name) FROM pg_options_to_table(u.umoptions)
        WHERE option_name IN ('user', 'username', 'sslmode', 'sslrootcert', 'gssdelegation')) AS options
FROM pg_user_mappings u
