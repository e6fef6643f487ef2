-- What a preview watches with: the marks between statements end up in _pgwright_watch(), which compares what this session holds
-- with what it held before, and tells it to the program by an INFO, for that outlives a savepoint and an error. Its context
-- repeats the text that is being run, so that marks of a file are gathered in a setting and told together, at its last one.
-- Owned by whoever deploys, whatever role deploy.sql takes on. From 11.
CREATE TEMP TABLE _pgwright_mark (file int, statement int, told boolean);
-- The last mark that was reached, file * 2^32 + statement + 2: a sequence, for what it holds is not rolled back.
CREATE TEMP SEQUENCE _pgwright_reached;
-- What was there before, as it was told last; and the rows of what was written, as they were told last.
CREATE TEMP TABLE _pgwright_there AS
SELECT oid AS relation, 0 AS level, coalesce(pg_relation_filenode(oid), 0) AS node, false AS gone
FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'm', 'v', 'f', 'S') AND relpersistence <> 't' AND oid >= 16384;
ALTER TABLE pg_temp._pgwright_there ADD PRIMARY KEY (relation);
ANALYZE pg_temp._pgwright_there;
CREATE TEMP TABLE _pgwright_rows (relation oid PRIMARY KEY, inserted bigint, updated bigint, deleted bigint) ON COMMIT DELETE ROWS;

-- A relation that was there and is locked, locked more strongly, written anew or dropped since is told ("everything": each that is
-- locked), with its strongest lock: levels as in lockdefs.h, 8 is ACCESS EXCLUSIVE. So is a table whose rows were written since.
CREATE FUNCTION pg_temp._pgwright_look(everything boolean, OUT changed json, OUT counts json) LANGUAGE plpgsql AS $$
BEGIN
    WITH held AS (
        SELECT l.relation, max(array_position(ARRAY['RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock',
            'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'], l.mode)) + 1 AS level
        FROM pg_locks l
        WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND l.mode <> 'AccessShareLock'
          AND l.relation >= 16384
        GROUP BY l.relation
    ), news AS (
        SELECT h.relation, h.level, n.node, n.gone
        FROM held h JOIN pg_temp._pgwright_there t USING (relation)
        CROSS JOIN LATERAL (SELECT coalesce(pg_relation_filenode(h.relation), 0) AS node,
                                   NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = h.relation) AS gone) n
        WHERE everything OR (h.level, n.node, n.gone) IS DISTINCT FROM (t.level, t.node, t.gone)
    ), kept AS (
        UPDATE pg_temp._pgwright_there t SET level = n.level, node = n.node, gone = n.gone FROM news n WHERE n.relation = t.relation
    ), written AS (
        SELECT h.relation, n.inserted, n.updated, n.deleted
        FROM held h LEFT JOIN pg_temp._pgwright_rows r USING (relation)
        CROSS JOIN LATERAL (SELECT pg_stat_get_xact_tuples_inserted(h.relation) AS inserted,
                                   pg_stat_get_xact_tuples_updated(h.relation) AS updated,
                                   pg_stat_get_xact_tuples_deleted(h.relation) AS deleted) n
        WHERE h.level >= 3 AND n.inserted + n.updated + n.deleted > 0
          AND (n.inserted, n.updated, n.deleted) IS DISTINCT FROM (r.inserted, r.updated, r.deleted)
          AND (SELECT c.relkind IN ('r', 'm') AND c.relpersistence <> 't' FROM pg_class c WHERE c.oid = h.relation)
    ), kept_rows AS (
        INSERT INTO pg_temp._pgwright_rows SELECT * FROM written
        ON CONFLICT (relation) DO UPDATE
        SET inserted = excluded.inserted, updated = excluded.updated, deleted = excluded.deleted
    )
    SELECT (SELECT json_agg(json_build_array(relation::bigint, level, node::bigint, gone)) FROM news),
           (SELECT json_agg(json_build_array(relation::bigint, inserted, updated, deleted)) FROM written)
    INTO changed, counts;
END
$$;

-- A cursor WITH HOLD is read at COMMIT: this one refuses it. So nothing is kept, also where a COMMIT is not where the program thinks.
CREATE FUNCTION pg_temp._pgwright_refuse() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a plan commits nothing, and here is a COMMIT that was not expected';
END
$$;
CREATE FUNCTION pg_temp._pgwright_guard() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_cursors WHERE name = '_pgwright_guard') THEN
        EXECUTE 'DECLARE _pgwright_guard CURSOR WITH HOLD FOR SELECT pg_temp._pgwright_refuse()';
    END IF;
END
$$;

-- Looking costs what the whole server holds in locks: after three seconds of it only the ends of files are looked at, and these as
-- long as that takes no more than twice as long as the deployment itself. _pgwright.spent: microseconds of looking; .told: what is not told yet.
CREATE FUNCTION pg_temp._pgwright_watch(file int, statement int, told boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at timestamptz := clock_timestamp();
    spent bigint := coalesce(nullif(current_setting('_pgwright.spent', true), ''), '0');
    waiting text := coalesce(current_setting('_pgwright.told', true), '');
    looks boolean := file = 0 OR spent < 3000000 OR (told AND spent < extract(epoch FROM at - transaction_timestamp()) * 660000);
    changed json;
    counts json;
BEGIN
    PERFORM setval('pg_temp._pgwright_reached', (file::bigint << 32) + statement + 2);
    IF file = 0 THEN
        PERFORM pg_temp._pgwright_guard();
    END IF;
    IF looks THEN
        SELECT l.changed, l.counts INTO changed, counts FROM pg_temp._pgwright_look(statement < 0) l;
        spent := spent + (extract(epoch FROM clock_timestamp() - at) * 1000000)::bigint;
        PERFORM set_config('_pgwright.spent', spent::text, false);
    END IF;
    waiting := waiting || CASE WHEN waiting = '' THEN '' ELSE ',' END ||
        json_build_array(file, statement, told, (extract(epoch FROM at) * 1000000)::bigint, looks, changed, counts,
                         (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
    IF told OR length(waiting) > 65536 THEN
        PERFORM set_config('_pgwright.told', '', false);
        RAISE INFO USING ERRCODE = 'PGW03', MESSAGE = '[' || waiting || ']';
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
