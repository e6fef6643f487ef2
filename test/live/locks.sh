# What becomes of a run whose statements do not get their locks.
. "$(dirname "$0")/../lib.sh"

# hold SECONDS – another session that locks the table `busy` for so long
hold() {
    psql -XAtqc "BEGIN; LOCK TABLE busy; SELECT pg_sleep($1); COMMIT" >/dev/null 2>&1 &
    holder=$!
    for _ in $(seq 100); do
        [ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = 'busy'::regclass AND mode = 'AccessExclusiveLock' AND granted")" = 0 ] || break
        sleep 0.05
    done
}

busy_project() {
    sql 'CREATE TABLE busy (id int)' >/dev/null
    project "$1"; change first; change second; change third
    echo 'ALTER TABLE busy ADD COLUMN note text;' >deploy/second.sql
    echo 'SELECT note FROM busy WHERE false;' >verify/second.sql
    echo 'ALTER TABLE busy DROP COLUMN note;' >revert/second.sql
}

for format in pgwright pgpm sqitch; do
    begin "a transaction that did not get its lock is rolled back and tried again ($format)"
    busy_project $format
    hold 2
    run "$PGWRIGHT" deploy --lock-timeout 200ms
    expect_status 0
    expect_errors "deploying shop:second: canceling statement due to lock timeout; rolled back, trying again in 250 ms (1 of 10)"
    expect_errors "    pid [0-9]* (role postgres, .*) holds ACCESS EXCLUSIVE on busy; wanted: ACCESS EXCLUSIVE"
    expect_out "3 steps committed"
    wait "$holder"
    run "$PGWRIGHT" status --check
    expect_status 0
    run "$PGWRIGHT" history --verify
    expect_status 0
    end
done

begin "without retries it is an error, and nothing has happened"
busy_project pgwright
hold 2
run "$PGWRIGHT" deploy --lock-timeout 200ms --lock-retries 0
expect_status 16
expect_errors "deploy/second.sql:1"
expect_no_errors "trying again"
expect_sql "SELECT count(*) FROM pgwright.changes" 0
wait "$holder"
end

begin "--timeout ends the pause before the next attempt"
busy_project pgwright
hold 20
run "$PGWRIGHT" deploy --lock-timeout 100ms --timeout 3s
expect_status 16
expect_errors "out of time"
kill "$holder"
end

begin "a revert is tried again too"
busy_project pgwright
run "$PGWRIGHT" deploy
hold 1
run "$PGWRIGHT" revert --to first --yes --lock-timeout 200ms
expect_status 0
expect_errors "reverting shop:second: canceling statement due to lock timeout; rolled back"
expect_sql "SELECT string_agg(change, ',') FROM pgwright.changes" first
end

finish
