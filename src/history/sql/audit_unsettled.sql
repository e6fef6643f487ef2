-- Changes that were begun outside a transaction and of whose end nothing is known. $1 history.
-- Columns: project, change, what it was doing (deploy or revert), the last statement noted ('' before the first), since.
SELECT s.project, s.change, s.detail,
       coalesce((SELECT x.detail FROM pgwright.events x
                  WHERE x.history = s.history AND x.project = s.project AND x.change = s.change
                    AND x.kind = 'statement' AND x.seq > s.seq ORDER BY x.seq DESC LIMIT 1), ''),
       pg_catalog.to_char(s.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM pgwright.events s
 WHERE s.kind = 'start' AND s.history = $1
   AND NOT EXISTS (SELECT FROM pgwright.events e
                    WHERE e.history = s.history AND e.project = s.project AND e.change = s.change AND e.seq > s.seq
                      AND e.kind IN ('deploy', 'revert', 'settle', 'start'))
 ORDER BY s.seq
