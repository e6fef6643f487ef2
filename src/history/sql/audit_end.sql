-- $1 deployment_id, $2 outcome.
UPDATE pgwright.deployments SET finished_at = pg_catalog.clock_timestamp(), outcome = $2 WHERE deployment_id = $1::bigint
