-- The files of a project as its last deployment that came to its end had them; where none did, those that were taken over.
-- $1 project. Columns: path, checksum, deployed_at, deployed_by.
SELECT f.path, f.checksum, pg_catalog.to_char(f.deployed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), f.deployed_by
  FROM pgwright.file_history f
 WHERE f.project = $1
   AND f.deployment_id = (SELECT pg_catalog.max(deployment_id) FROM pgwright.file_history WHERE project = $1)
 ORDER BY f.path COLLATE "C"
