#!/bin/sh
# Session deployments that commit file by file, and go on where an earlier one ended.
. "$(dirname "$0")/../lib.sh"

files() {
    write deploy.sql <<'SQL'
COMMIT;
CALL pg_temp.pgwright_deploy_files('^./steps/');
DO $$ BEGIN RAISE NOTICE 'behind the files'; END $$;
SQL
    mkdir -p steps
    echo 'CREATE TABLE a (id int); INSERT INTO a VALUES (1);' >steps/1.sql
    echo 'INSERT INTO a VALUES (2);' >steps/2.sql
    echo 'INSERT INTO a VALUES (3);' >steps/3.sql
    echo 'INSERT INTO a VALUES (4);' >not_asked.sql
}

begin "each file is committed by itself; the next deployment goes on behind the one that failed"
files
printf 'INSERT INTO a VALUES (3);\nINSERT INTO nowhere VALUES (3);\n' >steps/3.sql
run "$PGWRIGHT" deploy .
expect_status 13
expect_errors "steps/3.sql:2:13: relation \"nowhere\" does not exist"
expect_errors "the next deployment goes on behind them"
expect_sql "SELECT string_agg(id::text, ',' ORDER BY id) FROM a" 1,2
echo 'INSERT INTO a VALUES (3);' >steps/3.sql
run "$PGWRIGHT" deploy .
expect_status 0
expect_errors "./steps/1.sql: skipped"
expect_errors "./steps/2.sql: skipped"
expect_errors "behind the files"
expect_sql "SELECT string_agg(id::text, ',' ORDER BY id) FROM a" 1,2,3
end

begin "a deployment that came to its end is forgotten, and a file that was edited meanwhile runs again"
files
run "$PGWRIGHT" deploy .
expect_status 0
expect_sql "SELECT count(*) FROM pgwright.session_files" 0
echo 'CREATE TABLE b (id int); INSERT INTO b VALUES (1);' >steps/1.sql
echo 'SELECT 1 / 0;' >steps/3.sql
run "$PGWRIGHT" deploy .
expect_status 13
echo 'INSERT INTO b VALUES (2);' >steps/1.sql
rm steps/3.sql
run "$PGWRIGHT" deploy .
expect_status 0
expect_errors "./steps/2.sql: skipped"
expect_sql "SELECT string_agg(id::text, ',' ORDER BY id) FROM b" 1,2
expect_sql "SELECT count(*) FROM a WHERE id = 2" 2
end

begin "what fails behind the files does not run them again"
files
echo 'SELECT 1 / 0;' >>deploy.sql
run "$PGWRIGHT" deploy .
expect_status 13
sed -i '$d' deploy.sql
run "$PGWRIGHT" deploy .
expect_status 0
expect_sql "SELECT count(*) FROM a" 3
end

begin "within a transaction it is refused before any file runs, and a project without it leaves nothing"
files
printf 'BEGIN;\nCALL pg_temp.pgwright_deploy_files();\nCOMMIT;\n' >deploy.sql
run "$PGWRIGHT" deploy .
expect_status 13
expect_errors "invalid transaction termination"
expect_sql "SELECT to_regclass('a') IS NULL" t
echo 'SELECT 1;' >deploy.sql
run "$PGWRIGHT" deploy .
expect_status 0
expect_sql "SELECT to_regnamespace('pgwright') IS NULL" t
end

begin "alone in deploy.sql it commits as well"
files
echo "CALL pg_temp.pgwright_deploy_files('^./steps/')" >deploy.sql
run "$PGWRIGHT" deploy .
expect_status 0
expect_sql "SELECT count(*) FROM a" 3
end

begin "killed anywhere: the next deployment ends with each file once"
files
i=4
while [ $i -le 30 ]; do
    echo "INSERT INTO a VALUES ($i); SELECT pg_sleep(0.01);" >"steps/$i.sql"
    i=$((i + 1))
done
for after in 0.05 0.1 0.15 0.2; do
    sql 'DROP TABLE IF EXISTS a' >/dev/null
    [ "$(sql "SELECT to_regclass('pgwright.session_files')")" = "" ] || sql 'DELETE FROM pgwright.session_files' >/dev/null
    timeout -s KILL $after "$PGWRIGHT" deploy . >/dev/null 2>&1
    tries=0
    until [ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database
                     WHERE datname = current_database())")" = 0 ]; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || break
        sleep 0.1
    done
    run "$PGWRIGHT" deploy .
    expect_status 0
    expect_sql "SELECT count(*), count(DISTINCT id) FROM a" "30|30"
done
end

finish
