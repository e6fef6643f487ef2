SELECT o.oid, 0 AS sub, 0 AS parent, n.nspname AS schema,
       format('%s(%s,%s)', o.oprname, CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) ELSE 'NONE' END,
              CASE WHEN o.oprright <> 0 THEN format_type(o.oprright, NULL) ELSE 'NONE' END) AS name,
       format('%s%s (%s, %s)', CASE WHEN pg_operator_is_visible(o.oid) THEN '' ELSE quote_ident(n.nspname) || '.' END, o.oprname,
              CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) ELSE 'NONE' END,
              CASE WHEN o.oprright <> 0 THEN format_type(o.oprright, NULL) ELSE 'NONE' END) AS id,
       pg_get_userbyid(o.oprowner) AS owner,
       format('CREATE OPERATOR %s%s (%s)', CASE WHEN pg_operator_is_visible(o.oid) THEN '' ELSE quote_ident(n.nspname) || '.' END,
              o.oprname,
              concat_ws(', ', 'FUNCTION = ' || o.oprcode, 'LEFTARG = ' || format_type(nullif(o.oprleft, 0), NULL),
                  'RIGHTARG = ' || format_type(nullif(o.oprright, 0), NULL),
                  'COMMUTATOR = OPERATOR(' || quote_ident(cn.nspname) || '.' || c.oprname || ')',
                  'NEGATOR = OPERATOR(' || quote_ident(nn.nspname) || '.' || neg.oprname || ')',
                  'RESTRICT = ' || nullif(o.oprrest::oid, 0)::regproc, 'JOIN = ' || nullif(o.oprjoin::oid, 0)::regproc,
                  CASE WHEN o.oprcanhash THEN 'HASHES' END, CASE WHEN o.oprcanmerge THEN 'MERGES' END)) AS definition
FROM pg_operator o JOIN ns n ON n.oid = o.oprnamespace
LEFT JOIN pg_operator c ON c.oid = o.oprcom LEFT JOIN pg_namespace cn ON cn.oid = c.oprnamespace
LEFT JOIN pg_operator neg ON neg.oid = o.oprnegate LEFT JOIN pg_namespace nn ON nn.oid = neg.oprnamespace
WHERE o.oprcode::oid <> 0 AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_operator'::regclass AND objid = o.oid)
