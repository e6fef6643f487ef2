-- Whose the history is, when the session's role has no part in it. Parameter: $1 its schema; the audit log's counts too.
-- Columns: schemas, owner, the grants that the session's role would need. At most one row: the owner of most of them.
SELECT pg_catalog.string_agg(n.nspname::text, ', ' ORDER BY n.nspname), pg_catalog.pg_get_userbyid(n.nspowner),
       pg_catalog.string_agg(pg_catalog.format('GRANT USAGE ON SCHEMA %1$I TO %2$I; '
                                               'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %1$I TO %2$I; '
                                               'GRANT USAGE ON ALL SEQUENCES IN SCHEMA %1$I TO %2$I;',
                                               n.nspname, current_user), ' ' ORDER BY n.nspname)
  FROM pg_catalog.pg_namespace n
 WHERE n.nspname IN ($1, 'pgwright') AND NOT pg_catalog.pg_has_role(n.nspowner, 'USAGE')
 GROUP BY n.nspowner
 ORDER BY pg_catalog.count(*) DESC
 LIMIT 1
