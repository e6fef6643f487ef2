-- The statements that make an empty database like another one, in order.
-- $1: the other one; $2: name of the new one. Columns: statement, its beginning without the value that it sets. Versions 11 to 18: attributes of newer ones are looked for by
-- name in the row. Cost: a few rows of shared catalogs.
WITH old AS (
    SELECT d.oid, d.datdba, d.datconnlimit, d.dattablespace, d.datacl, pg_catalog.pg_get_userbyid(d.datdba) AS owner,
           pg_catalog.pg_encoding_to_char(d.encoding) AS encoding, d.datcollate, d.datctype,
           coalesce(pg_catalog.to_jsonb(d) ->> 'datlocprovider', 'c') AS provider,
           coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale') AS locale,
           pg_catalog.to_jsonb(d) ->> 'daticurules' AS rules,
           pg_catalog.to_jsonb(d) ? 'datlocprovider' AS has_provider,
           (d.encoding, d.datcollate, d.datctype, pg_catalog.to_jsonb(d) -> 'datlocprovider', pg_catalog.to_jsonb(d) -> 'datlocale',
            pg_catalog.to_jsonb(d) -> 'daticulocale', pg_catalog.to_jsonb(d) -> 'daticurules')
           IS DISTINCT FROM
           (t.encoding, t.datcollate, t.datctype, pg_catalog.to_jsonb(t) -> 'datlocprovider', pg_catalog.to_jsonb(t) -> 'datlocale',
            pg_catalog.to_jsonb(t) -> 'daticulocale', pg_catalog.to_jsonb(t) -> 'daticurules') AS differs,
           d.dattablespace <> t.dattablespace AS elsewhere
      FROM pg_catalog.pg_database d LEFT JOIN pg_catalog.pg_database t ON t.datname = 'template1'
     WHERE d.datname = $1::text
), setting AS (
    SELECT setrole, pg_catalog.split_part(entry, '=', 1) AS name,
           pg_catalog.substr(entry, pg_catalog.strpos(entry, '=') + 1) AS value, n
      FROM old JOIN pg_catalog.pg_db_role_setting s ON s.setdatabase = old.oid,
           pg_catalog.unnest(s.setconfig) WITH ORDINALITY AS e (entry, n)
), assignment AS (
    -- A list is stored as one text, its names in quotes where need be; each is a constant of its own again, or the whole
    -- would come back as one name. These are the settings of that kind (GUC_LIST_QUOTE in the server's source).
    SELECT setrole, n,
           (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(part), '.' ORDER BY k)
              FROM pg_catalog.regexp_split_to_table(name, '\.') WITH ORDINALITY AS p (part, k)) AS name,
           CASE WHEN pg_catalog.lower(name) IN ('local_preload_libraries', 'search_path', 'session_preload_libraries',
                                                'shared_preload_libraries', 'temp_tablespaces', 'unix_socket_directories')
                THEN coalesce((SELECT pg_catalog.string_agg(pg_catalog.quote_literal(
                                          CASE WHEN m[1] LIKE '"%'
                                               THEN pg_catalog.replace(pg_catalog.substr(m[1], 2, pg_catalog.length(m[1]) - 2), '""', '"')
                                               ELSE m[1] END), ', ' ORDER BY k)
                                 FROM pg_catalog.regexp_matches(value, '("(?:[^"]|"")*"|[^,\s]+)', 'g')
                                      WITH ORDINALITY AS found (m, k)), '''''')
                ELSE pg_catalog.quote_literal(value) END AS value
      FROM setting
), privilege AS (
    SELECT grantor, grantee, is_grantable, pg_catalog.min(n) AS n,
           pg_catalog.string_agg(privilege_type, ', ' ORDER BY n) AS names
      FROM old, pg_catalog.aclexplode(old.datacl) WITH ORDINALITY
           AS a (grantor, grantee, privilege_type, is_grantable, n)
     GROUP BY grantor, grantee, is_grantable
), statement (step, n, text, value) AS (
    SELECT 1, 0::bigint,
           pg_catalog.format('CREATE DATABASE %I OWNER %I', $2::text, owner) ||
           CASE WHEN differs
                THEN pg_catalog.format(' TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L', encoding, datcollate, datctype) ||
                     CASE provider WHEN 'i' THEN pg_catalog.format(' LOCALE_PROVIDER icu ICU_LOCALE %L', locale) ||
                                                 CASE WHEN rules IS NULL THEN '' ELSE pg_catalog.format(' ICU_RULES %L', rules) END
                                   WHEN 'b' THEN pg_catalog.format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', locale)
                                   ELSE CASE WHEN has_provider THEN ' LOCALE_PROVIDER libc' ELSE '' END END
                ELSE '' END ||
           CASE WHEN elsewhere
                THEN (SELECT pg_catalog.format(' TABLESPACE %I', spcname) FROM pg_catalog.pg_tablespace s WHERE s.oid = dattablespace)
                ELSE '' END ||
           CASE WHEN datconnlimit >= 0 THEN pg_catalog.format(' CONNECTION LIMIT %s', datconnlimit) ELSE '' END, ''
      FROM old
    UNION ALL
    SELECT 2, n,
           CASE setrole WHEN 0 THEN pg_catalog.format('ALTER DATABASE %I', $2::text)
                        ELSE pg_catalog.format('ALTER ROLE %I IN DATABASE %I', pg_catalog.pg_get_userbyid(setrole), $2::text) END ||
           ' SET ' || name, ' TO ' || value
      FROM assignment
    UNION ALL
    SELECT 3, 0, pg_catalog.format('COMMENT ON DATABASE %I IS %L', $2::text, c), ''
      FROM old, pg_catalog.shobj_description(old.oid, 'pg_database') AS c WHERE c IS NOT NULL
    UNION ALL
    SELECT 4, 0, pg_catalog.format('SECURITY LABEL FOR %I ON DATABASE %I IS %L', l.provider, $2::text, l.label), ''
      FROM old JOIN pg_catalog.pg_shseclabel l ON l.objoid = old.oid AND l.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass
    UNION ALL
    SELECT 5, 0, pg_catalog.format('REVOKE ALL ON DATABASE %I FROM PUBLIC, %I', $2::text, owner), '' FROM old WHERE datacl IS NOT NULL
    UNION ALL
    -- The owner's own grants come first; one that another role gave is given by that role again.
    SELECT 6, 3 * p.n + line.k, line.text, ''
      FROM old, privilege p,
           LATERAL (VALUES (0, CASE WHEN p.grantor <> old.datdba THEN pg_catalog.format('SET ROLE %I', pg_catalog.pg_get_userbyid(p.grantor)) END),
                           (1, pg_catalog.format('GRANT %s ON DATABASE %I TO %s', p.names, $2::text,
                                                 CASE p.grantee WHEN 0 THEN 'PUBLIC'
                                                                ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(p.grantee)) END) ||
                               CASE WHEN p.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END),
                           (2, CASE WHEN p.grantor <> old.datdba THEN 'RESET ROLE' END)) AS line (k, text)
     WHERE line.text IS NOT NULL
)
SELECT text || value, text FROM statement ORDER BY step, n, text
