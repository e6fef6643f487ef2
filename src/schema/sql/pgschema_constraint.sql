-- key, object: a constraint of a table. Plain "column IS NOT NULL" checks do not count. Places of columns are those that the
-- information views would tell this role, else 0.
SELECT o.name AS key, row_to_json(o) AS object FROM (
    SELECT n.nspname AS schema, c.relname AS table, k.conname AS name,
           CASE k.contype WHEN 'c' THEN 'CHECK' WHEN 'f' THEN 'FOREIGN_KEY' WHEN 'p' THEN 'PRIMARY_KEY' WHEN 'u' THEN 'UNIQUE'
                          ELSE 'EXCLUSION' END AS type,
           COALESCE(cols.names, '[]') AS columns, fn.nspname AS referenced_schema, f.relname AS referenced_table,
           cols.referenced AS referenced_columns, CASE k.contype WHEN 'c' THEN d.text END AS check_clause,
           CASE k.contype WHEN 'x' THEN d.text END AS exclusion_definition,
           CASE k.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
                              WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END AS delete_rule,
           CASE k.confupdtype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
                              WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END AS update_rule,
           NULLIF(k.condeferrable, false) AS deferrable, NULLIF(k.condeferred, false) AS initially_deferred,
           NULLIF(k.convalidated, false) AS is_valid, NULLIF(k.connoinherit, false) AS no_inherit,
           NULLIF((to_jsonb(k) ->> 'conperiod')::boolean, false) AS is_temporal,
           NULLIF((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_not_distinct
    FROM pg_constraint k
         JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
         LEFT JOIN pg_index i ON i.indexrelid = k.conindid,
         LATERAL (SELECT CASE WHEN k.contype IN ('c', 'x') THEN pg_get_constraintdef(k.oid, true) END AS text) d,
         LATERAL (
             SELECT json_agg(json_build_object('name', a.attname, 'position', p.place) ORDER BY p.place, a.attnum) AS names,
                    json_agg(json_build_object('name', fa.attname, 'position', p.place) ORDER BY p.place, a.attnum)
                        FILTER (WHERE fa.attname IS NOT NULL) AS referenced
             FROM pg_attribute a
                  LEFT JOIN pg_attribute fa ON fa.attrelid = k.confrelid
                                           AND fa.attnum = k.confkey[array_position(k.conkey, a.attnum)],
                  LATERAL (SELECT CASE WHEN k.contype IN ('p', 'u', 'f')
                                        AND (pg_has_role(c.relowner, 'USAGE')
                                             OR has_column_privilege(c.oid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES'))
                                       THEN array_position(k.conkey, a.attnum) ELSE 0 END AS place) p
             WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
         ) cols
    WHERE n.nspname = $1 AND k.conparentid = 0 AND k.contype IN ('c', 'f', 'p', 'u', 'x')
      AND (k.contype IN ('c', 'x') OR cols.names IS NOT NULL)
      AND NOT (k.contype = 'c' AND d.text ~ '^CHECK \([^ ]* IS NOT NULL\)+$')
) o
