-- $1 command, $2 history, $3 host, $4 version. Returns the deployment_id.
INSERT INTO pgwright.deployments (command, history, host, version) VALUES ($1, $2, $3, $4) RETURNING deployment_id
