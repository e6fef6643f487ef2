#!/bin/sh
# Session deployments: two at once, out of time, interrupted, cut off. What was not committed is gone, and no lock stays.
. "$(dirname "$0")/../lib.sh"

slow='BEGIN;
CREATE TABLE t (a int);
SELECT pg_sleep(60);
COMMIT;'

no_locks() {
    expect_sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())" 0
}

# Waits until the deployment is in its sleep, in the database that is meant.
sleeping() {
    tries=0
    until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'")" = 1 ]; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || { fail "the deployment does not sleep"; break; }
        sleep 0.1
    done
}

begin "another deployment of the same database is refused; one of another database is not"
printf '%s\n' "$slow" >deploy.sql
$PGWRIGHT deploy . >slow.out 2>&1 &
pid=$!
sleeping
run $PGWRIGHT deploy . --json
expect_status 15
expect_json "d->>'exitCode'" 15
expect_errors 'another deployment of this database is running'
mkdir other
echo 'SELECT 1;' >other/deploy.sql
psql -qXd postgres -c "CREATE DATABASE \"${PGDATABASE}_2\""
run $PGWRIGHT deploy ./other -d "${PGDATABASE}_2"
expect_status 0
psql -qXd postgres -c "DROP DATABASE \"${PGDATABASE}_2\""
kill -INT $pid
wait $pid
expect_same 130 $? "status of an interrupted deployment"
grep -q 'failed after' slow.out || fail "$(cat slow.out)"
expect_sql "SELECT to_regclass('t') IS NULL" t
no_locks
end

begin "interrupted in the tail: what was committed stays"
printf 'CREATE TABLE t (a int);\nCOMMIT;\nINSERT INTO t VALUES (1);\nSELECT pg_sleep(60);\nINSERT INTO t VALUES (2);\n' >deploy.sql
$PGWRIGHT deploy . >slow.out 2>&1 &
pid=$!
sleeping
kill -TERM $pid
wait $pid
expect_same 130 $? "status"
grep -q 'in unit 3 of 4; 2 before it are committed' slow.out || fail "$(cat slow.out)"
expect_sql "SELECT string_agg(a::text, ',') FROM t" 1
no_locks
end

begin "interrupted in the head: nothing is kept; a second signal leaves at once"
printf '%s\n' "$slow" >deploy.sql
for signal in INT TERM; do
    $PGWRIGHT deploy . --json >slow.out 2>slow.err &
    pid=$!
    sleeping
    kill -$signal $pid
    wait $pid
    expect_same 130 $? "status after SIG$signal"
    grep -q '"exitCode": 130' slow.out || fail "$(cat slow.out)"
    grep -q '"unitsCommitted": 0' slow.out || fail "$(cat slow.out)"
    expect_sql "SELECT to_regclass('t') IS NULL" t
    no_locks
done
# a server that does not answer the request to cancel
printf 'SELECT 1;\nSELECT pg_sleep(60);\n' >deploy.sql
$PGWRIGHT deploy . >slow.out 2>&1 &
pid=$!
sleeping
backend=$(sql "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'")
kill -STOP "$backend"
kill -INT $pid
sleep 0.5
kill -INT $pid
before=$(date +%s)
wait $pid
expect_same 130 $? "status after two signals"
[ $(($(date +%s) - before)) -lt 5 ] || fail "it did not leave at once"
kill -CONT "$backend"
end

begin "interrupted while it waits for a lock of another session"
sql "CREATE TABLE t (a int)" >/dev/null
printf 'ALTER TABLE t ADD b int;\n' >deploy.sql
psql -qXc "BEGIN; LOCK TABLE t; SELECT pg_sleep(60)" >/dev/null 2>&1 &
holder=$!
sleeping
$PGWRIGHT deploy . >slow.out 2>&1 &
pid=$!
sleep 1
kill -INT $pid
wait $pid
expect_same 130 $? "status"
kill $holder
no_locks
end

begin "out of time"
printf '%s\n' "$slow" >deploy.sql
run $PGWRIGHT deploy . --timeout 2s --json
expect_status 16
expect_json "concat_ws(' ', d->>'status', d->>'exitCode')" "failed 16"
expect_errors 'hint: .*--timeout'
expect_sql "SELECT to_regclass('t') IS NULL" t
no_locks
printf 'SET statement_timeout = 100;\nSELECT pg_sleep(60);\n' >deploy.sql
run $PGWRIGHT deploy .
expect_status 13
expect_errors 'statement timeout (SQLSTATE 57014)'
sql "CREATE TABLE t (a int)" >/dev/null
psql -qXc "BEGIN; LOCK TABLE t; SELECT pg_sleep(60)" >/dev/null 2>&1 &
holder=$!
sleeping
printf 'SET lock_timeout = 1000;\nALTER TABLE t ADD b int;\n' >deploy.sql
run $PGWRIGHT deploy . --lock-retries 1
expect_status 16
expect_errors 'holds ACCESS EXCLUSIVE on t; wanted: ACCESS EXCLUSIVE'
kill $holder
end

begin "the server's process is killed"
printf '%s\n' "$slow" >deploy.sql
$PGWRIGHT deploy . >slow.out 2>&1 &
pid=$!
sleeping
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'" >/dev/null
wait $pid
expect_same 11 $? "status"
grep -q 'failed after' slow.out || fail "$(cat slow.out)"
expect_sql "SELECT to_regclass('t') IS NULL" t
printf 'CREATE TABLE t (a int);\nCOMMIT;\nINSERT INTO t VALUES (1);\nSELECT pg_sleep(60);\nINSERT INTO t VALUES (2);\n' >deploy.sql
$PGWRIGHT deploy . --json >slow.out 2>&1 &
pid=$!
sleeping
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'" >/dev/null
wait $pid
expect_same 11 $? "status in the tail"
grep -q '"unitsCommitted": 2' slow.out || fail "$(cat slow.out)"
expect_sql "SELECT string_agg(a::text, ',') FROM t" 1
end

begin "deploy.sql takes what it likes of advisory locks: all are given back"
printf 'SELECT pg_advisory_lock(1);\nCOMMIT;\nSELECT pg_advisory_lock_shared(2);\n' >deploy.sql
run $PGWRIGHT deploy .
expect_status 0
no_locks
printf 'SELECT pg_advisory_lock(1);\nCOMMIT;\nSELECT 1 / 0;\n' >deploy.sql
run $PGWRIGHT deploy .
expect_status 13
no_locks
end

finish
