-- key, object: an enum or a composite type. Places of columns count as 0.
SELECT o.name AS key, row_to_json(o) AS object FROM (
    SELECT n.nspname AS schema, t.typname AS name, CASE t.typtype WHEN 'e' THEN 'ENUM' ELSE 'COMPOSITE' END AS kind,
           obj_description(t.oid, 'pg_type') AS comment,
           (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS enum_values,
           (SELECT json_agg(json_build_object('name', a.attname, 'data_type', CASE
                WHEN an.nspname = 'pg_catalog' THEN format_type(a.atttypid, a.atttypmod)
                ELSE CASE WHEN y.typcategory <> 'A' THEN quote_ident(an.nspname) || '.' || quote_ident(y.typname)
                          WHEN en.nspname = 'pg_catalog' THEN e.typname
                          ELSE quote_ident(en.nspname) || '.' || quote_ident(e.typname) END
                     || COALESCE(substring(format_type(a.atttypid, a.atttypmod) FROM '\([^)]*\)'), '')
                     || CASE WHEN y.typcategory = 'A' THEN '[]' ELSE '' END
                END, 'position', 0) ORDER BY a.attnum)
            FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid JOIN pg_namespace an ON an.oid = y.typnamespace
                 LEFT JOIN pg_type e ON e.oid = y.typelem LEFT JOIN pg_namespace en ON en.oid = e.typnamespace
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE n.nspname = $1 AND (t.typtype = 'e' OR t.typtype = 'c' AND c.relkind = 'c')
) o
