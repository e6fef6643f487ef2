-- The newest events, newest first. $1 how many.
-- Columns: seq, occurred_at, kind, history, project, change, detail, role, deployment_id, command, digest.
SELECT e.seq, pg_catalog.to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), e.kind, e.history,
       e.project, e.change, e.detail, e.role, e.deployment_id, d.command, pg_catalog.encode(e.digest, 'hex')
  FROM pgwright.events e JOIN pgwright.deployments d USING (deployment_id)
 ORDER BY e.seq DESC
 LIMIT $1::bigint
