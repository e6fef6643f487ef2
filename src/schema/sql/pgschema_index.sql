-- key, object: an index that no constraint stands behind.
SELECT o.name AS key, row_to_json(o) AS object FROM (
    SELECT n.nspname AS schema, c.relname AS table, r.relname AS name, CASE WHEN i.indisunique THEN 'UNIQUE' ELSE 'REGULAR' END AS type,
           m.amname AS method, COALESCE(keys.list, '[]') AS columns, included.list AS include_columns,
           i.indpred IS NOT NULL AS is_partial, i.indexprs IS NOT NULL AS is_expression,
           pg_get_expr(i.indpred, i.indrelid) AS where,
           NULLIF(strpos(pg_get_indexdef(i.indexrelid), 'NULLS NOT DISTINCT') > 0, false) AS nulls_not_distinct,
           (SELECT true FROM pg_partitioned_table p
            WHERE p.partrelid = c.oid AND EXISTS (SELECT FROM unnest(p.partattrs::smallint[]) AS k WHERE k <> 0)) AS is_partitioned,
           CASE WHEN r.reloptions <> '{}' THEN r.reloptions END AS storage_parameters,
           obj_description(r.oid, 'pg_class') AS comment
    FROM pg_index i
         JOIN pg_class r ON r.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am m ON m.oid = r.relam,
         LATERAL (
             SELECT json_agg(json_build_object(
                 'name', pg_get_indexdef(i.indexrelid, k, true), 'position', k,
                 'direction', CASE WHEN i.indoption[k - 1] & 1 = 1 THEN 'DESC' ELSE 'ASC' END,
                 'operator', (SELECT o.opcname FROM pg_opclass o WHERE o.oid = i.indclass[k - 1] AND NOT o.opcdefault)
             ) ORDER BY k) AS list
             FROM generate_series(1, i.indnkeyatts::int) AS k
         ) keys,
         LATERAL (
             SELECT json_agg(pg_get_indexdef(i.indexrelid, k, true) ORDER BY k) AS list
             FROM generate_series(i.indnkeyatts + 1, i.indnatts::int) AS k
         ) included
    WHERE n.nspname = $1 AND NOT i.indisprimary
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('u', 'p', 'x'))
) o
