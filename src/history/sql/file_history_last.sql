-- The newest deployment of a session project before another one. $1 project, $2 deployment_id of that. At most one row.
-- Columns: deployment_id, started_at, finished_at ('' while it has none), outcome, role, host, what it committed last
-- ('' nothing), why it failed ('' it did not), does a deployment run now?
SELECT d.deployment_id, pg_catalog.to_char(d.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       coalesce(pg_catalog.to_char(d.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''), d.outcome, d.role, d.host,
       coalesce((SELECT e.detail FROM pgwright.events e
                  WHERE e.history = 'session' AND e.project = $1 AND e.change = 'deploy.sql' AND e.kind = 'statement'
                    AND e.seq > s.seq AND e.deployment_id = d.deployment_id ORDER BY e.seq DESC LIMIT 1), ''),
       coalesce((SELECT e.detail FROM pgwright.events e
                  WHERE e.history = 'session' AND e.project = $1 AND e.change = 'deploy.sql' AND e.kind = 'fail'
                    AND e.seq > s.seq AND e.deployment_id = d.deployment_id ORDER BY e.seq DESC LIMIT 1), ''),
       EXISTS (SELECT FROM pg_catalog.pg_locks l
                WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
                  AND (l.classid::bigint << 32 | l.objid::bigint)
                      = pg_catalog.hashtextextended('pgmi.deploy.' || pg_catalog.current_database(), 0))
  FROM (SELECT e.seq, e.deployment_id FROM pgwright.events e
         WHERE e.history = 'session' AND e.project = $1 AND e.change = 'deploy.sql' AND e.kind = 'start'
           AND e.deployment_id < $2::bigint
         ORDER BY e.seq DESC LIMIT 1) s
  JOIN pgwright.deployments d USING (deployment_id)
