SELECT s.oid, 0 AS sub, 0 AS parent, NULL AS schema, s.srvname AS name, quote_ident(s.srvname) AS id,
       pg_get_userbyid(s.srvowner) AS owner,
       format('CREATE SERVER %I%s%s FOREIGN DATA WRAPPER %I', s.srvname, ' TYPE ' || quote_literal(s.srvtype),
              ' VERSION ' || quote_literal(s.srvversion), f.fdwname) AS definition,
       (SELECT json_object_agg(option_name, option_value ORDER BY option_name) FROM pg_options_to_table(s.srvoptions)) AS options
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper f ON f.oid = s.srvfdw
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_foreign_server'::regclass AND objid = s.oid)
