SELECT s.oid, 0 AS sub, 0 AS parent, n.nspname AS schema, s.stxname AS name,
       CASE WHEN pg_statistics_obj_is_visible(s.oid) THEN quote_ident(s.stxname)
            ELSE quote_ident(n.nspname) || '.' || quote_ident(s.stxname) END AS id,
       pg_get_userbyid(s.stxowner) AS owner,
       substr(pg_get_statisticsobjdef(s.oid), length('CREATE STATISTICS ' || quote_ident(n.nspname) || '.' || quote_ident(s.stxname)) + 1) AS definition,
       nullif(s.stxstattarget, -1) AS target --13+
       NULL AS target --<13
FROM pg_statistic_ext s JOIN ns n ON n.oid = s.stxnamespace
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_statistic_ext'::regclass AND objid = s.oid)
