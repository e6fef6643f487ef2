-- options: all of them, for what ALTER PUBLICATION … SET does not name stays as it was.
SELECT p.oid, 0 AS sub, 0 AS parent, NULL AS schema, p.pubname AS name, quote_ident(p.pubname) AS id, pg_get_userbyid(p.pubowner) AS owner,
       CASE WHEN p.puballtables THEN 'true' END AS all_tables,
       concat_ws(', ', 'publish = ' || quote_literal(concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END,
                     CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END,
                     CASE WHEN p.pubtruncate THEN 'truncate' END)),
                 'publish_generated_columns = ' || CASE p.pubgencols WHEN 's' THEN 'stored' ELSE 'none' END, --18+
                 'publish_via_partition_root = ' || p.pubviaroot) AS options --13+
                 NULL) AS options --<13
FROM pg_publication p
