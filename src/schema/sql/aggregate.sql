SELECT p.oid, 0 AS sub, 0 AS parent, n.nspname AS schema,
       quote_ident(p.proname) || '(' || (SELECT coalesce(string_agg(format_type(t, NULL), ', ' ORDER BY i), '')
                                         FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, i)) || ')' AS name,
       format('%s(%s)', CASE WHEN pg_function_is_visible(p.oid) THEN quote_ident(p.proname)
                             ELSE quote_ident(n.nspname) || '.' || quote_ident(p.proname) END,
              coalesce(nullif(pg_get_function_identity_arguments(p.oid), ''), '*')) AS id,
       pg_get_userbyid(p.proowner) AS owner,
       format(E'CREATE AGGREGATE %s(%s) (\n    %s\n)', CASE WHEN pg_function_is_visible(p.oid) THEN quote_ident(p.proname)
                 ELSE quote_ident(n.nspname) || '.' || quote_ident(p.proname) END,
              coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*'),
              concat_ws(E',\n    ',
                  'SFUNC = ' || a.aggtransfn, 'STYPE = ' || format_type(a.aggtranstype, NULL),
                  'SSPACE = ' || nullif(a.aggtransspace, 0),
                  'FINALFUNC = ' || nullif(a.aggfinalfn::oid, 0)::regproc,
                  CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
                  CASE WHEN a.aggfinalfn::oid <> 0 AND a.aggfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END::"char"
                       THEN 'FINALFUNC_MODIFY = ' || CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE'
                                                     ELSE 'READ_WRITE' END END,
                  'COMBINEFUNC = ' || nullif(a.aggcombinefn::oid, 0)::regproc,
                  'SERIALFUNC = ' || nullif(a.aggserialfn::oid, 0)::regproc,
                  'DESERIALFUNC = ' || nullif(a.aggdeserialfn::oid, 0)::regproc,
                  'INITCOND = ' || quote_literal(a.agginitval),
                  'MSFUNC = ' || nullif(a.aggmtransfn::oid, 0)::regproc,
                  'MINVFUNC = ' || nullif(a.aggminvtransfn::oid, 0)::regproc,
                  'MSTYPE = ' || format_type(nullif(a.aggmtranstype, 0), NULL),
                  'MSSPACE = ' || nullif(a.aggmtransspace, 0),
                  'MFINALFUNC = ' || nullif(a.aggmfinalfn::oid, 0)::regproc,
                  CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
                  CASE WHEN a.aggmfinalfn::oid <> 0 AND a.aggmfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END::"char"
                       THEN 'MFINALFUNC_MODIFY = ' || CASE a.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE'
                                                      ELSE 'READ_WRITE' END END,
                  'MINITCOND = ' || quote_literal(a.aggminitval),
                  'SORTOP = OPERATOR(' || opn.nspname || '.' || op.oprname || ')',
                  CASE p.proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END,
                  CASE a.aggkind WHEN 'h' THEN 'HYPOTHETICAL' END)) AS definition,
       p.oid::regprocedure::text AS signature
FROM pg_proc p JOIN ns n ON n.oid = p.pronamespace JOIN pg_aggregate a ON a.aggfnoid = p.oid
LEFT JOIN pg_operator op ON op.oid = a.aggsortop LEFT JOIN pg_namespace opn ON opn.oid = op.oprnamespace
WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
