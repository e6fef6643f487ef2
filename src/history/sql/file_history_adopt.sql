-- Takes over how each script ran last, as the log of the template "advanced" tells it, for the files that have a script's id now:
-- their metadata's, else the one that their path gives. Parameters as in file_history_save.sql. Returns how many.
WITH taken AS (
    INSERT INTO pgwright.file_history (project, path, checksum, pgmi_checksum, id, deployed_at, deployed_by, deployment_id)
    SELECT $2, f.path, l.checksum, CASE WHEN l.checksum = f.checksum THEN f.pgmi_checksum END, nullif(f.id, '')::uuid, l.executed_at,
           l.executed_by, $1::bigint
      FROM ROWS FROM (pg_catalog.unnest($3::text[]), pg_catalog.unnest($4::text[]), pg_catalog.unnest($5::text[]),
                      pg_catalog.unnest($6::text[])) AS f (path, checksum, pgmi_checksum, id)
      JOIN (SELECT DISTINCT ON (deployment_script_object_id) deployment_script_object_id AS id,
                   deployment_script_content_checksum AS checksum, executed_at, executed_by
              FROM internal.deployment_script_execution_log
             ORDER BY deployment_script_object_id, id DESC) l
        ON l.id = coalesce(nullif(f.id, '')::uuid, pg_catalog.md5(pg_catalog.convert_to(f.path, 'UTF8'))::uuid)
    RETURNING 1
)
SELECT pg_catalog.count(*) FROM taken
