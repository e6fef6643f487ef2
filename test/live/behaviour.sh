# What other tools get wrong, and what happens when plans, histories and servers are not as they should be.
. "$(dirname "$0")/../lib.sh"

expect_deployed() {
    expect_same "$1" "$(sql "SELECT string_agg(change_name, ' ' ORDER BY deployed_at) FROM pgpm_migrate.changes")" \
        "what is deployed"
}

# Two modules; the second is not deployed.
half_deployed() {
    echo '{"packages": ["packages/*"]}' >pgpm.json
    for module in there absent; do
        mkdir -p packages/$module && cd packages/$module || exit 1
        project pgpm $module
        echo "comment = '$module'" >$module.control
        change ${module}_one
        cd ../..
    done
    run "$PGWRIGHT" deploy there
}

begin "reverting a module that is not deployed, or not there, reverts nothing and fails"
half_deployed
run "$PGWRIGHT" revert absent --yes
expect_status 2
expect_errors "absent"
run "$PGWRIGHT" revert absent --all --yes
expect_status 2
run "$PGWRIGHT" revert --package absnet --yes
expect_status 2
expect_deployed there_one
end

begin "verifying a module that is not deployed fails"
half_deployed
run "$PGWRIGHT" verify absent
expect_status 17
expect_out "not-deployed absent:absent_one"
run "$PGWRIGHT" verify there
expect_status 0
run "$PGWRIGHT" verify there --to nosuch
expect_status 2
end

begin "verify --to includes that change, and fails when it is not deployed"
project pgpm; change a; change b; change c
run "$PGWRIGHT" deploy --to b
sql 'DROP TABLE b'
run "$PGWRIGHT" verify --to a
expect_status 0
run "$PGWRIGHT" verify --to b
expect_status 17
run "$PGWRIGHT" verify --from b
expect_status 17
expect_out "^1 change verified"
run "$PGWRIGHT" verify --to c
expect_status 17
expect_out "not-deployed shop:c"
end

begin "planning leaves the plan as it is, byte for byte"
project pgpm; change a; tag v1; change b
echo '# a comment' >>pgpm.plan
cp pgpm.plan before
run "$PGWRIGHT" plan
run "$PGWRIGHT" deploy --dry-run
run "$PGWRIGHT" deploy
expect_same "" "$(cmp before pgpm.plan 2>&1)" "what cmp says of the plan"
end

begin "scripts reach the server as they are written"
project pgpm; change a
write deploy/a.sql <<'SQL'
-- Deploy a to pg
BEGIN;
CREATE TABLE a (id int);
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$
BEGIN  -- spacing   and comments stay
    BEGIN NULL; END; -- a block of its own
    RETURN 1 ;
END $f$;
CREATE FUNCTION g() RETURNS int LANGUAGE sql
BEGIN ATOMIC
    SELECT 1;
    SELECT CASE WHEN true THEN 2 END;
END;
DO $$ BEGIN BEGIN PERFORM 1; EXCEPTION WHEN others THEN NULL; END; END $$;
COMMIT;
CREATE VIEW v AS SELECT g() -- no semicolon, no newline
SQL
truncate -s -1 deploy/a.sql
[ "$(psql -XAtqc 'SHOW server_version_num')" -ge 140000 ] || sed -i '/FUNCTION g/,/^END;$/d; s/g()/f()/' deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT prosrc LIKE '%BEGIN  -- spacing   and comments stay%RETURN 1 ;%' FROM pg_proc WHERE proname = 'f'" t
expect_sql "SELECT count(*) FROM v" 1
end

begin "VACUUM, ALTER SYSTEM and CREATE DATABASE run; ALTER TYPE … ADD VALUE is used at once"
project pgpm; change a; change vac a; change db; change en
echo 'VACUUM a;' >deploy/vac.sql
echo "CREATE DATABASE \"${PGDATABASE}_made\";" >deploy/db.sql
printf "CREATE TYPE e AS ENUM ('x');\nALTER TYPE e ADD VALUE 'y';\nCREATE TABLE en (v e DEFAULT 'y');\n" >deploy/en.sql
rm verify/*
run "$PGWRIGHT" deploy
expect_status 0
expect_deployed "a vac db en"
psql -XAtqc "DROP DATABASE \"${PGDATABASE}_made\"" 2>&1 | grep . && fail "the database was not made"
end

begin "untagged changes of Sqitch are adopted, and stay deployed"
project sqitch; change a; change b; tag v1; change c
run "$PGWRIGHT" deploy
mv sqitch.plan pgpm.plan
run "$PGWRIGHT" adopt --from sqitch --history pgpm
expect_status 0
expect_deployed "a b c"
run "$PGWRIGHT" status
expect_out "^shop: 3 of 3 deployed"
run "$PGWRIGHT" adopt --from sqitch --history pgpm
expect_status 0
expect_deployed "a b c"
end

begin "a plan line put before deployed ones is deployed, when nothing stands against it"
for format in pgpm pgwright; do
    project $format; change a; change c
    run "$PGWRIGHT" deploy
    sed -i 's/^c /b 2024-01-01T00:00:00Z Tester <tester@example.com>\n&/' $format.plan
    for kind in deploy verify revert; do sed 's/\<a\>/b/g' $kind/a.sql >$kind/b.sql; done
    run "$PGWRIGHT" deploy
    expect_status 0
    expect_out "deployed shop:b"
    run "$PGWRIGHT" verify
    expect_status 0
    expect_out "^3 changes verified, 0 failed"
    run "$PGWRIGHT" revert --all --yes
    rm $format.plan
done
end

begin "a change that requires a later one is refused with its place"
project pgpm
echo 'a [b] 2024-01-01T00:00:00Z T <t@example.com>' >>pgpm.plan; change b
mkdir -p deploy; echo 'SELECT 1;' >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "pgpm.plan:4:4: "
expect_sql "SELECT to_regclass('b') IS NULL" t
end

begin "a new version of an old change is seen and can be deployed"
project pgpm; change a; change b a; change c
run "$PGWRIGHT" deploy
sed -i 's/id int/id bigint/' deploy/a.sql
run "$PGWRIGHT" status
expect_out "changed a"
run "$PGWRIGHT" plan
expect_errors "a was deployed from another script"
run "$PGWRIGHT" verify
expect_status 0
expect_out "^changed shop:a"
run "$PGWRIGHT" check
expect_status 18
expect_out "deploy/a.sql"
run "$PGWRIGHT" rebase --modified --yes
expect_status 0
expect_sql "SELECT atttypid::regtype FROM pg_attribute WHERE attrelid = 'a'::regclass AND attnum = 1" bigint
end

begin "taking an edited script as it is, is an event of its own"
project pgpm; change a
run "$PGWRIGHT" deploy
echo '-- edited' >>deploy/a.sql
run "$PGWRIGHT" check --accept a
expect_status 0
expect_sql "SELECT string_agg(kind, ' ' ORDER BY seq) FROM pgwright.events" "deploy accept"
expect_sql "SELECT script_hash FROM pgpm_migrate.changes" "$(sha256sum <deploy/a.sql | cut -c1-64)"
end

begin "modules of the history that no plan has are left alone"
project pgpm; change a
run "$PGWRIGHT" deploy
mkdir elsewhere && cd elsewhere
project pgpm elsewhere; change e
run "$PGWRIGHT" deploy
cd ..
for command in status deploy verify check "revert --all --yes"; do
    run "$PGWRIGHT" $command
    expect_status 0
done
expect_deployed e
end

begin "a history as pgpm makes it, without our columns, or with half of them"
project pgpm; change a; change b; tag v1; change c
run "$PGWRIGHT" deploy --to a
sql 'DROP TABLE pgpm_migrate.tags; ALTER TABLE pgpm_migrate.changes DROP COLUMN deployed_by;
     ALTER TABLE pgpm_migrate.changes ADD UNIQUE (package, script_hash)'
run "$PGWRIGHT" status
expect_status 0
expect_out "^shop: 1 of 3 deployed"
sql 'ALTER TABLE pgpm_migrate.changes ADD COLUMN deployed_by text'
run "$PGWRIGHT" status
expect_status 0
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT string_agg(change_name || ' ' || coalesce(deployed_by, 'nobody'), ',' ORDER BY deployed_at)
              FROM pgpm_migrate.changes" "a nobody,b postgres,c postgres"
run "$PGWRIGHT" revert --all --yes
expect_status 0
end

begin "a verify script that hangs is ended, and counted apart"
project pgpm; change a; change b
run "$PGWRIGHT" deploy
echo 'SELECT pg_sleep(60);' >verify/a.sql
run "$PGWRIGHT" verify --statement-timeout 300ms
expect_status 17
expect_out "^timeout shop:a"
expect_out "^2 changes verified, 1 failed"
run "$PGWRIGHT" verify --timeout 500ms
expect_status 16
end

begin "ten thousand changes are planned, recorded and looked up in seconds"
printf '%%syntax-version=1.0.0\n%%project=many\n\n' >pgpm.plan
mkdir deploy
i=0
while [ $i -lt 10000 ]; do
    i=$((i + 1))
    echo "c$i 2024-01-01T00:00:00Z T <t@example.com>" >>pgpm.plan
    echo "-- $i" >deploy/c$i.sql
done
run timeout 30 "$PGWRIGHT" deploy --quiet
expect_status 0
run timeout 10 "$PGWRIGHT" status
expect_status 0
expect_out "^many: 10000 of 10000 deployed"
expect_sql "SELECT count(DISTINCT deployed_at) FROM pgpm_migrate.changes" 10000
end

begin "the session is ended from outside: nothing is left, and the next run does it"
project pgpm; change a; change b
echo 'CREATE TABLE b (id int); SELECT pg_sleep(20);' >deploy/b.sql
"$PGWRIGHT" deploy >first.out 2>&1 &
first=$!
sleep 0.7
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'pgwright'" >/dev/null
wait $first
expect_same 11 $? "the exit code of the deploy that lost its session: $(cat first.out)"
expect_sql "SELECT to_regclass('a') IS NULL" t
echo 'CREATE TABLE b (id int);' >deploy/b.sql
run "$PGWRIGHT" deploy
expect_status 0
expect_deployed "a b"
end

begin "killed at once: nothing is left, and the next run does it"
project pgpm; change a; change b
echo 'CREATE TABLE b (id int); SELECT pg_sleep(2);' >deploy/b.sql
"$PGWRIGHT" deploy >first.out 2>&1 &
first=$!
sleep 0.7
kill -KILL $first; wait $first 2>/dev/null
run "$PGWRIGHT" deploy
expect_status 0
expect_deployed "a b"
end

begin "two deploys at once: the second waits, finds all done and ends well"
project pgpm; change a; echo 'SELECT pg_sleep(1); CREATE TABLE a (id int);' >deploy/a.sql
"$PGWRIGHT" deploy >first.out 2>&1 &
first=$!
sleep 0.4
run "$PGWRIGHT" deploy
expect_status 0
expect_errors "waiting: another run holds the lock.*process [0-9]* (pgwright)"
expect_out "already deployed"
wait $first || fail "the first failed: $(cat first.out)"
expect_sql "SELECT count(*) FROM pgpm_migrate.events" 1
end

begin "a Sqitch that is at work is waited for"
project sqitch; change a; tag v1; change b
run "$PGWRIGHT" deploy --to a
psql -XAtqc 'SELECT pg_advisory_lock(75474063), pg_sleep(2)' >/dev/null &
sleep 0.5
run "$PGWRIGHT" deploy --no-wait
expect_status 15
run "$PGWRIGHT" deploy
expect_status 0
wait
end

begin "--tx=module keeps the modules before the one that failed"
half_deployed
run "$PGWRIGHT" revert there --yes
echo 'SELECT 1/0;' >packages/there/deploy/there_one.sql
run "$PGWRIGHT" deploy --workspace --tx=module
expect_status 13
expect_out "deployed absent:absent_one"
expect_out "failed there:there_one"
expect_deployed absent_one
end

begin "without transactions the failing statement is numbered, and its hint says how to go on"
project pgpm; change a; change b
printf 'CREATE TABLE b (id int);\nSELECT 1/0;\n' >deploy/b.sql
run "$PGWRIGHT" deploy --no-tx
expect_status 13
expect_errors "deploy/b.sql:2:[0-9]*: division by zero"
expect_errors "statement 2 of 2"
expect_no_errors "no transaction in progress"
expect_errors "--settle shop:b="
expect_deployed a
run "$PGWRIGHT" deploy --no-tx
expect_status 18
sql 'DROP TABLE b'
echo 'CREATE TABLE b (id int);' >deploy/b.sql
run "$PGWRIGHT" deploy --no-tx --settle shop:b=pending
expect_status 0
expect_deployed "a b"
end

begin "a script that asks for it runs outside a transaction, and the plan says so"
project pgwright; change a; change b; change c
printf -- '-- Deploy b\n-- transaction: none\nCREATE TABLE b (id int);\nSELECT 1/0;\n' >deploy/b.sql
run "$PGWRIGHT" plan
expect_out "outside a transaction, because its script says -- transaction: none"
run "$PGWRIGHT" deploy
expect_status 13
expect_errors "deploy/b.sql:4:1: division by zero"
expect_sql "SELECT to_regclass('b') IS NOT NULL" t
run "$PGWRIGHT" status
expect_out "cut off shop:b"
sed -i '/SELECT/d' deploy/b.sql
run "$PGWRIGHT" deploy --settle shop:b=deployed
expect_status 0
expect_sql "SELECT string_agg(change, '' ORDER BY deployed_at) FROM pgwright.changes" abc
end

begin "what a script does to the history's own tables does not go unnoticed"
project pgwright; change a; change b
echo 'DROP SCHEMA pgwright CASCADE;' >deploy/b.sql; rm verify/b.sql
run "$PGWRIGHT" deploy
expect_status 13
expect_out "nothing of this run is recorded"
expect_sql "SELECT to_regclass('a') IS NULL AND to_regclass('pgwright.changes') IS NOT NULL" t
end

begin "a change that somebody else has written into the history meanwhile is refused, and named"
project pgwright; change a; change b
run "$PGWRIGHT" deploy --to a
echo "INSERT INTO pgwright.changes (change_id, project, change, script_sha256) VALUES ('x', 'shop', 'b', 'y');
    CREATE TABLE b (id int);" >deploy/b.sql
run "$PGWRIGHT" deploy
expect_status 13
expect_errors "SQLSTATE 23505"
expect_errors "recording shop:b"
expect_errors "another run or a script"
expect_sql "SELECT to_regclass('b') IS NULL" t
end

begin "a revert that fails midway is rolled back, with --tx=change only as far as it had not come"
project pgpm; change a; change b; change c
run "$PGWRIGHT" deploy
echo 'SELECT 1/0;' >revert/b.sql
run "$PGWRIGHT" revert --all --yes
expect_status 13
expect_errors "revert/b.sql:1:1: division by zero"
expect_deployed "a b c"
run "$PGWRIGHT" revert --all --yes --tx=change
expect_status 13
expect_deployed "a b"
end

begin "a failure is one event, beside the transaction that is gone"
project pgpm; change a
echo "SELECT 'canary' || 1/0;" >deploy/a.sql
run "$PGWRIGHT" deploy
expect_sql "SELECT event_type || ' ' || change_name || ' ' || error_code || ' ' || error_message FROM pgpm_migrate.events" \
    "deploy a 22012 division by zero"
expect_sql "SELECT string_agg(kind || ' ' || detail, ',') FROM pgwright.events" "fail 22012 division by zero"
end

begin "what a missing table needs is looked for in the project"
project pgpm; change a; change users
echo 'CREATE TABLE a (id int REFERENCES users);' >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 13
expect_errors "shop:users seems to create it: require it in the plan, or put it first"
end

begin "the server is restarted in the middle: nothing is left, and the next run does it"
project pgpm; change a; change b
echo 'CREATE TABLE b (id int); SELECT pg_sleep(20);' >deploy/b.sql
run "$PGWRIGHT" sandbox start
"$PGWRIGHT" deploy --sandbox --createdb >first.out 2>&1 &
first=$!
sleep 1
run "$PGWRIGHT" sandbox stop
wait $first
expect_same 11 $? "the exit code of the deploy that lost its server: $(cat first.out)"
echo 'CREATE TABLE b (id int);' >deploy/b.sql
run "$PGWRIGHT" deploy --sandbox
expect_status 0
expect_out "^deployed shop:a"
run "$PGWRIGHT" verify --sandbox
expect_status 0
run "$PGWRIGHT" sandbox stop
end

finish
