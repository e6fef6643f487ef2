#!/bin/sh
# Session projects: their tests alone, and reports of tests.
. "$(dirname "$0")/../lib.sh"

test_file() {
    mkdir -p "$(dirname "$1")"
    printf '%s\n' "${2:-SELECT 1;}" >"$1"
}

# A table that deploy.sql would make is there already; one test fails, and one fixture.
tree() {
    sql "CREATE TABLE people (name text)"
    test_file deploy.sql "DO \$x\$ BEGIN RAISE EXCEPTION 'deploy.sql ran'; END \$x\$;"
    test_file __test__/_setup.sql "INSERT INTO people VALUES ('fixture');"
    test_file __test__/a.sql "INSERT INTO people VALUES ('a');
DO \$x\$ BEGIN RAISE NOTICE 'people: %', (SELECT count(*) FROM people); END \$x\$;"
    test_file __test__/b.sql "-- a comment
DO \$x\$ BEGIN
    ASSERT (SELECT count(*) FROM people) = 2, 'wrong number';
END \$x\$;"
    test_file __test__/broken/_setup.sql "INSERT INTO people VALUES (nobody);"
    test_file __test__/broken/c.sql
    test_file __test__/broken/below/d.sql
    test_file __test__/e.sql "DO \$x\$ BEGIN ASSERT (SELECT count(*) FROM people) = 1; END \$x\$;"
}

begin "the tests run against the database as it is, up to the first that fails, and leave nothing"
tree
run $PGWRIGHT test .
expect_status 17
expect_same "passed ./__test__/a.sql
FAILED ./__test__/b.sql
not run ./__test__/e.sql
not run ./__test__/broken/c.sql
not run ./__test__/broken/below/d.sql
1 of 5 tests passed in $PGDATABASE" "$(printf '%s\n' "$out" | tr -s ' ' | sed 's/\(\.sql\) .*/\1/')" "the results"
expect_errors '^people: 2$'
expect_errors '^pgwright: tests failed: 1 of 5 passed$'
expect_errors '__test__/b.sql:3:5: wrong number (SQLSTATE P0004)'
expect_no_errors 'deploy.sql ran'
expect_sql "SELECT count(*) FROM people" 0
expect_sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())" 0
end

begin "--keep-going: what fails is rolled back, the folder of a fixture that fails is passed over"
tree
run $PGWRIGHT test . --keep-going --json
expect_status 17
expect_json "d->>'status' || ' ' || (d->>'exitCode') || ' ' || (d->>'passed') || ' ' || (d->>'failed') || ' ' || (d->>'notRun')" "failed 17 2 1 2"
expect_json "d->>'database' = '$PGDATABASE'" t
expect_json "jsonb_path_query_array(d, '\$.tests[*].state')" '["passed", "passed", "failed", "passed", "failed", "not-run", "not-run"]'
expect_json "jsonb_path_query_array(d, '\$.tests[*].path')" '["./__test__/_setup.sql", "./__test__/a.sql", "./__test__/b.sql", "./__test__/e.sql", "./__test__/broken/_setup.sql", "./__test__/broken/c.sql", "./__test__/broken/below/d.sql"]'
expect_json "jsonb_path_query_array(d, '\$.tests[*].kind ? (@ == \"fixture\")')" '["fixture", "fixture"]'
expect_json "d->'tests'->1->>'notices'" '["people: 2"]'
expect_json "d->'tests'->2->'error'->>'line'" 3
expect_json "d->'tests'->4->'error'->>'sqlstate'" 42703
expect_json "d->'tests'->5->>'reason'" "the fixture ./__test__/broken/_setup.sql failed"
expect_json "jsonb_path_exists(d, '\$.tests[*] ? (@.state == \"passed\" && @.durationMs <= 0)')" f
expect_errors '__test__/b.sql:3:5: wrong number'
expect_errors '__test__/broken/_setup.sql:1:1: column "nobody" does not exist'
expect_sql "SELECT count(*) FROM people" 0
end

begin "--pattern and --callback; a callback is told what CALL pgmi_test() tells"
tree
sql "CREATE FUNCTION tell(e anyelement) RETURNS void LANGUAGE plpgsql AS \$\$ BEGIN
    RAISE NOTICE 'told % %', to_jsonb(e)->>'event', coalesce(to_jsonb(e)->>'path', to_jsonb(e)->>'directory'); END \$\$"
run $PGWRIGHT test . --pattern '/[ae]\.sql$' --callback public.tell
expect_status 0
expect_same "told suite_start 
told fixture_start ./__test__/_setup.sql
told fixture_end ./__test__/_setup.sql
told test_start ./__test__/a.sql
people: 2
told test_end ./__test__/a.sql
told rollback ./__test__/a.sql
told test_start ./__test__/e.sql
told test_end ./__test__/e.sql
told rollback ./__test__/e.sql
told teardown_start ./__test__/
told teardown_end ./__test__/
told suite_end " "$(printf '%s\n' "$errors" | grep '^told\|^people')" "the notices"
expect_out '^2 of 2 tests passed in '
run $PGWRIGHT test . --pattern '('
expect_status 13
expect_errors 'invalid regular expression'
run $PGWRIGHT test . --callback 'tell; DROP'
expect_status 13
expect_errors '"tell; DROP" cannot be the name of a callback'
run $PGWRIGHT test . --callback nobody_made_it
expect_status 13
expect_errors 'nobody_made_it'
end

begin "no test is a failure; so is a database that is not there, and it is not made"
test_file deploy.sql
run $PGWRIGHT test . --junit report.xml
expect_status 17
expect_errors 'no tests were discovered'
grep -q '<testcase name="tests" ' report.xml && grep -q 'message="no tests were discovered"' report.xml || fail "$(cat report.xml)"
test_file __test__/a.sql
run $PGWRIGHT test . --pattern nothing --tap
expect_status 17
expect_same 'TAP version 14
not ok 1 - tests' "$(printf '%s\n' "$out" | head -n 2)" "the beginning"
expect_out '^  message: "no tests matched the requested pattern"$'
expect_out '^1..1$'
run $PGWRIGHT test . -d "${PGDATABASE}_x"
expect_status 11
expect_sql "SELECT count(*) FROM pg_database WHERE datname = '${PGDATABASE}_x'" 0
run $PGWRIGHT test ./nowhere/deep
expect_status 10
rm deploy.sql
run $PGWRIGHT test .
expect_status 14
run $PGWRIGHT test . --tap --json
expect_status 2
end

begin "a test that cannot be parsed is told with its line, and those behind it run"
test_file deploy.sql
test_file __test__/a.sql "SELECT 1;
SELEC 2;"
test_file __test__/b.sql
test_file __test__/c.sql "COMMIT;"
run $PGWRIGHT test . --keep-going
expect_status 17
expect_errors '__test__/a.sql:2:1: syntax error at or near "SELEC"'
expect_errors '__test__/c.sql:1:1: '
expect_out '^1 of 3 tests passed'
end

begin "TAP and JUnit of the tests alone"
tree
mv __test__/a.sql '__test__/a #1.sql'
run $PGWRIGHT test . --keep-going --tap --junit report.xml
expect_status 17
expect_same 'TAP version 14
ok 1 - ./__test__/_setup.sql
ok 2 - ./__test__/a \#1.sql
not ok 3 - ./__test__/b.sql
ok 4 - ./__test__/e.sql
not ok 5 - ./__test__/broken/_setup.sql
ok 6 - ./__test__/broken/c.sql # SKIP the fixture ./__test__/broken/_setup.sql failed
ok 7 - ./__test__/broken/below/d.sql # SKIP the fixture ./__test__/broken/_setup.sql failed
1..7' "$(printf '%s\n' "$out" | grep -v '^ ')" "the points"
expect_out '^    line: 3$'
expect_out '^  sqlstate: "42703"$'
grep -q '<testsuites name="pgwright test" tests="7" failures="2" errors="0" skipped="2"' report.xml || fail "$(cat report.xml)"
grep -q '<testsuite name="./__test__/broken/" tests="2" failures="1"' report.xml || fail "$(cat report.xml)"
grep -q '<failure type="P0004" message="wrong number">__test__/b.sql:3:5: wrong number</failure>' report.xml || fail "$(cat report.xml)"
end

# A deployment with tests that a callback of its own is told of.
deployment() {
    test_file __test__/_setup.sql "INSERT INTO t VALUES (1);"
    test_file __test__/a.sql "DO \$x\$ BEGIN PERFORM pg_sleep(0.05); RAISE NOTICE 'in a'; END \$x\$;"
    test_file __test__/b.sql "SELECT 1 / (SELECT count(*) - $1 FROM t);"
    test_file other/__test__/c.sql
    write deploy.sql <<'END'
BEGIN;
SET client_min_messages = error;
CREATE TABLE t (a int);
CREATE FUNCTION pg_temp.quiet(e pg_temp.pgmi_test_event) RETURNS void LANGUAGE plpgsql AS $$ BEGIN END $$;
CALL pgmi_test('^./__test__', 'pg_temp.quiet');
CALL pgmi_test('other');
COMMIT;
END
}

begin "deploy --junit and --tap: each test with its time, also of a deployment that is rolled back"
deployment 1
run $PGWRIGHT deploy . --tap --junit report.xml
expect_status 13
expect_same 'TAP version 14
ok 1 - ./__test__/_setup.sql
ok 2 - ./__test__/a.sql
not ok 3 - ./__test__/b.sql
ok 4 - ./other/__test__/c.sql # SKIP the deployment failed before
not ok 5 - deploy.sql
1..5' "$(printf '%s\n' "$out" | grep -v '^ ')" "the points"
expect_no_errors '^begin\|^end'
expect_sql "SELECT to_regclass('t') IS NULL" t
grep -q '<failure type="22012" message="division by zero">__test__/b.sql:1:1: division by zero</failure>' report.xml || fail "$(cat report.xml)"
grep 'testcase name="./__test__/a.sql"' report.xml | grep -q 'time="0\.0[5-9]\|time="0\.[1-9]' || fail "$(cat report.xml)"
deployment 0
run $PGWRIGHT deploy . --junit report.xml --json
expect_status 0
expect_json "jsonb_path_query_array(d, '\$.tests[*].state')" '["passed", "passed", "passed", "passed"]'
grep -q '<testsuites name="pgwright deploy" tests="5" failures="0" errors="0" skipped="0"' report.xml || fail "$(cat report.xml)"
end

begin "without these flags the statements are those of pgmi_test_generate()"
test_file __test__/a.sql
write deploy.sql <<'END'
BEGIN;
CREATE TABLE same AS SELECT strpos(current_query(), pg_temp.pgmi_test_generate()) > 0 AS whole;
CALL pgmi_test();
COMMIT;
END
run $PGWRIGHT deploy .
expect_status 0
expect_sql "TABLE same" t
run $PGWRIGHT deploy ./nowhere/deep --junit report.xml
expect_status 10
grep -q '<testcase name="deploy.sql" ' report.xml || fail "$(cat report.xml)"
end

finish
