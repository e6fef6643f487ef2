SELECT d.oid, 0 AS sub, 0 AS parent, n.nspname AS schema, d.dictname AS name, d.oid::regdictionary::text AS id,
       pg_get_userbyid(d.dictowner) AS owner,
       format('CREATE TEXT SEARCH DICTIONARY %s (TEMPLATE = %I.%I%s)', d.oid::regdictionary, tn.nspname, t.tmplname,
              coalesce(', ' || d.dictinitoption, '')) AS definition
FROM pg_ts_dict d JOIN ns n ON n.oid = d.dictnamespace JOIN pg_ts_template t ON t.oid = d.dicttemplate
JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_ts_dict'::regclass AND objid = d.oid)
