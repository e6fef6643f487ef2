-- What is known before a deployment begins. $1 project, $2 its deployment_id. Columns: how many files of this project have a row;
-- the other projects; is there a log of the template "advanced"; did the deployment before this one come to no end, or fail when it
-- had committed something? One row.
SELECT (SELECT pg_catalog.count(*) FROM pgwright.file_history WHERE project = $1),
       (SELECT coalesce(pg_catalog.string_agg(DISTINCT project, ', '), '') FROM pgwright.file_history WHERE project <> $1),
       EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'internal' AND c.relname = 'deployment_script_execution_log'),
       coalesce((SELECT d.outcome = 'running' OR d.outcome = 'failed'
                        AND EXISTS (SELECT FROM pgwright.events c WHERE c.history = 'session' AND c.project = $1
                                       AND c.change = 'deploy.sql' AND c.kind = 'statement' AND c.seq > e.seq
                                       AND c.deployment_id = e.deployment_id)
                   FROM pgwright.events e JOIN pgwright.deployments d USING (deployment_id)
                  WHERE e.history = 'session' AND e.project = $1 AND e.change = 'deploy.sql' AND e.kind = 'start'
                    AND e.deployment_id < $2::bigint
                  ORDER BY e.seq DESC LIMIT 1), false)
