-- What a preview watches with: the marks between statements end up in _pgwright_watch(), which compares what this session holds
-- with what it held before, and tells it to the program by an INFO, for that outlives a savepoint and an error. Its context
-- repeats the text that is being run, so that marks of a file are gathered in a setting and told together, at its last one.
-- Owned by whoever deploys, whatever role deploy.sql takes on. From 11.
CREATE TEMP TABLE _pgwright_mark (file int, statement int, told boolean);
CREATE TEMP TABLE _pgwright_seen (relation oid PRIMARY KEY, level int, node oid, gone boolean) ON COMMIT DELETE ROWS;

-- Locks of tables, views and sequences that are no temporary ones, the strongest of each: a relation that was locked, locked
-- more strongly, written anew or dropped since is told, at statement -1 every one. Levels as in lockdefs.h, 8 is ACCESS EXCLUSIVE.
CREATE FUNCTION pg_temp._pgwright_look(everything boolean, OUT changed json, OUT counts text) LANGUAGE plpgsql AS $$
BEGIN
    WITH held AS (
        SELECT l.relation, max(array_position(ARRAY['RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock',
            'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'], l.mode)) + 1 AS level
        FROM pg_locks l
        WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND l.mode <> 'AccessShareLock'
          AND l.relation >= 16384
        GROUP BY l.relation
    ), now AS (
        SELECT h.relation, h.level, coalesce(pg_relation_filenode(h.relation), 0) AS node, c.oid IS NULL AS gone, c.relkind
        FROM held h LEFT JOIN pg_class c ON c.oid = h.relation
        WHERE c.oid IS NULL OR (c.relpersistence <> 't' AND c.relkind IN ('r', 'p', 'm', 'v', 'f', 'S'))
    ), news AS (
        SELECT n.relation, n.level, n.node, n.gone
        FROM now n LEFT JOIN pg_temp._pgwright_seen s USING (relation)
        WHERE everything OR (n.level, n.node, n.gone) IS DISTINCT FROM (s.level, s.node, s.gone)
    ), kept AS (
        INSERT INTO pg_temp._pgwright_seen SELECT * FROM news
        ON CONFLICT (relation) DO UPDATE SET level = excluded.level, node = excluded.node, gone = excluded.gone
    ), rows AS (
        SELECT n.relation, pg_stat_get_xact_tuples_inserted(n.relation) AS inserted, pg_stat_get_xact_tuples_updated(n.relation) AS
            updated, pg_stat_get_xact_tuples_deleted(n.relation) AS deleted
        FROM now n
        WHERE n.relkind IN ('r', 'm') AND n.level >= 3
    )
    SELECT (SELECT json_agg(json_build_array(relation::bigint, level, node::bigint, gone)) FROM news),
           (SELECT json_agg(json_build_array(relation::bigint, inserted, updated, deleted) ORDER BY relation)::text FROM rows
            WHERE inserted + updated + deleted > 0)
    INTO changed, counts;
END
$$;

-- Looking costs what the whole server holds in locks. Where it would take longer than the deployment itself it is left to a later
-- mark. _pgwright.spent: microseconds of looking; .counts: what was told of rows last, .told: what is not told yet.
CREATE FUNCTION pg_temp._pgwright_watch(file int, statement int, told boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at timestamptz := clock_timestamp();
    spent bigint := coalesce(nullif(current_setting('_pgwright.spent', true), ''), '0');
    waiting text := coalesce(current_setting('_pgwright.told', true), '');
    looks boolean := file = 0 OR spent < 1000000 OR spent < extract(epoch FROM at - transaction_timestamp()) * 400000;
    changed json;
    counts text;
BEGIN
    IF looks THEN
        SELECT l.changed, l.counts INTO changed, counts FROM pg_temp._pgwright_look(statement < 0) l;
        IF counts = current_setting('_pgwright.counts', true) THEN
            counts := NULL;
        ELSE
            PERFORM set_config('_pgwright.counts', coalesce(counts, ''), false);
        END IF;
        spent := spent + (extract(epoch FROM clock_timestamp() - at) * 1000000)::bigint;
        PERFORM set_config('_pgwright.spent', spent::text, false);
    END IF;
    waiting := waiting || CASE WHEN waiting = '' THEN '' ELSE ',' END ||
        json_build_array(file, statement, told, (extract(epoch FROM at) * 1000000)::bigint, changed, counts::json,
                         (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
    IF told OR length(waiting) > 65536 THEN
        PERFORM set_config('_pgwright.told', '', false);
        RAISE INFO USING ERRCODE = 'PGW02', MESSAGE = '[' || waiting || ']';
    ELSE
        PERFORM set_config('_pgwright.told', waiting, false);
    END IF;
END
$$;

CREATE RULE _pgwright_mark AS ON INSERT TO pg_temp._pgwright_mark
    DO INSTEAD SELECT pg_temp._pgwright_watch(new.file, new.statement, new.told);
GRANT INSERT ON pg_temp._pgwright_mark TO PUBLIC;
-- what a file runs as is longer than the file
ALTER TABLE pg_temp._pgmi_source DROP CONSTRAINT _pgmi_source_size;
