-- What is known of a database before it is made or replaced: one row.
-- $1: its name; $2: name of what is being made to stand in its place. Cost: three look-ups by name.
-- there, is_template, half_made (the other one exists), may_create (by us), deploying (process that deploys to it; null)
SELECT target.oid IS NOT NULL,
       coalesce(target.datistemplate, false),
       EXISTS (SELECT 1 FROM pg_catalog.pg_database d WHERE d.datname = $2::text),
       me.rolcreatedb OR me.rolsuper,
       (SELECT l.pid
          FROM pg_catalog.pg_locks l, pg_catalog.hashtextextended('pgmi.deploy.' || $1::text, 0) AS key
         WHERE l.locktype = 'advisory' AND l.database = target.oid AND l.objsubid = 1 AND l.granted
           AND l.classid = (key >> 32 & 4294967295)::pg_catalog.oid AND l.objid = (key & 4294967295)::pg_catalog.oid
         LIMIT 1)
  FROM pg_catalog.pg_roles me LEFT JOIN pg_catalog.pg_database target ON target.datname = $1::text
 WHERE me.rolname = current_user
