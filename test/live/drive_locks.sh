# Session deployments that meet locks of others: the head is tried again, and who stood in the way is told.
. "$(dirname "$0")/../lib.sh"

# hold SECONDS [BEFORE [AFTER]] – another session that locks the table `busy` for so long, and what it does around that
hold() {
    PGAPPNAME=holder psql -XAtqc "${2:-SELECT}; BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE; SELECT pg_sleep($1); ${3:-SELECT}; COMMIT" >/dev/null 2>&1 &
    holder=$!
    for _ in $(seq 100); do
        [ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = 'busy'::regclass AND granted AND pid <> pg_backend_pid()")" = 0 ] || break
        sleep 0.05
    done
}

# session – a project that changes the table behind other statements
session() {
    sql 'CREATE TABLE busy (id int)' >/dev/null
    write busy.sql <<'SQL'
CREATE TABLE made ();
ALTER TABLE busy ADD COLUMN note text;
SQL
    write deploy.sql <<'SQL'
PREPARE again AS SELECT 1;
SET work_mem = '7MB';
CREATE TEMP TABLE mine ();
DO $$ BEGIN RAISE NOTICE 'attempt with %', (SELECT count(*) FROM pgmi_source_view); END $$;
DO $$ BEGIN EXECUTE (SELECT content FROM pgmi_source_view WHERE path = './busy.sql'); END $$;
COMMIT;
CREATE TABLE tail ();
SQL
}

begin "a head that did not get its lock is rolled back and tried again, and who held it is told"
session
hold 2
run "$PGWRIGHT" deploy . --lock-timeout 200ms
expect_status 0
expect_errors "busy.sql: canceling statement due to lock timeout; rolled back, trying again in 250 ms (1 of 10)"
expect_errors "    pid [0-9]* (role postgres, holder, active, transaction open for [0-9]* s) holds ACCESS SHARE on busy; wanted: ACCESS EXCLUSIVE"
[ "$(printf '%s\n' "$errors" | grep -c 'attempt with 1')" -gt 1 ] || fail "notices of the first attempt are missing: $errors"
expect_sql "SELECT count(*) FROM pg_tables WHERE tablename IN ('made', 'tail')" 2
wait "$holder"
end

begin "when attempts have run out it is an error that names who held the lock, and nothing has happened"
session
hold 30
run "$PGWRIGHT" deploy . --lock-timeout 1s --lock-retries 1 --json
expect_status 16
expect_json "(d->>'detail') ~ 'holder, active.*holds ACCESS SHARE on busy; wanted: ACCESS EXCLUSIVE'" t
expect_json "concat_ws(' ', d->>'failedFile', d->'line', d->'scriptLine', d->'unitsCommitted', d->>'sqlstate')" "./busy.sql 5 0 55P03"
run "$PGWRIGHT" deploy . --lock-timeout 1s --lock-retries 0
expect_status 16
expect_no_errors "trying again"
expect_errors "holds ACCESS SHARE on busy"
expect_sql "SELECT count(*) FROM pg_tables WHERE tablename IN ('made', 'tail')" 0
kill "$holder"
end

begin "--timeout ends the pauses"
session
hold 30
run "$PGWRIGHT" deploy . --lock-timeout 100ms --timeout 1s
expect_status 16
expect_errors "longer than --timeout allows"
kill "$holder"
end

begin "the tail is not tried again, nor a head that commits midway"
sql 'CREATE TABLE busy (id int)' >/dev/null
write deploy.sql <<'SQL'
CREATE TABLE head ();
COMMIT;
ALTER TABLE busy ADD COLUMN note text;
SQL
hold 30
run "$PGWRIGHT" deploy . --lock-timeout 1s
expect_status 16
expect_no_errors "trying again"
expect_errors "holds ACCESS SHARE on busy"
for head in 'DO $$ BEGIN CREATE TABLE a (); COMMIT; ALTER TABLE busy ADD COLUMN x int; END $$' \
    'CREATE TABLE b (); PREPARE TRANSACTION $$x$$; ALTER TABLE busy ADD COLUMN y int' \
    'DO $$ BEGIN CALL step(); END $$' 'CALL step()'; do
    sql 'CREATE OR REPLACE PROCEDURE step() LANGUAGE plpgsql AS $$ BEGIN COMMIT; ALTER TABLE busy ADD COLUMN z int; END $$' >/dev/null
    echo "$head" >deploy.sql
    run "$PGWRIGHT" deploy . --lock-timeout 100ms
    expect_no_errors "trying again"
done
echo 'DO $$ BEGIN ALTER TABLE busy ADD COLUMN z int; END $$' >deploy.sql
run "$PGWRIGHT" deploy . --lock-timeout 100ms --lock-retries 1
expect_errors "deploy.sql:1: canceling statement due to lock timeout; rolled back, trying again"
kill "$holder"
end

begin "a deadlock and a serialization failure are tried again"
session
sql 'CREATE TABLE other (id int); INSERT INTO other VALUES (1)' >/dev/null
write deploy.sql <<'SQL'
BEGIN ISOLATION LEVEL SERIALIZABLE;
DO $$ BEGIN RAISE NOTICE 'snapshot of %', (SELECT count(*) FROM other); PERFORM pg_sleep(0.6); END $$;
UPDATE other SET id = id + 1;
COMMIT;
SQL
(sleep 0.4; sql 'UPDATE other SET id = id + 10') >/dev/null &
run "$PGWRIGHT" deploy .
expect_status 0
expect_errors "could not serialize access due to concurrent update; rolled back, trying again"
expect_sql "SELECT id FROM other" 12
wait
write deploy.sql <<'SQL'
BEGIN;
LOCK TABLE other;
DO $$ BEGIN PERFORM pg_sleep(1.5); END $$;
LOCK TABLE busy;
COMMIT;
SQL
hold 1 "SET deadlock_timeout = '20s'" "LOCK TABLE other"
run "$PGWRIGHT" deploy .
expect_status 0
expect_errors "deadlock detected; rolled back, trying again"
wait
end

begin "tests of an attempt that was rolled back count once"
session
write __test__/a.sql <<'SQL'
SELECT 1;
SQL
write deploy.sql <<'SQL'
BEGIN;
SET LOCAL lock_timeout = '200ms';
CALL pgmi_test();
ALTER TABLE busy ADD COLUMN note text;
COMMIT;
SQL
hold 2
run "$PGWRIGHT" deploy . --tap
expect_status 0
expect_errors "trying again"
expect_same "ok 1 - ./__test__/a.sql
ok 2 - deploy.sql
1..2" "$(printf '%s\n' "$out" | grep -v '^ ' | grep -v '^TAP')" "the report"
wait "$holder"
end

begin "who changed a row that is wanted is told, too"
sql 'CREATE TABLE busy (id int); INSERT INTO busy VALUES (1)' >/dev/null
echo 'UPDATE busy SET id = 3' >deploy.sql
PGAPPNAME=writer psql -XAtqc "BEGIN; UPDATE busy SET id = 2; SELECT pg_sleep(3); COMMIT" >/dev/null 2>&1 &
holder=$!
sleep 0.3
run "$PGWRIGHT" deploy . --lock-timeout 200ms
expect_status 0
expect_errors "writer, active, .* has written or locked a row of busy"
wait "$holder"
end

finish
