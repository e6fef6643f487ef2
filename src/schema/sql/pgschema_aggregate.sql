-- key, object: an aggregate. Functions, types and the operator are named with their schema when it is another one.
WITH funcs AS (
    SELECT p.oid, p.pronamespace AS ns, quote_ident(n.nspname) || '.' AS prefix, quote_ident(p.proname) AS id
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
), states AS (
    SELECT t.oid, CASE
        WHEN n.nspname = 'pg_catalog' THEN format_type(t.oid, NULL)
        WHEN t.typcategory = 'A' THEN
            CASE WHEN en.nspname = 'pg_catalog' THEN e.typname::text ELSE quote_ident(en.nspname) || '.' || quote_ident(e.typname) END
            || '[]'
        ELSE quote_ident(n.nspname) || '.' || quote_ident(t.typname) END AS name
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
         LEFT JOIN pg_type e ON e.oid = t.typelem LEFT JOIN pg_namespace en ON en.oid = e.typnamespace
)
SELECT o.name || '(' || COALESCE(o.arguments, '') || ')' AS key, row_to_json(o) AS object FROM (
    SELECT n.nspname AS schema, p.proname AS name, NULLIF(pg_get_function_identity_arguments(p.oid), '') AS arguments,
           NULLIF(pg_get_function_arguments(p.oid), '') AS signature, a.aggkind AS kind, format_type(p.prorettype, NULL) AS return_type,
           p.proparallel AS parallel,
           CASE WHEN tf.ns = n.oid THEN '' ELSE tf.prefix END || tf.id AS transition_function, st.name AS state_type,
           NULLIF(a.aggtransspace, 0) AS state_space, a.agginitval AS initial_condition,
           CASE WHEN ff.ns = n.oid THEN '' ELSE ff.prefix END || ff.id AS final_function,
           NULLIF(a.aggfinalextra, false) AS final_func_extra, a.aggfinalmodify AS final_func_modify,
           CASE WHEN cf.ns = n.oid THEN '' ELSE cf.prefix END || cf.id AS combine_function,
           CASE WHEN sf.ns = n.oid THEN '' ELSE sf.prefix END || sf.id AS serial_function,
           CASE WHEN df.ns = n.oid THEN '' ELSE df.prefix END || df.id AS deserial_function,
           CASE WHEN mtf.ns = n.oid THEN '' ELSE mtf.prefix END || mtf.id AS mtransition_function,
           CASE WHEN mif.ns = n.oid THEN '' ELSE mif.prefix END || mif.id AS minv_transition_function,
           CASE WHEN a.aggmtransfn <> 0 THEN mst.name END AS mstate_type, NULLIF(a.aggmtransspace, 0) AS mstate_space,
           CASE WHEN mff.ns = n.oid THEN '' ELSE mff.prefix END || mff.id AS mfinal_function,
           NULLIF(a.aggmfinalextra, false) AS mfinal_func_extra, a.aggmfinalmodify AS mfinal_func_modify,
           a.aggminitval AS minitial_condition,
           'OPERATOR(' || CASE WHEN opr.oprnamespace = n.oid THEN '' ELSE quote_ident(opn.nspname) || '.' END || opr.oprname || ')'
               AS sort_operator,
           obj_description(p.oid, 'pg_proc') AS comment
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_aggregate a ON a.aggfnoid = p.oid
         JOIN funcs tf ON tf.oid = a.aggtransfn JOIN states st ON st.oid = a.aggtranstype
         LEFT JOIN funcs ff ON ff.oid = a.aggfinalfn LEFT JOIN funcs cf ON cf.oid = a.aggcombinefn
         LEFT JOIN funcs sf ON sf.oid = a.aggserialfn LEFT JOIN funcs df ON df.oid = a.aggdeserialfn
         LEFT JOIN funcs mtf ON mtf.oid = a.aggmtransfn LEFT JOIN funcs mif ON mif.oid = a.aggminvtransfn
         LEFT JOIN funcs mff ON mff.oid = a.aggmfinalfn LEFT JOIN states mst ON mst.oid = a.aggmtranstype
         LEFT JOIN pg_operator opr ON opr.oid = a.aggsortop LEFT JOIN pg_namespace opn ON opn.oid = opr.oprnamespace
    WHERE n.nspname = $1 AND p.prokind = 'a' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
) o
