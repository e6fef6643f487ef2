#!/bin/sh
# Session deployments: the tests within a deployment.
. "$(dirname "$0")/../lib.sh"

test_file() {
    mkdir -p "$(dirname "$1")"
    printf '%s\n' "${2:-SELECT 1;}" >"$1"
}

# A tree with fixtures at two levels, a gap, a folder of fixtures alone, and a file that is no SQL.
tree() {
    test_file __test__/_setup.sql "CREATE TABLE fixture (a int); INSERT INTO fixture VALUES (1);"
    test_file __test__/b.sql "DO \$x\$ BEGIN ASSERT (SELECT count(*) FROM fixture) = 1; INSERT INTO fixture VALUES (2); END \$x\$;"
    test_file __test__/a.sql "INSERT INTO fixture VALUES (2);"
    test_file __test__/sub/deep/_SETUP.SQL "INSERT INTO fixture VALUES (3);"
    test_file __test__/sub/deep/c.sql "DO \$x\$ BEGIN ASSERT (SELECT count(*) FROM fixture) = 2; END \$x\$;"
    test_file __test__/zzz/_setup.sql "SELECT 1 / 0;"
    test_file lib/__tests__/d.sql
    test_file lib/__tests__/data.json "{}"
}

begin "the plan, in the order of folders; the client's text is that of pgmi_test_generate()"
tree
write deploy.sql <<'EOF'
BEGIN;
CREATE TABLE plan AS SELECT * FROM pg_temp.pgmi_test_plan();
CREATE TABLE chosen AS SELECT * FROM pg_temp.pgmi_test_plan('deep|/d');
CREATE TABLE folders AS SELECT * FROM pgmi_test_directory_view;
CREATE TABLE sources AS SELECT * FROM pgmi_test_source_view;
SELECT pg_temp.pgmi_persist_test_plan('public'), pg_temp.pgmi_persist_test_plan('public', 'deep');
CREATE TABLE same AS SELECT strpos(current_query(), pg_temp.pgmi_test_generate()) > 0 AS whole,
    strpos(current_query(), pg_temp.pgmi_test_generate('deep', 'pg_temp.tell')) > 0 AS part,
    strpos(current_query(), pg_temp.pgmi_test_generate('nothing')) > 0 AS none;
CREATE FUNCTION pg_temp.tell(e pg_temp.pgmi_test_event) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    RAISE NOTICE 'told % % % % %', e.event, e.path, e.directory, e.depth, e.ordinal; END $$;
CALL pgmi_test();
CALL pgmi_test('deep', 'pg_temp.tell');
SAVEPOINT s;
DO $$ BEGIN EXECUTE 'SELECT 1'; END $$;
COMMIT;
EOF
run $PGWRIGHT deploy .
expect_status 0
expect_sql "SELECT string_agg(ordinal || ' ' || step_type || ' ' || coalesce(script_path, directory) || ' ' || depth, E'\n' ORDER BY ordinal) FROM plan" \
    "1 fixture ./__test__/_setup.sql 0
2 test ./__test__/a.sql 0
3 test ./__test__/b.sql 0
4 fixture ./__test__/sub/deep/_SETUP.SQL 2
5 test ./__test__/sub/deep/c.sql 2
6 teardown ./__test__/sub/deep/ 2
7 teardown ./__test__/ 0
8 test ./lib/__tests__/d.sql 0
9 teardown ./lib/__tests__/ 0"
expect_sql "SELECT string_agg(step_type || ' ' || coalesce(script_path, directory), ', ' ORDER BY ordinal) FROM chosen" \
    "fixture ./__test__/_setup.sql, fixture ./__test__/sub/deep/_SETUP.SQL, test ./__test__/sub/deep/c.sql, teardown ./__test__/sub/deep/, teardown ./__test__/, test ./lib/__tests__/d.sql, teardown ./lib/__tests__/"
expect_sql "SELECT string_agg(path || ' ' || coalesce(parent_path, '-') || ' ' || depth, ', ' ORDER BY path COLLATE \"C\") FROM folders" \
    "./__test__/ - 0, ./__test__/sub/deep/ ./__test__/ 2, ./__test__/zzz/ ./__test__/ 1, ./lib/__tests__/ - 0"
expect_sql "SELECT count(*) || ' ' || count(*) FILTER (WHERE is_fixture) FROM sources" "7 3"
expect_sql "SELECT count(*) FROM pgmi_test_plan" 5
expect_sql "TABLE same" "t|t|f"
expect_sql "SELECT to_regclass('fixture') IS NULL" t
expect_same "told suite_start <NULL>  0 0
told fixture_start ./__test__/_setup.sql ./__test__/ 0 1
told fixture_end ./__test__/_setup.sql ./__test__/ 0 1
told fixture_start ./__test__/sub/deep/_SETUP.SQL ./__test__/sub/deep/ 2 2
told fixture_end ./__test__/sub/deep/_SETUP.SQL ./__test__/sub/deep/ 2 2
told test_start ./__test__/sub/deep/c.sql ./__test__/sub/deep/ 2 3
told test_end ./__test__/sub/deep/c.sql ./__test__/sub/deep/ 2 3
told rollback ./__test__/sub/deep/c.sql ./__test__/sub/deep/ 2 3
told teardown_start <NULL> ./__test__/sub/deep/ 2 4
told teardown_end <NULL> ./__test__/sub/deep/ 2 4
told teardown_start <NULL> ./__test__/ 0 5
told teardown_end <NULL> ./__test__/ 0 5
told suite_end <NULL>  0 5" "$(printf '%s\n' "$errors" | grep '^told')" "the events"
expect_same "[pgmi] Test suite started
[pgmi] Fixture: ./__test__/_setup.sql
[pgmi] Test: ./__test__/a.sql
[pgmi] Test: ./__test__/b.sql
[pgmi] Fixture: ./__test__/sub/deep/_SETUP.SQL
[pgmi] Test: ./__test__/sub/deep/c.sql
[pgmi] Test: ./lib/__tests__/d.sql
[pgmi] Test suite completed (9 steps)" "$(printf '%s\n' "$errors" | grep '^.pgmi')" "the reporter's notices"
expect_errors '2 test macros expanded'
end

begin "two fixtures in a folder, and names with quotes and backslashes, are the same on both sides"
test_file "it's/__test__/_setup.sql"
test_file "it's/__test__/_setup.psql"
test_file "it's/__test__/%s é.sql"
write deploy.sql <<'EOF'
BEGIN;
CREATE TABLE same AS SELECT strpos(current_query(), pg_temp.pgmi_test_generate()) > 0 AS whole;
CALL pgmi_test();
COMMIT;
EOF
run $PGWRIGHT deploy .
expect_status 0
expect_sql "TABLE same" t
end

begin "a test that fails takes the deployment back; an empty gate fails too"
test_file __test__/t.sql "DO \$x\$ BEGIN ASSERT (SELECT count(*) FROM t) = 1, 'wrong'; END \$x\$;"
printf 'BEGIN;\nCREATE TABLE t (a int);\nSAVEPOINT s;\nCALL pgmi_test();\nROLLBACK TO s;\nCOMMIT;\n' >deploy.sql
run $PGWRIGHT deploy .
expect_status 13
expect_errors 'Failed in ./__test__/t.sql: wrong (SQLSTATE P0004)'
expect_sql "SELECT to_regclass('t') IS NULL" t
rm -r __test__
run $PGWRIGHT deploy .
expect_status 13
expect_errors 'no tests were discovered (SQLSTATE P0002)'
end

begin "tests without a macro: run by deploy.sql itself, and errors are caught there"
test_file __test__/t.sql "SELECT 1 / 0;"
write deploy.sql <<'EOF'
DO $$ BEGIN
    PERFORM pg_temp.pgmi_run_test_source('./__test__/t.sql');
EXCEPTION WHEN division_by_zero THEN
    RAISE NOTICE 'caught: %', SQLERRM;
END $$;
DO $$ BEGIN
    PERFORM pg_temp.pgmi_validate_pattern('(');
EXCEPTION WHEN raise_exception THEN
    RAISE NOTICE 'pattern: %', SQLERRM;
END $$;
DO $$ BEGIN
    PERFORM pg_temp.pgmi_test_generate(NULL, 'a; DROP');
EXCEPTION WHEN invalid_parameter_value THEN
    RAISE NOTICE 'callback: %', SQLERRM;
END $$;
EOF
run $PGWRIGHT deploy .
expect_status 0
expect_errors '^caught: Failed in ./__test__/t.sql: division by zero$'
expect_errors '^pattern: Invalid regex pattern: ($'
expect_errors '^callback: '
end

finish
