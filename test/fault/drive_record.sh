# A recorded session deployment is cut off, or killed, behind its messages: whatever the point, the next one comes to its end, the
# audit log is whole, and files are told to be deployed only when their deployment came to its end.
. "$(dirname "$0")/../lib.sh"

RELAY=$BUILD/test/relay
SOCKET=$PGHOST/.s.PGSQL.5432

shop() {
    mkdir -p shop/m
    write shop/deploy.sql <<'SQL'
BEGIN;
DO $$
DECLARE f record;
BEGIN
    FOR f IN SELECT * FROM pgmi_plan_view WHERE path LIKE '%.sql' ORDER BY execution_order LOOP
        EXECUTE f.content;
    END LOOP;
END $$;
COMMIT;
CREATE INDEX CONCURRENTLY IF NOT EXISTS t_a ON t (a);
BEGIN;
INSERT INTO t VALUES (2);
COMMIT;
SQL
    echo "CREATE TABLE IF NOT EXISTS t (a int);" >shop/m/1.sql
    echo "CREATE TABLE IF NOT EXISTS u (a int);" >shop/m/2.sql
}

settle() {
    tries=0
    until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")" = 1 ] || [ $tries -gt 200 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
}

check_point() {
    settle
    if [ "$(sql "SELECT to_regclass('pgwright.file_history') IS NOT NULL")" = t ]; then
        ended=$(sql "SELECT count(*) FROM pgwright.deployments WHERE outcome = 'done'")
        expect_sql "SELECT count(*) FROM pgwright.file_history" $((ended * 3))
    fi
    sql "DROP INDEX IF EXISTS t_a" >/dev/null
    run "$PGWRIGHT" deploy shop --record
    [ "$status" = 0 ] || fail "$1 $2: the next deployment ended with $status: $errors"
    run "$PGWRIGHT" history --verify
    [ "$status" = 0 ] || fail "$1 $2: the audit log is broken: $out"
    run "$PGWRIGHT" status ./shop --check
    [ "$status" = 0 ] || fail "$1 $2: what the next deployment recorded: $out"
}

every_point() {
    shop
    run "$RELAY" "$SOCKET" --report report -- "$PGWRIGHT" deploy shop --record
    expect_status 0
    total=$(sed -n 's/^messages //p' report)
    points=0
    k=1
    while [ $k -le "$total" ] && [ -z "$why" ]; do
        psql -qXd postgres -c "DROP DATABASE \"$PGDATABASE\" WITH (FORCE)" -c "CREATE DATABASE \"$PGDATABASE\""
        timeout 60 "$RELAY" "$SOCKET" "$1" $k -- "$PGWRIGHT" deploy shop --record >/dev/null 2>&1
        check_point "$1" $k
        points=$((points + 1))
        k=$((k + ${FAULT_STEP:-31}))
    done
    name="$name ($points of $total points)"
}

begin "cut behind messages of a recorded deployment"
every_point --cut
end

begin "killed behind messages of a recorded deployment"
every_point --kill
end

begin "the server ends the deployment's session: written down as failed"
shop
echo 'SELECT pg_terminate_backend(pg_backend_pid());' >>shop/deploy.sql
run "$PGWRIGHT" deploy shop --record
expect_status 11
expect_sql "SELECT outcome FROM pgwright.deployments" failed
expect_sql "SELECT string_agg(kind, ' ' ORDER BY seq) FROM pgwright.events" "start statement statement statement fail"
end

finish
