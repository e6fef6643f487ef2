-- $1 project, $2 uri ('' for none), $3 creator's name, $4 creator's email. Fails, as Sqitch does, when the project stands
-- there with another URI: the same row is then inserted again and its key refused.
INSERT INTO @schema@.projects (project, uri, creator_name, creator_email)
SELECT $1, NULLIF($2, ''), $3, $4
 WHERE NOT EXISTS (SELECT FROM @schema@.projects WHERE project = $1 AND uri IS NOT DISTINCT FROM NULLIF($2, ''))
