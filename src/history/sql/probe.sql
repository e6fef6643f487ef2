-- What stands in the database, before anything is read or written.
-- Parameters: $1 schema of the history, $2 key of the run lock, $3 whether to try for the lock, $4 the history's table.
-- Columns: as named. One row. Versions 12 to 18. Cost: a few catalog lookups.
SELECT pg_catalog.to_regclass(pg_catalog.format('%I.%I', $1::text, $4::text)) IS NOT NULL AS has_history,
       pg_catalog.to_regclass('pgwright.events') IS NOT NULL AS has_audit,
       EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'sqitch' AND c.relname = 'changes') AS has_sqitch, -- maybe of others: to_regclass may fail
       EXISTS (SELECT FROM pg_catalog.pg_attribute
                WHERE attrelid = pg_catalog.to_regclass(pg_catalog.format('%I.changes', $1::text))
                  AND attname = 'deployed_by' AND NOT attisdropped)
         AND pg_catalog.to_regclass(pg_catalog.format('%I.tags', $1::text)) IS NOT NULL AS has_additions,
       EXISTS (SELECT FROM pg_catalog.pg_constraint
                WHERE conrelid = pg_catalog.to_regclass(pg_catalog.format('%I.changes', $1::text))
                  AND contype = 'u'
                  AND pg_catalog.pg_get_constraintdef(oid) ~ 'script_hash') AS unique_script_hash,
       pg_catalog.pg_is_in_recovery() AS is_standby,
       pg_catalog.current_setting('max_locks_per_transaction')::bigint
         * (pg_catalog.current_setting('max_connections')::bigint
            + pg_catalog.current_setting('max_prepared_transactions')::bigint) AS lock_slots,
       CASE WHEN $3::boolean THEN pg_catalog.pg_try_advisory_lock($2::bigint) ELSE false END AS locked
