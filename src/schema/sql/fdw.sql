SELECT f.oid, 0 AS sub, 0 AS parent, NULL AS schema, f.fdwname AS name, quote_ident(f.fdwname) AS id,
       pg_get_userbyid(f.fdwowner) AS owner,
       format('CREATE FOREIGN DATA WRAPPER %I%s%s', f.fdwname,
              CASE WHEN f.fdwhandler <> 0 THEN ' HANDLER ' || f.fdwhandler::regproc ELSE '' END,
              CASE WHEN f.fdwvalidator <> 0 THEN ' VALIDATOR ' || f.fdwvalidator::regproc ELSE '' END) AS definition,
       (SELECT json_object_agg(option_name, option_value ORDER BY option_name) FROM pg_options_to_table(f.fdwoptions)) AS options
FROM pg_foreign_data_wrapper f
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_foreign_data_wrapper'::regclass AND objid = f.oid)
