-- Recomputes the chain of digests and tells where it breaks. No function of the audit schema is used, for it could have
-- been changed. Columns: seq, what is wrong. No row: the chain is whole.
SELECT seq, problem
  FROM (SELECT e.seq,
               CASE WHEN e.seq <> coalesce(pg_catalog.lag(e.seq) OVER w, 0) + 1 THEN 'rows are missing before it'
                    WHEN e.previous <> coalesce(pg_catalog.lag(e.digest) OVER w, pg_catalog.sha256('')) THEN
                         'the row before it is not the one it was chained to'
                    WHEN e.digest <> pg_catalog.sha256(e.previous || pg_catalog.convert_to(pg_catalog.jsonb_build_array(
                             e.seq, e.deployment_id,
                             pg_catalog.to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), e.kind,
                             e.history, e.project, e.change, e.change_id, e.script_sha256, e.detail,
                             e.role)::text, 'UTF8')) THEN 'its content was changed' END AS problem
          FROM pgwright.events e WINDOW w AS (ORDER BY e.seq)) checked
 WHERE problem IS NOT NULL
 ORDER BY seq
