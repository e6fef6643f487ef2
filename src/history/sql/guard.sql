-- The first statement of a script that was written for later: nobody else is at it, and what is deployed is what was when
-- the script was written. @key@: key of the run lock; @schema@ and @table@: the history's schema, and its table as text;
-- @state@: SHA-256 over the sorted change_ids, as text.
DO $guard$
DECLARE
    state text := '';
BEGIN
    IF NOT pg_catalog.pg_try_advisory_lock(@key@) THEN
        RAISE EXCEPTION 'another run of pgwright holds the lock';
    END IF;
    IF pg_catalog.to_regclass(@table@) IS NOT NULL THEN
        SELECT coalesce(pg_catalog.string_agg(c.change_id, ',' ORDER BY c.change_id COLLATE "C"), '') INTO state
          FROM @schema@.changes c;
    END IF;
    IF pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(state, 'UTF8')), 'hex') <> @state@ THEN
        RAISE EXCEPTION 'the history is not what it was when this script was written'
              USING HINT = 'write it anew: pgwright deploy --output FILE';
    END IF;
END
$guard$
