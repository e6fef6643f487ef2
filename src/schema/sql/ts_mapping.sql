SELECT c.oid, m.maptokentype AS sub, c.oid AS parent, n.nspname AS schema, k.alias AS name, quote_ident(k.alias) AS id,
       NULL AS owner, string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS dictionaries
FROM pg_ts_config c JOIN ns n ON n.oid = c.cfgnamespace JOIN pg_ts_config_map m ON m.mapcfg = c.oid,
     LATERAL (SELECT alias FROM ts_token_type(c.cfgparser) WHERE tokid = m.maptokentype) k
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_ts_config'::regclass AND objid = c.oid)
GROUP BY c.oid, m.maptokentype, n.nspname, k.alias
