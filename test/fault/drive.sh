# Session deployments on a wire that is slow, is cut, or whose client is killed.
. "$(dirname "$0")/../lib.sh"

RELAY=$BUILD/test/relay
SOCKET=$PGHOST/.s.PGSQL.5432

# Files, tests and parameters, so that all kinds of rows are loaded; a head of one transaction, a tail of three statements.
shop() {
    write deploy.sql <<'EOF'
BEGIN;
DO $$
DECLARE f record;
BEGIN
    FOR f IN SELECT * FROM pgmi_plan_view WHERE path LIKE '%.sql' ORDER BY execution_order LOOP
        EXECUTE f.content;
    END LOOP;
END $$;
CALL pgmi_test();
COMMIT;
CREATE INDEX CONCURRENTLY IF NOT EXISTS t_a ON t (a);
BEGIN;
INSERT INTO t VALUES (2) ON CONFLICT DO NOTHING;
COMMIT;
EOF
    mkdir -p m __test__
    echo "CREATE TABLE IF NOT EXISTS t (a int UNIQUE); INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING;" >m/1.sql
    echo "CREATE TABLE IF NOT EXISTS u (a int);" >m/2.sql
    echo "SELECT 1;" >__test__/t.sql
}

facts() {
    sql "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace AND nspname = 'public'"
    sql "SELECT string_agg(a::text, ' ' ORDER BY a) FROM t"
}

# The head is all there or not at all, and nothing of the session stays. An index that was cut off is DROPped by hand.
check_point() {
    tries=0
    until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")" = 1 ] || [ $tries -gt 200 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
    expect_sql "SELECT (to_regclass('t') IS NULL) = (to_regclass('u') IS NULL)" t
    expect_sql "SELECT count(*) FROM pg_class WHERE relname LIKE '%pgmi%'" 0
    sql "DROP INDEX IF EXISTS t_a" >/dev/null
    run "$PGWRIGHT" deploy . --param env=dev
    [ "$status" = 0 ] || fail "$1 $2: the next deployment ended with $status: $errors"
    expect_same "$wanted" "$(facts)" "$1 $2: what the next deployment left"
}

every_point() {
    shop
    run "$RELAY" "$SOCKET" --report report -- "$PGWRIGHT" deploy . --param env=dev
    expect_status 0
    wanted=$(facts)
    total=$(sed -n 's/^messages //p' report)
    points=0
    k=1
    while [ $k -le "$total" ] && [ -z "$why" ]; do
        psql -qXd postgres -c "DROP DATABASE \"$PGDATABASE\" WITH (FORCE)" -c "CREATE DATABASE \"$PGDATABASE\""
        timeout 60 "$RELAY" "$SOCKET" "$1" $k -- "$PGWRIGHT" deploy . --param env=dev >/dev/null 2>&1
        check_point "$1" $k
        points=$((points + 1))
        k=$((k + ${FAULT_STEP:-7}))
    done
    name="$name ($points of $total points)"
}

begin "cut behind each message"
every_point --cut
end

begin "killed behind each message"
every_point --kill
end

begin "four round trips from the connection to deploy.sql, however many files"
for i in $(seq 1 2000); do echo "SELECT $i;" >f$i.sql; done
mkdir __test__
echo "SELECT 1;" >__test__/t.sql
printf 'BEGIN;\nCALL pgmi_test(\047t\047);\nCOMMIT;\nSELECT 1;\n' >deploy.sql
run "$RELAY" "$SOCKET" --report report -- "$PGWRIGHT" deploy . --param env=dev
expect_status 0
trips=$(sed -n 's/^round trips //p' report)
# to connect, to see whom it is with, to prepare, two units, to give the lock back, to say goodbye
[ "$trips" -le $((1 + 1 + 3 + 2 + 1 + 1)) ] || fail "it took $trips round trips"
name="$name ($trips with those to connect, for two units and to leave)"
end

begin "a slow wire"
shop
run "$RELAY" "$SOCKET" --delay 50 -- "$PGWRIGHT" deploy . --param env=dev
expect_status 0
end

finish
