-- What a deployment that came to its end has loaded. $1 deployment_id, $2 project, then arrays: $3 path, $4 checksum,
-- $5 pgmi_checksum, $6 id ('' for none).
INSERT INTO pgwright.file_history (project, path, checksum, pgmi_checksum, id, deployed_at, deployed_by, deployment_id)
SELECT $2, f.path, f.checksum, f.pgmi_checksum, nullif(f.id, '')::uuid, pg_catalog.statement_timestamp(), session_user, $1::bigint
  FROM ROWS FROM (pg_catalog.unnest($3::text[]), pg_catalog.unnest($4::text[]), pg_catalog.unnest($5::text[]),
                  pg_catalog.unnest($6::text[])) AS f (path, checksum, pgmi_checksum, id)
    ON CONFLICT (project, path) DO UPDATE
   SET checksum = excluded.checksum, pgmi_checksum = excluded.pgmi_checksum, id = excluded.id, deployed_at = excluded.deployed_at,
       deployed_by = excluded.deployed_by, deployment_id = excluded.deployment_id
