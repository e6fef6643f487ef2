SELECT c.oid, 0 AS sub, 0 AS parent, n.nspname AS schema, c.cfgname AS name, c.oid::regconfig::text AS id,
       pg_get_userbyid(c.cfgowner) AS owner,
       format('CREATE TEXT SEARCH CONFIGURATION %s (PARSER = %I.%I)', c.oid::regconfig, pn.nspname, p.prsname) AS definition
FROM pg_ts_config c JOIN ns n ON n.oid = c.cfgnamespace JOIN pg_ts_parser p ON p.oid = c.cfgparser
JOIN pg_namespace pn ON pn.oid = p.prsnamespace
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_ts_config'::regclass AND objid = c.oid)
