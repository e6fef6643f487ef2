# What a session deployment refuses, and the exit code of each kind of failure; what other files ask for by the way is not
# asked here again.
. "$(dirname "$0")/../lib.sh"

# refused CODE MESSAGE COMMAND… – ends with the code and says so.
refused() {
    code=$1 message=$2
    shift 2
    run "$PGWRIGHT" "$@"
    expect_status "$code"
    expect_errors "$message"
}

begin "every exit code that a deployment can have"
echo 'CREATE TABLE IF NOT EXISTS t (a int);' >deploy.sql
run "$PGWRIGHT" deploy .
expect_status 0
printf 'CREATE TABLE IF NOT EXISTS t (a int);\nCOMMIT;\nSELECT pg_sleep(1);\n' >deploy.sql
mkdir reports
(sleep 0.5; rmdir reports) &
refused 1 'reports/report.xml' deploy . --junit reports/report.xml
expect_sql "SELECT to_regclass('t')" t
refused 2 'no-such-flag' deploy . --no-such-flag
refused 10 'no such version' deploy . --compat 7
refused 11 'is a server running there' deploy . -h /nowhere
refused 12 'nobody can be asked' deploy . --overwrite
mkdir fails && echo 'SELECT 1 / 0;' >fails/deploy.sql
refused 13 'division by zero (SQLSTATE 22012)' deploy fails
mkdir empty
refused 14 'there is no deploy.sql in empty' deploy empty --compat 1
psql -qXc "SELECT pg_advisory_lock(hashtextextended('pgmi.deploy.' || current_database(), 0)), pg_sleep(30)" >/dev/null 2>&1 &
holder=$!
sleep 0.7
refused 15 'another deployment of this database is running' deploy .
kill $holder
psql -qXc "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()" >/dev/null
mkdir sleeps && echo 'SELECT pg_sleep(60);' >sleeps/deploy.sql
refused 16 'timeout' deploy sleeps --timeout 500ms
refused 17 'no tests were discovered' test .
run "$PGWRIGHT" status . --check
expect_status 18
"$PGWRIGHT" deploy sleeps >"$test_root/interrupted" 2>&1 &
pid=$!
sleep 1
kill -INT $pid
wait $pid
expect_same 130 $? "an interrupted deployment"
end

begin "flags that do not go together"
echo 'SELECT 1;' >deploy.sql
echo postgres >names
: >none
refused 2 '\-\-tap and --json both want stdout' deploy . --tap --json
refused 2 '\-\-targets and --database both name databases' deploy . --targets names -d x
refused 10 'none names no database' deploy . --targets none
refused 2 'database a .*is named twice' deploy . -d a,b,a
refused 10 '\-\-dry-run replaces no database' deploy . --dry-run --overwrite --force
expect_errors 'hint: .*plan --sandbox'
refused 11 'a plan makes no database' plan . -d "${PGDATABASE}_none"
refused 10 'contradict one another' deploy . --connection "postgresql:///x?host=$PGHOST" -p 5432
refused 10 'nowhere/report.xml: cannot write the report' deploy . --junit nowhere/report.xml
expect_no_errors 'executing'
refused 10 'sslmode' deploy . --sslmode sometimes
refused 10 'a port is a number' deploy . -p 70000
refused 10 'below zero' deploy . --timeout=-1s
end

begin "what is set aside is said"
echo 'SELECT 1;' >deploy.sql
run env DATABASE_URL=postgresql://nowhere.invalid/x "$PGWRIGHT" deploy . -h "$PGHOST" --verbose
expect_status 0
expect_errors 'DATABASE_URL is set aside, for --host is given'
run "$PGWRIGHT" deploy . --connection "Host=$PGHOST;Database=$PGDATABASE;Command Timeout=3"
expect_status 0
expect_errors 'warning: the connection string says Command Timeout, which concerns another driver: left out'
run "$PGWRIGHT" deploy . --aws-region eu-west-1
expect_status 0
expect_errors '\-\-aws-region is given without --aws: it changes nothing'
end

begin "no database is named anywhere"
echo 'SELECT 1;' >deploy.sql
run env -u PGDATABASE "$PGWRIGHT" deploy .
expect_status 10
expect_errors 'hint: name it with --database'
end

begin "limits of files and of faults"
echo 'SELECT 1;' >deploy.sql
for limit in 0 -1 many 1e6 99999999999999999999; do
    run env PGMI_MAX_FILE_SIZE=$limit "$PGWRIGHT" deploy .
    expect_status 10
    expect_errors 'PGMI_MAX_FILE_SIZE must be a number of bytes'
done
echo '12345678' >eight.sql
run env PGMI_MAX_FILE_SIZE=8 "$PGWRIGHT" deploy .
expect_status 10
expect_errors 'eight.sql.*too large: 9 bytes; at most 8 of a file are loaded'
expect_errors 'hint: PGMI_MAX_FILE_SIZE=9'
run env PGMI_MAX_FILE_SIZE=9 "$PGWRIGHT" deploy .
expect_status 0
for i in $(seq 1 300); do printf '\377' >"bad$i.sql"; done
refused 10 'these are the first [0-9]* faults; it was read no further' deploy .
end

begin "files of parameters: where they are, and what their lines are"
echo 'SELECT 1;' >deploy.sql
refused 10 'nowhere.env' deploy . --params-file nowhere.env
refused 10 'folder.env' deploy . --params-file "$(mkdir -p folder.env && echo folder.env)"
printf 'a=1\nb\n' >one.env
refused 10 'one.env:2' deploy . --params-file one.env
printf 'a=1\n=2\n' >one.env
refused 10 'one.env:2' deploy . --params-file one.env
printf 'a=1\n\nb=x\000y\n' >one.env
refused 10 'one.env:3.*NUL' deploy . --params-file one.env
printf 'a=\377\n' >one.env
refused 10 'one.env.*UTF-8' deploy . --params-file one.env
refused 10 'the key is missing' deploy . --param =x
refused 10 'takes key=value' deploy . --param x
expect_sql "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace" 0
end

begin "a role that may not make temporary tables learns what it needs"
echo 'SELECT 1;' >deploy.sql
role=${PGDATABASE}_poor
sql "CREATE ROLE $role LOGIN; REVOKE TEMPORARY ON DATABASE $PGDATABASE FROM PUBLIC" >/dev/null
refused 13 'hint: a session deployment needs to make temporary tables: GRANT TEMPORARY ON DATABASE' deploy . -U "$role"
sql "DROP ROLE $role" >/dev/null
end

begin "what the server refuses in deploy.sql is told with what to do"
printf 'SELECT 1;\nVACUUM;\n' >deploy.sql
refused 13 'deploy.sql:2:1: VACUUM cannot' deploy .
expect_errors 'hint: put it behind the first COMMIT of deploy.sql'
printf 'CREATE TABLE t (a int);\nDO $$ BEGIN EXECUTE (SELECT content FROM pgmi_source_view); END $$;\n' >deploy.sql
echo 'CREATE INDEX CONCURRENTLY i ON t (a);' >index.sql
refused 13 'index.sql:1:1: CREATE INDEX CONCURRENTLY cannot' deploy .
expect_errors 'hint: put it behind the first COMMIT of deploy.sql'
printf 'SELECT 1;\nDO $$ BEGIN COMMIT; END $$;\n' >deploy.sql
refused 13 'deploy.sql:2:.*invalid transaction termination' deploy .
expect_errors 'hint: a DO or CALL that commits must be a statement of its own'
end

begin "a macro that the program does not take for one: within DO, with doubled quotes"
mkdir __test__ && echo 'SELECT 1;' >__test__/t.sql
printf 'BEGIN;\nDO $$ BEGIN\n  CALL pgmi_test();\nEND $$;\nCOMMIT;\n' >deploy.sql
refused 13 'deploy.sql:3:3: procedure pgmi_test() does not exist' deploy .
printf "BEGIN;\nCALL pgmi_test('it''s');\nCOMMIT;\n" >deploy.sql
refused 13 'deploy.sql:2:.*no tests matched' deploy .
printf "SELECT 1;\nCOMMIT;\nBEGIN;\nCALL pgmi_test();\nCOMMIT;\n" >deploy.sql
run "$PGWRIGHT" deploy . --json
expect_status 0
expect_json "concat_ws(' ', d->>'testMacros', d->>'unitsCommitted' = d->>'executionUnits')" '1 t'
end

begin "templates: names that are none, folders that are not empty or none"
refused 2 'there is no template "large"' init --template large shop
expect_errors 'hint: there are basic, advanced'
refused 2 'there is no template "large"' templates describe large
mkdir full && echo x >full/notes.txt && echo x >file
refused 2 'full is not empty: it holds notes.txt' init --template basic full
refused 2 'file is no folder' init --template basic file
end

begin "scaffold: a name that cannot be written in XML"
echo 'SELECT 1;' >deploy.sql
echo 'SELECT 1;' >"$(printf 'a\001b.sql')"
refused 10 "cannot be written in XML" metadata scaffold . --write
end

finish
