# A session deployment loses its connection, or is killed, behind every protocol message in turn. Whatever the point: what the
# transactions of deploy.sql had not committed is not there, no temporary object and no lock stays, and the next run succeeds.
. "$(dirname "$0")/../lib.sh"

RELAY=$BUILD/test/relay
SOCKET=$PGHOST/.s.PGSQL.5432

# A head that is one transaction, and a tail of single statements, a transaction and one that takes none. Each part can be run
# again.
project_files() {
    mkdir -p steps __test__
    i=1
    while [ $i -le 20 ]; do
        echo "CREATE TABLE IF NOT EXISTS t$i (id int PRIMARY KEY); INSERT INTO t$i VALUES ($i) ON CONFLICT DO NOTHING;" >steps/$i.sql
        i=$((i + 1))
    done
    echo 'DO $$ BEGIN ASSERT (SELECT count(*) FROM t20) = 1; END $$;' >__test__/test_t20.sql
    write deploy.sql <<'SQL'
BEGIN;
DO $$
DECLARE file record;
BEGIN
    FOR file IN SELECT path, content FROM pgmi_plan_view ORDER BY execution_order LOOP
        RAISE NOTICE '%', file.path;
        EXECUTE file.content;
    END LOOP;
END $$;
SAVEPOINT tests;
CALL pgmi_test();
ROLLBACK TO SAVEPOINT tests;
COMMIT;
CREATE TABLE IF NOT EXISTS tail1 (id int);
CREATE INDEX CONCURRENTLY IF NOT EXISTS t1_id ON t1 (id);
BEGIN;
CREATE TABLE IF NOT EXISTS tail2 (id int);
CREATE TABLE IF NOT EXISTS tail3 (id int);
COMMIT;
CREATE TABLE IF NOT EXISTS tail4 (id int);
SQL
}

facts() {
    sql "SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
}

# The server notices a client that is gone only when it next reads: what it has begun it ends.
settle() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")" = 0 ] && return
        sleep 0.1
    done
    fail "$1: the session is still there"
}

# All of the head or nothing of it; the tail in its order, each transaction whole.
check_left() {
    head=$(sql "SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]+$' AND relnamespace = 'public'::regnamespace")
    tail=$(sql "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relname ~ '^tail'")
    case $head in 0 | 20) ;; *) fail "$1: $head tables of the head are there" ;; esac
    [ "$head" = 20 ] || [ -z "$tail" ] || fail "$1: the tail is there without the head: $tail"
    case $tail in '' | tail1 | 'tail1 tail2 tail3' | 'tail1 tail2 tail3 tail4') ;; *) fail "$1: of the tail there is $tail" ;; esac
    stray=$(sql "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname ~ '^pg_temp'")
    [ "$stray" = 0 ] || fail "$1: $stray temporary objects are left"
}

# every_point --cut|--kill STEP
every_point() {
    project_files
    run "$RELAY" "$SOCKET" --report .report -- "$PGWRIGHT" deploy .
    expect_status 0
    wanted=$(facts)
    total=$(sed -n 's/^messages //p' .report)
    point=1 tried=0
    while [ "$point" -le "$total" ] && [ -z "$why" ]; do
        psql -XAtq -d postgres -c "DROP DATABASE \"$PGDATABASE\" WITH (FORCE)" -c "CREATE DATABASE \"$PGDATABASE\""
        timeout 60 "$RELAY" "$SOCKET" "$1" "$point" -- "$PGWRIGHT" deploy . >/dev/null 2>&1
        settle "$1 $point"
        check_left "$1 $point"
        run "$PGWRIGHT" deploy .
        [ "$status" = 0 ] || fail "$1 $point: the next run ended with $status: $errors"
        expect_same "$wanted" "$(facts)" "$1 $point: what the next run left"
        tried=$((tried + 1))
        point=$((point + $2))
    done
    name="$name ($tried of $total points)"
}

begin "cut off behind each message of a session deployment"
every_point --cut "${FAULT_STEP:-7}"
end

begin "killed behind each message of a session deployment"
every_point --kill "${FAULT_STEP:-7}"
end

finish
