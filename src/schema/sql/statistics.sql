-- The order of the columns is that of the table, which says nothing: they stand by their names here.
SELECT s.oid, 0 AS sub, 0 AS parent, n.nspname AS schema, s.stxname AS name,
       CASE WHEN pg_statistics_obj_is_visible(s.oid) THEN quote_ident(s.stxname)
            ELSE quote_ident(n.nspname) || '.' || quote_ident(s.stxname) END AS id,
       pg_get_userbyid(s.stxowner) AS owner,
       concat(k.kinds, ' ON ', concat_ws(', ', c.columns,
           array_to_string(pg_get_statisticsobjdef_expressions(s.oid), ', '), --14+
           NULL), ' FROM ', s.stxrelid::regclass) AS definition,
       nullif(s.stxstattarget, -1) AS target --13+
       NULL AS target --<13
FROM pg_statistic_ext s JOIN ns n ON n.oid = s.stxnamespace,
     LATERAL (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) AS columns
              FROM pg_attribute a WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys)) c,
     LATERAL (SELECT ' (' || string_agg(CASE x WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies' ELSE 'mcv' END, ', ' ORDER BY x) || ')' AS kinds
              FROM unnest(s.stxkind) x WHERE x <> 'e' AND NOT s.stxkind @> '{d,f,m}'::"char"[]) k
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_statistic_ext'::regclass AND objid = s.oid)
