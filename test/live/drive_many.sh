#!/bin/sh
# Session projects deployed to many databases.
. "$(dirname "$0")/../lib.sh"

# Databases a, b and c beside the case's own; b refuses.
databases() {
    a=${PGDATABASE}_a b=${PGDATABASE}_b c=${PGDATABASE}_c
    for one in $a $b $c; do
        psql -XAtq -d postgres -c "CREATE DATABASE $one"
    done
    write deploy.sql <<'END'
DO $$ BEGIN RAISE NOTICE 'deploying to %', current_database(); END $$;
CREATE TABLE t AS SELECT path FROM pgmi_source_view;
SELECT 1 / (SELECT count(*) FROM pg_settings WHERE name = 'server_version' AND current_database() !~ '_b$');
COMMIT;
END
    echo 'SELECT 1;' >file.sql
}

drop_databases() {
    for one in $a $b $c; do
        psql -XAtq -d postgres -c "DROP DATABASE IF EXISTS $one WITH (FORCE)" >/dev/null 2>&1
    done
}

# begin_slow N CONDITION ARGUMENT...: deploys in the background until N sessions are as the condition says
begin_slow() {
    sessions=$1 condition=$2
    shift 2
    $PGWRIGHT deploy . "$@" >"$test_root/out" 2>"$test_root/errors" &
    runner=$!
    tries=0
    until [ "$(psql -XAtq -d postgres -c "SELECT count(*) FROM pg_stat_activity WHERE $condition")" = "$sessions" ] || [ $tries -gt 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
}

# and waits for its end
end_slow() {
    wait $runner
    status=$?
    out=$(cat "$test_root/out") errors=$(cat "$test_root/errors") command="deploy"
}

# where the table t is
tables() {
    for one in $a $b $c; do
        psql -XAtq -d "$one" -c "SELECT 1 FROM t" >/dev/null 2>&1 && printf '%s ' "${one#"${PGDATABASE}"_}"
    done
}

begin "a failure ends it: no other database is begun; each has its lines and its result"
databases
run $PGWRIGHT deploy . -d "$a,$b, $c"
expect_status 13
expect_same "a " "$(tables)" "deployed"
expect_errors "^\\[$a\\] deploying to $a\$"
expect_errors "^\\[$a\\] .* $a: 1 file loaded in "
expect_errors "^\\[$b\\] pgwright: .*deploy.sql:3:.*division by zero"
expect_errors "^done      $a\$"
expect_errors "^FAILED    $b: division by zero (exit code 13)\$"
expect_errors "^not begun $c\$"
expect_errors 'the deployment failed in 1 of 3 databases'
drop_databases
end

begin "--keep-going, --jobs, --targets: all of them, one document, one report"
databases
cat >"$test_root/targets.txt" <<END
# all of ours
$a

host=$PGHOST dbname=$b user=postgres password=canary-of-b
postgresql://postgres:$canary_url@/$c?host=$PGHOST
END
run $PGWRIGHT deploy . --targets "$test_root/targets.txt" --jobs 3 --keep-going --json --junit report.xml
expect_status 13
expect_same "a c " "$(tables)" "deployed"
expect_json "d->>'status' || ' ' || (d->>'exitCode') || ' ' || (d->>'succeeded') || ' ' || (d->>'failed') || ' ' || (d->>'notBegun')" "failed 13 2 1 0"
expect_json "jsonb_path_query_array(d, '\$.databases[*].database') = '[\"$a\", \"$b\", \"$c\"]'" t
expect_json "jsonb_path_query_array(d, '\$.databases[*].status')" '["success", "failed", "success"]'
expect_json "d->'databases'->1->>'line'" 3
expect_json "d->'databases'->1->>'sqlstate'" 22012
grep -q '<testsuites name="pgwright deploy" tests="3" failures="1"' report.xml || fail "$(cat report.xml)"
grep -q "<testsuite name=\"$b deploy.sql\" tests=\"1\" failures=\"1\"" report.xml || fail "$(cat report.xml)"
! grep -q canary "$test_root/out" "$test_root/errors" report.xml || fail "the password was told"
drop_databases
end

begin "the first by precedence is the exit code; databases that are missing are made"
databases
psql -XAtq -d postgres -c "DROP DATABASE $c"
psql -XAtq -d "$a" -c "SELECT pg_advisory_lock(hashtextextended('pgmi.deploy.' || current_database(), 0)), pg_sleep(20)" >/dev/null 2>&1 &
holder=$!
sleep 1
run $PGWRIGHT deploy . -d "$a,$b,$c" --keep-going --tap
expect_status 15
expect_same "c " "$(tables)" "deployed"
expect_same "TAP version 14
not ok 1 - $a: deploy.sql
not ok 2 - $b: deploy.sql
ok 3 - $c: deploy.sql
1..3" "$(printf '%s\n' "$out" | grep -v '^ ')" "the points"
expect_errors "^\\[$c\\] Created database \"$c\""
psql -XAtq -d postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$a'" >/dev/null
wait $holder
drop_databases
end

begin "what is wrong is found before any database is touched"
databases
run $PGWRIGHT deploy . -d "$a,$b,$a"
expect_status 2
expect_errors "database $a on .* is named twice"
run $PGWRIGHT deploy . -d ","
expect_status 10
run $PGWRIGHT deploy . --targets none.txt
expect_status 10
expect_errors 'none.txt'
printf '%s\npostgresql://h:99999/%s\n' "$a" "$b" >bad.txt
run $PGWRIGHT deploy . --targets bad.txt
expect_status 10
expect_errors 'reading bad.txt:2'
run $PGWRIGHT deploy . --targets bad.txt -d "$a"
expect_status 2
printf 'postgresql:///%s?password='"$canary_url"'\n' "$a" >"$test_root/url.txt"
run $PGWRIGHT deploy . --targets "$test_root/url.txt" --host "$PGHOST"
expect_status 10
expect_errors 'url.txt:1 is a connection string: --host contradicts it'
expect_same "" "$(tables)" "deployed"
drop_databases
end

begin "--dry-run tells of each what it would do"
databases
run $PGWRIGHT deploy . -d "$a,$c" --dry-run --jobs 2
expect_status 0
expect_same "" "$(tables)" "deployed"
expect_errors "^\\[$a\\] .*nothing of it is kept"
expect_errors "^\\[$c\\] deploy.sql .* 3 statements"
drop_databases
end

begin "Ctrl-C stops all, and each tells of it"
databases
echo "SELECT pg_sleep(60);" >deploy.sql
begin_slow 2 "query LIKE '%pg_sleep(60)%' AND datname ~ '^$PGDATABASE'" -d "$a,$b,$c" --jobs 2 --keep-going
kill -TERM $runner
end_slow
expect_status 130
expect_errors "^\\[$a\\] pgwright: .*canceling statement"
expect_errors "^\\[$b\\] pgwright: .*canceling statement"
expect_errors "^FAILED    $a: .* (exit code 130)"
expect_errors "^not begun $c\$"
expect_sql "SELECT count(*) FROM pg_stat_activity WHERE datname ~ '^${PGDATABASE}_'" 0
drop_databases
end

begin "a process that ends without a result is told of, and the others are done"
databases
echo "SELECT pg_sleep(CASE current_database() WHEN '$b' THEN 60 ELSE 0 END);" >deploy.sql
begin_slow 1 "query LIKE '%pg_sleep(%' AND datname = '$b'" -d "$a,$b,$c" --jobs 2 --keep-going --json
until [ "$(ps -o pid= --ppid $runner | wc -l)" = 1 ] || [ $tries -gt 200 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
kill -9 $(ps -o pid= --ppid $runner)
end_slow
expect_status 3
expect_out '"succeeded": 2,'
expect_out '"error": "its process ended without a result"'
expect_errors "the deployment failed in 1 of 3 databases"
drop_databases
end

finish
