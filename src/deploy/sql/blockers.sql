-- Who stands in the way of a session ($1) that waits for a lock: a line for people of each. None when it does not wait.
-- From 11. What others run is not told, for it may hold secrets; of roles that are not ours the server tells neither state nor times.
-- pg_blocking_pids() keeps everybody from taking locks for a moment, so it is asked only where there is a wait.
WITH wanted AS (
    SELECT l.*,
           upper(btrim(regexp_replace(replace(l.mode, 'Lock', ''), '([A-Z])', ' \1', 'g'))) AS mode_name,
           CASE l.locktype
               WHEN 'relation' THEN l.relation::regclass::text
               WHEN 'tuple' THEN 'a row of ' || l.relation::regclass
               WHEN 'transactionid' THEN 'a row' || coalesce(' of ' || (SELECT t.relation::regclass FROM pg_catalog.pg_locks t
                                                                         WHERE t.pid = l.pid AND t.granted AND t.locktype = 'tuple'), '')
               WHEN 'virtualxid' THEN 'its transaction'
               ELSE l.locktype
           END AS what
      FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity s ON s.pid = l.pid AND s.wait_event_type = 'Lock'
     WHERE l.pid = $1::int AND NOT l.granted
     LIMIT 1
), blocker AS (
    SELECT DISTINCT p.pid FROM wanted, unnest(pg_catalog.pg_blocking_pids(wanted.pid)) AS p(pid)
)
SELECT CASE WHEN b.pid = 0 THEN 'a prepared transaction (pg_prepared_xacts)'
            ELSE concat('pid ', b.pid, ' (', concat_ws(', ', coalesce('role ' || a.usename, a.backend_type), NULLIF(a.application_name, ''),
                        a.state, 'transaction open for ' || (extract(epoch FROM clock_timestamp() - a.xact_start)::bigint) || ' s'), ')')
       END ||
       CASE WHEN w.locktype = 'transactionid' THEN ' has written or locked ' || w.what
            WHEN h.modes IS NOT NULL THEN ' holds ' || h.modes || ' on ' || w.what
            ELSE ' waits in front for ' || w.what
       END ||
       CASE WHEN w.locktype IN ('transactionid', 'virtualxid') THEN '' ELSE '; wanted: ' || w.mode_name END AS line
  FROM wanted w CROSS JOIN blocker b
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid
  LEFT JOIN LATERAL (
      SELECT string_agg(upper(btrim(regexp_replace(replace(l.mode, 'Lock', ''), '([A-Z])', ' \1', 'g'))), ', ' ORDER BY l.mode) AS modes
        FROM pg_catalog.pg_locks l
       WHERE l.pid = b.pid AND l.granted AND l.locktype = w.locktype
         AND (l.database, l.relation, l.page, l.tuple, l.virtualxid, l.classid, l.objid, l.objsubid)
             IS NOT DISTINCT FROM (w.database, w.relation, w.page, w.tuple, w.virtualxid, w.classid, w.objid, w.objsubid)
  ) h ON true
 ORDER BY b.pid
 LIMIT 10
