-- key, object: a domain, which is listed among the types.
SELECT o.name AS key, row_to_json(o) AS object FROM (
    SELECT n.nspname AS schema, t.typname AS name, 'DOMAIN' AS kind, obj_description(t.oid, 'pg_type') AS comment,
           CASE WHEN bn.nspname = 'pg_catalog' THEN format_type(t.typbasetype, t.typtypmod)
                ELSE CASE WHEN b.typcategory <> 'A' THEN quote_ident(bn.nspname) || '.' || quote_ident(b.typname)
                          WHEN en.nspname = 'pg_catalog' THEN e.typname
                          ELSE quote_ident(en.nspname) || '.' || quote_ident(e.typname) END
                     || COALESCE(substring(format_type(t.typbasetype, t.typtypmod) FROM '\([^)]*\)'), '')
                     || CASE WHEN b.typcategory = 'A' THEN '[]' ELSE '' END
           END AS base_type,
           NULLIF(t.typnotnull, false) AS not_null, NULLIF(t.typdefault, '') AS default,
           (SELECT json_agg(json_build_object('name', k.conname, 'definition', pg_get_constraintdef(k.oid, true)) ORDER BY k.conname)
            FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c') AS constraints
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
         JOIN pg_type b ON b.oid = t.typbasetype JOIN pg_namespace bn ON bn.oid = b.typnamespace
         LEFT JOIN pg_type e ON e.oid = b.typelem LEFT JOIN pg_namespace en ON en.oid = e.typnamespace
    WHERE n.nspname = $1 AND t.typtype = 'd'
) o
