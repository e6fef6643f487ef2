-- A point in a transaction: an oid off the server's counter (what was made before has a smaller one, what comes after a greater
-- one; it belongs to an empty large object, which goes when the transaction is rolled back), and how many rows of the catalogs
-- the transaction has written so far. Columns: oid, written. Versions 12 to 18. Cost: the list of the catalogs.
SELECT pg_catalog.lo_create(0),
       (SELECT sum(pg_catalog.pg_stat_get_xact_tuples_inserted(oid) + pg_catalog.pg_stat_get_xact_tuples_updated(oid)
                   + pg_catalog.pg_stat_get_xact_tuples_deleted(oid))::bigint
          FROM pg_catalog.pg_class
         WHERE relnamespace = 'pg_catalog'::pg_catalog.regnamespace AND relkind = 'r'
           AND oid <> ALL (ARRAY['pg_catalog.pg_largeobject_metadata', 'pg_catalog.pg_shdepend',
                                 'pg_catalog.pg_statistic']::pg_catalog.regclass[]))
