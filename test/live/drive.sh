#!/bin/sh
# Session deployments: what deploy.sql finds in its session, and how it runs.
. "$(dirname "$0")/../lib.sh"

# What nearly every project does: all files of its plan, in order.
all_files() {
    cat <<'SQL'
DO $$
DECLARE f record;
BEGIN
    FOR f IN SELECT p.path, p.content FROM pgmi_plan_view p JOIN pgmi_source_view s USING (path)
             WHERE s.is_sql_file ORDER BY p.execution_order LOOP
        RAISE NOTICE 'run %', f.path;
        EXECUTE f.content;
    END LOOP;
END $$;
SQL
}

begin "views have the columns and types that were promised, functions their signatures"
write deploy.sql <<'EOF'
CREATE TABLE api AS
SELECT c.relname || ': ' || string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) AS line
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = pg_my_temp_schema() AND c.relname LIKE 'pgmi%' GROUP BY c.relname;
INSERT INTO api
SELECT p.proname || '(' || pg_get_function_arguments(p.oid) || ') ' || pg_get_function_result(p.oid) || ' ' || p.provolatile::text ||
       ' ' || l.lanname
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace = pg_my_temp_schema() AND p.proname LIKE 'pgmi%';
EOF
run $PGWRIGHT deploy .
expect_status 0
expect_same "$(cat <<'EOF'
pgmi_has_tests(p_directory text, p_pattern text DEFAULT NULL::text) boolean s sql
pgmi_is_sql_file(filename text) boolean i sql
pgmi_parameter_view: key text, value text, type text, required boolean, default_value text, description text
pgmi_persist_test_plan(target_schema text, p_pattern text DEFAULT NULL::text) void v plpgsql
pgmi_plan_view: path text, content text, checksum text, generic_id uuid, id uuid, idempotent boolean, description text, sort_key text, execution_order bigint
pgmi_register_file(in_path text, in_content text, in_checksum text, in_pgmi_checksum text) _pgmi_source v plpgsql
pgmi_run_test_source(p_path text) void v plpgsql
pgmi_source_metadata_view: path text, id uuid, idempotent boolean, sort_keys text[], description text
pgmi_source_view: path text, name text, directory text, extension text, depth integer, content text, size_bytes bigint, checksum text, pgmi_checksum text, path_parts text[], is_sql_file boolean, is_test_file boolean, parent_folder_name text
pgmi_test_callback(e pgmi_test_event) void v plpgsql
pgmi_test_directory_view: path text, parent_path text, depth integer
pgmi_test_event: event text, path text, directory text, depth integer, ordinal integer, context jsonb
pgmi_test_generate(p_pattern text DEFAULT NULL::text, p_callback text DEFAULT 'pg_temp.pgmi_test_callback'::text) text v plpgsql
pgmi_test_plan(p_pattern text DEFAULT NULL::text) TABLE(ordinal integer, step_type text, script_path text, directory text, depth integer) s sql
pgmi_test_source_view: path text, directory text, filename text, content text, is_fixture boolean
pgmi_validate_pattern(p_pattern text) text i plpgsql
EOF
)" "$(sql "SELECT regexp_replace(line, 'pg_temp_\d+', 'pg_temp') FROM api ORDER BY line COLLATE \"C\"")" "the contract"
end

begin "each file is a row, with all that follows from its path"
write deploy.sql <<'EOF'
CREATE TABLE seen AS SELECT * FROM pgmi_source_view;
EOF
write README <<'EOF'
not SQL
EOF
write "a b/Größe.SQL" <<'EOF'
SELECT 'É';
EOF
printf 'SELECT 1;\r\n' >crlf.psql
: >empty.sql
write "a b/c/x.tar.gz" <<'EOF'
x
EOF
write __test__/t.sql <<'EOF'
SELECT 1;
EOF
run $PGWRIGHT deploy . --json
expect_status 0
expect_json "d->>'filesLoaded'" 6
expect_sql "SELECT string_agg(path || '|' || name || '|' || directory || '|' || extension || '|' || depth || '|' || size_bytes || '|' ||
    is_sql_file || '|' || is_test_file || '|' || array_to_string(path_parts, '>') || '|' || coalesce(parent_folder_name, 'none'),
    E'\n' ORDER BY path COLLATE \"C\") FROM seen" "./README|README|./||0|8|false|false|.>README|none
./a b/Größe.SQL|Größe.SQL|./a b/|.SQL|1|13|true|false|.>a b>Größe.SQL|a b
./a b/c/x.tar.gz|x.tar.gz|./a b/c/|.gz|2|2|false|false|.>a b>c>x.tar.gz|c
./crlf.psql|crlf.psql|./|.psql|0|11|true|false|.>crlf.psql|none
./empty.sql|empty.sql|./|.sql|0|0|true|false|.>empty.sql|none"
expect_sql "SELECT count(*) FROM seen WHERE checksum <> encode(sha256(convert_to(content, 'UTF8')), 'hex') OR octet_length(content) <> size_bytes" 0
expect_sql "SELECT content = E'SELECT 1;\r\n' FROM seen WHERE name = 'crlf.psql'" t
expect_sql "SELECT pgmi_checksum FROM seen WHERE name = 'empty.sql'" e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
end

begin "the plan: a row for each sort key, in byte order, paths before numbers"
write deploy.sql <<'EOF'
CREATE TABLE plan AS SELECT * FROM pgmi_plan_view;
CREATE TABLE meta AS SELECT * FROM pgmi_source_metadata_view;
EOF
write two.sql <<'EOF'
/* <pgmi-meta id="6f1c9c58-0000-4000-8000-000000000001" idempotent="false">
     <description>runs twice</description>
     <sortKeys><key>010/b</key><key>900</key></sortKeys>
   </pgmi-meta> */
SELECT 1;
EOF
echo 'SELECT 1;' >one.sql
echo 'SELECT 1;' >Zone.sql
echo hello >notes.txt
run $PGWRIGHT deploy .
expect_status 0
expect_sql "SELECT string_agg(execution_order || ' ' || path || ' ' || sort_key || ' ' || idempotent || ' (' || description || ')', E'\n' ORDER BY execution_order) FROM plan" "1 ./Zone.sql ./Zone.sql true ()
2 ./notes.txt ./notes.txt true ()
3 ./one.sql ./one.sql true ()
4 ./two.sql 010/b false (runs twice)
5 ./two.sql 900 false (runs twice)"
expect_sql "SELECT count(*) FROM plan WHERE generic_id <> md5(path)::uuid" 0
expect_sql "SELECT id || ' ' || array_to_string(sort_keys, ',') FROM meta" "6f1c9c58-0000-4000-8000-000000000001 010/b,900"
psql -qXc 'DROP TABLE plan, meta'
run $PGWRIGHT deploy . --plan-files sql
expect_status 0
expect_sql "SELECT string_agg(path, ' ' ORDER BY execution_order) FROM plan" "./Zone.sql ./one.sql ./two.sql ./two.sql"
end

begin "parameters are rows and settings, of the whole session"
write deploy.sql <<'EOF'
BEGIN;
CREATE TABLE lost (a text);
ROLLBACK;
CREATE TABLE p AS SELECT key, value, current_setting('pgmi.' || key) AS setting, current_setting('pgwright.' || key) AS ours
FROM pgmi_parameter_view;
EOF
write params.env <<'EOF'
# comment
region = "eu west"
env=dev
EOF
run $PGWRIGHT deploy . --params-file params.env --param Env=prod --param "text=it's, a = b"
expect_status 0
expect_errors '^Loaded 3 parameters$'
expect_no_errors 'prod\|eu west'
expect_sql "SELECT string_agg(key || '=' || value, ';' ORDER BY key) FROM p" "env=prod;region=eu west;text=it's, a = b"
expect_sql "SELECT count(*) FROM p WHERE value <> setting OR value <> ours" 0
end

begin "files run in order, in one transaction; and again"
{ echo 'BEGIN;'; all_files; echo 'COMMIT;'; } >deploy.sql
write m/001.sql <<'EOF'
CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY);
EOF
write m/002.sql <<'EOF'
INSERT INTO users VALUES (1) ON CONFLICT DO NOTHING;
EOF
echo "no SQL at all" >README.md
for time in first second; do
    run $PGWRIGHT deploy .
    expect_status 0
    expect_same "run ./m/001.sql
run ./m/002.sql" "$(printf '%s\n' "$errors" | grep '^run ')" "order of the $time run"
done
expect_sql "SELECT count(*) FROM users" 1
expect_errors "$PGDATABASE: 3 files loaded in [0-9.]*s"
end

begin "nothing is left, and preparing raises no notice"
echo 'SELECT 1;' >deploy.sql
mkdir -p a/__tests__
echo 'SELECT 1;' >a/__tests__/t.sql
run $PGWRIGHT deploy . --verbose
expect_status 0
expect_no_errors 'DEBUG\|implicit index\|skipping'
expect_sql "SELECT count(*) FROM pg_class WHERE relname LIKE '%pgmi%' OR relname LIKE '%pgwright%'" 0
expect_sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())" 0
end

begin "the head is one transaction, the tail runs statement by statement"
write deploy.sql <<'EOF'
CREATE TABLE t (a int);
INSERT INTO t VALUES (1);
COMMIT;
CREATE INDEX CONCURRENTLY t_a ON t (a);
BEGIN;
INSERT INTO t VALUES (2);
COMMIT;
VACUUM t;
DO $$ BEGIN INSERT INTO t VALUES (3); COMMIT; END $$;
SELECT count(*) FROM pgmi_source_view;
EOF
run $PGWRIGHT deploy . --json
expect_status 0
expect_errors 'there is no transaction in progress'
expect_json "(d->>'executionUnits') || (d->>'unitsCommitted')" 88
expect_sql "SELECT count(*) FROM t" 3
expect_sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_a'::regclass" t
end

begin "a deploy.sql of one DO block may commit within it"
write deploy.sql <<'EOF'
DO $$
BEGIN
    FOR n IN 1..3 LOOP
        EXECUTE format('CREATE TABLE t%s ()', n);
        COMMIT;
    END LOOP;
    RAISE EXCEPTION 'enough';
END $$;
EOF
run $PGWRIGHT deploy .
expect_status 13
expect_sql "SELECT count(*) FROM pg_class WHERE relname IN ('t1', 't2', 't3')" 3
end

begin "notices come in order, with their details, and debug messages when asked for"
write deploy.sql <<'EOF'
DO $$ BEGIN
    FOR n IN 1..700 LOOP RAISE NOTICE 'line %', n; END LOOP;
    RAISE WARNING 'beware' USING DETAIL = 'of the dog', HINT = 'run';
    RAISE DEBUG 'quietly';
END $$;
EOF
run $PGWRIGHT deploy .
expect_same "$(seq -f 'line %g' 1 700)" "$(printf '%s\n' "$errors" | grep '^line ')" "the notices"
expect_same "beware
DETAIL: of the dog
HINT: run" "$(printf '%s\n' "$errors" | grep -A 2 '^beware')" "the warning"
expect_no_errors quietly
run $PGWRIGHT deploy . --verbose
expect_errors '^\[[0-9.]*s\] quietly$'
end

begin "roles are changed within the session, and everything stays readable"
write deploy.sql <<'EOF'
SET ROLE pg_monitor;
SET search_path = pg_catalog;
DO $$ BEGIN
    PERFORM FROM pg_temp.pgmi_source_view;
    PERFORM FROM pg_temp.pgmi_plan_view;
    PERFORM FROM pg_temp.pgmi_parameter_view;
    RAISE NOTICE 'steps %', (SELECT count(*) FROM pg_temp.pgmi_test_plan());
END $$;
COMMIT;
SELECT count(*) FROM pg_temp.pgmi_test_source_view;
EOF
mkdir __test__
echo 'SELECT 1;' >__test__/t.sql
run $PGWRIGHT deploy .
expect_status 0
expect_errors '^steps 2$'
end

begin "a role that may make temporary tables is enough; one that may not is told so"
sql "CREATE ROLE t_drive_min_$$ LOGIN; CREATE ROLE t_drive_none_$$ LOGIN; REVOKE TEMPORARY ON DATABASE \"$PGDATABASE\" FROM PUBLIC;
     GRANT TEMPORARY ON DATABASE \"$PGDATABASE\" TO t_drive_min_$$" >/dev/null
echo 'SELECT 1;' >deploy.sql
run $PGWRIGHT deploy . -U "t_drive_min_$$"
expect_status 0
run $PGWRIGHT deploy . -U "t_drive_none_$$"
expect_status 13
expect_errors 'hint: .*GRANT TEMPORARY'
sql "DROP OWNED BY t_drive_min_$$, t_drive_none_$$; DROP ROLE t_drive_min_$$, t_drive_none_$$" >/dev/null
end

begin "files are registered by deploy.sql itself, and checked"
write deploy.sql <<'EOF'
CREATE TABLE r AS SELECT * FROM pg_temp.pgmi_register_file(' gen\a//b.SQL ', 'SELECT 1', repeat('a', 64), repeat('b', 64));
CREATE TABLE n AS SELECT count(*) FROM pgmi_plan_view;
DO $$ BEGIN
    PERFORM pg_temp.pgmi_register_file('x/__test__/b.sql', 'SELECT 1', repeat('a', 64), repeat('b', 64));
EXCEPTION WHEN check_violation THEN RAISE NOTICE 'refused';
END $$;
EOF
run $PGWRIGHT deploy .
expect_status 0
expect_errors '^refused$'
expect_sql "SELECT path || ' ' || depth || ' ' || is_sql_file || ' ' || size_bytes FROM r" "./gen/a/b.SQL 2 true 8"
expect_sql "TABLE n" 1
end

begin "text is converted where the database is not of UTF-8"
psql -qXd postgres -c "DROP DATABASE \"$PGDATABASE\"" \
    -c "CREATE DATABASE \"$PGDATABASE\" ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
write deploy.sql <<'EOF'
CREATE TABLE t AS
SELECT p.path, length(p.content) AS n, s.size_bytes, p.generic_id::text AS id FROM pgmi_plan_view p JOIN pgmi_source_view s USING (path);
EOF
printf 'é' >é.txt
export PGCLIENTENCODING=UTF8
run $PGWRIGHT deploy .
expect_status 0
expect_sql "SELECT path || n || size_bytes FROM t" "./é.txt12"
expect_same "$(printf './é.txt' | md5sum | cut -c 1-32)" "$(sql "SELECT replace(id, '-', '') FROM t")" "the id of a path"
printf 'SELECT 1; -- €→' >no.sql
run $PGWRIGHT deploy .
expect_status 13
expect_errors '^pgwright: no.sql: .*has no equivalent in encoding "LATIN1"'
unset PGCLIENTENCODING
end

begin "an empty project, and an empty deploy.sql"
: >deploy.sql
run $PGWRIGHT deploy .
expect_status 0
expect_errors '✓ .*: 0 files loaded'
export NO_COLOR=1
run $PGWRIGHT deploy
unset NO_COLOR
expect_status 0
expect_errors '^ok .*: 0 files loaded'
end

begin "everything has names of our own as well"
write deploy.sql <<'EOF'
BEGIN;
DO $$ BEGIN
    ASSERT (SELECT count(*) FROM pgwright_source_view) = 1 AND (SELECT count(*) FROM pgwright_plan_view) = 1;
    ASSERT (SELECT count(*) FROM pgwright_test_source_view) = 1 AND (SELECT count(*) FROM pgwright_test_directory_view) = 1;
    ASSERT (SELECT count(*) FROM pgwright_parameter_view) = 0 AND (SELECT count(*) FROM pgwright_source_metadata_view) = 0;
    ASSERT (SELECT count(*) FROM pg_temp.pgwright_test_plan('t')) = 2 AND pg_temp.pgwright_has_tests('./__test__/');
    ASSERT pg_temp.pgwright_test_generate() = pg_temp.pgmi_test_generate() AND pg_temp.pgwright_is_sql_file('a.SQL');
END $$;
CREATE FUNCTION pg_temp.tell(e pg_temp.pgwright_test_event) RETURNS void LANGUAGE plpgsql AS
    $$ BEGIN RAISE NOTICE 'told %', (e).event; END $$;
CALL pgwright_test(NULL, 'pg_temp.tell');
COMMIT;
EOF
mkdir __test__
echo 'SELECT 1;' >a.sql
echo 'SELECT 1;' >__test__/t.sql
run $PGWRIGHT deploy .
expect_status 0
expect_same "told suite_start told test_start told test_end told rollback told teardown_start told teardown_end told suite_end" \
    "$(printf '%s\n' "$errors" | grep '^told' | tr '\n' ' ' | sed 's/ $//')" "the events"
end

begin "a folder with a plan is no session project; one without deploy.sql is told so"
project pgwright
change a
echo "SELECT 1;" >deploy.sql
run $PGWRIGHT deploy
expect_status 0
expect_sql "SELECT count(*) FROM a" 0
mkdir empty
run $PGWRIGHT deploy ./empty --json
expect_status 14
expect_json "(d->>'status') || ' ' || (d->>'exitCode')" "failed 14"
run $PGWRIGHT deploy ./nowhere
expect_status 10
end

begin "a database where backslashes escape in every string is prepared without a warning"
sql "ALTER DATABASE \"$PGDATABASE\" SET standard_conforming_strings = off" >/dev/null
all_files >deploy.sql
echo 'CREATE TABLE a ();' >a.sql
run "$PGWRIGHT" deploy . --plan-files sql --param key='a\b' --verbose
expect_status 0
expect_no_errors escape
expect_sql "SELECT to_regclass('a') IS NOT NULL" t
end

finish
