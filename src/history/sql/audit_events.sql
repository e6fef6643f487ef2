-- Appends events in order. $1 deployment_id, $2 history, then arrays: $3 kind, $4 project, $5 change, $6 change_id,
-- $7 script_sha256, $8 detail. The trigger fills in the rest.
INSERT INTO pgwright.events (deployment_id, history, kind, project, change, change_id, script_sha256, detail)
SELECT $1::bigint, $2, e.*
  FROM ROWS FROM (pg_catalog.unnest($3::text[]), pg_catalog.unnest($4::text[]), pg_catalog.unnest($5::text[]),
                  pg_catalog.unnest($6::text[]), pg_catalog.unnest($7::text[]), pg_catalog.unnest($8::text[])) AS e
