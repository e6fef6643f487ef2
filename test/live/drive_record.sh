#!/bin/sh
# Session deployments that are recorded: the audit log, the view of what ran, status, drift, what is taken over.
. "$(dirname "$0")/../lib.sh"

RELAY=$BUILD/test/relay
SOCKET=$PGHOST/.s.PGSQL.5432

# The example of the document: a head that runs each file once, as its record tells.
once() {
    sed -n '/^### Each file once/,/^### /p' "$PGWRIGHT_SOURCE/doc/session.md" | sed -n '/^```sql/,/^```$/p' | sed '1d;$d'
}

# And a tail of a statement and a transaction.
shop() {
    mkdir -p shop/steps shop/__test__
    once >shop/deploy.sql
    cat >>shop/deploy.sql <<'SQL'
CREATE INDEX CONCURRENTLY IF NOT EXISTS a_id ON a (id);
BEGIN;
INSERT INTO a VALUES (100);
COMMIT;
SQL
    echo 'CREATE TABLE a (id int);' >shop/steps/1.sql
    printf '/*\n<pgmi-meta id="6f1c9c58-4b3c-4d0e-9d53-6b0f2a7c1e11" idempotent="false"/>\n*/\nINSERT INTO a VALUES (1);\n' >shop/steps/2.sql
    echo 'SELECT 1;' >shop/__test__/test_a.sql
    echo 'notes' >shop/README.md
}

nothing_recorded() {
    expect_sql "SELECT to_regnamespace('pgwright') IS NULL" t
}

begin "nothing is recorded unless it is asked for; the view is there and empty"
shop
echo 'DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM pgwright_file_history_view); END $$;' >>shop/deploy.sql
run "$PGWRIGHT" deploy shop
expect_status 0
nothing_recorded
echo 'record: true' >shop/pgwright.yaml
run "$PGWRIGHT" deploy shop --no-record --param env=x
expect_status 13 # the files run again
nothing_recorded
run "$PGWRIGHT" plan ./shop
nothing_recorded
run "$PGWRIGHT" deploy shop --record --dry-run
nothing_recorded
run "$PGWRIGHT" test ./shop
expect_status 0
nothing_recorded
mv shop/pgwright.yaml shop/pgmi.yaml
run "$PGWRIGHT" deploy shop
expect_status 10
expect_errors 'pgmi.yaml:1:1: unknown key "record"'
end

begin "a recorded deployment: its run, each part that it committed, every file"
shop
run "$PGWRIGHT" deploy shop --record --param secret_word=Zauberspruch --json
expect_status 0
expect_json "d->>'deployment'" 1
expect_sql "SELECT outcome, history, role = session_user, finished_at >= started_at FROM pgwright.deployments" "done|session|t|t"
expect_sql "SELECT command ~ '^pgwright deploy shop .*--param=secret_word=[*]+' FROM pgwright.deployments" t
expect_sql "SELECT string_agg(kind || ' ' || project || ':' || change || ' ' || detail, ', ' ORDER BY seq) FROM pgwright.events" \
    "start shop:deploy.sql deploy, statement shop:deploy.sql 1/5 the head, statement shop:deploy.sql 2/5 CREATE INDEX CONCURRENTLY, statement shop:deploy.sql 5/5 COMMIT, deploy shop:deploy.sql 4 files"
expect_sql "SELECT string_agg(path, ' ' ORDER BY path COLLATE \"C\") FROM pgwright.file_history WHERE project = 'shop' AND deployment_id = 1" \
    "./README.md ./__test__/test_a.sql ./deploy.sql ./steps/1.sql ./steps/2.sql"
expect_sql "SELECT checksum FROM pgwright.file_history WHERE path = './steps/1.sql'" "$(sha256sum <shop/steps/1.sql | cut -d' ' -f1)"
expect_sql "SELECT script_sha256 FROM pgwright.events WHERE kind = 'deploy'" "$(sha256sum <shop/deploy.sql | cut -d' ' -f1)"
expect_sql "SELECT id FROM pgwright.file_history WHERE path = './steps/2.sql'" 6f1c9c58-4b3c-4d0e-9d53-6b0f2a7c1e11
run "$PGWRIGHT" history
expect_status 0
expect_out 'shop:deploy.sql.*2/5 CREATE INDEX'
run "$PGWRIGHT" history --verify
expect_status 0
expect_out '5 events, whole'
psql -qX -c 'ALTER TABLE pgwright.events DISABLE TRIGGER ALL' -c "UPDATE pgwright.events SET detail = '1/5' WHERE seq = 2"
run "$PGWRIGHT" history --verify
expect_status 18
expect_out 'event 2: its content was changed'
end

begin "no secret is written down"
shop
run "$PGWRIGHT" deploy shop --record --connection "postgresql://postgres:Zauberwort@/$PGDATABASE?host=$PGHOST" --param api_key=Zauberspruch
expect_status 0
echo 'SELECT current_setting($$pgmi.api_key$$)::int;' >shop/deploy.sql
run "$PGWRIGHT" deploy shop --record --param api_key=Zauberspruch
expect_status 13
expect_sql "SELECT count(*) FROM pgwright.events WHERE kind = 'fail'" 1
psql -XAtc 'SELECT * FROM pgwright.deployments' -c 'SELECT * FROM pgwright.events' >log
! grep -qi zauber log || fail "the log holds a secret: $(cat log)"
end

begin "apply once is one WHERE: the second deployment runs what is new"
shop
echo 'record: true' >shop/pgwright.yaml
run "$PGWRIGHT" deploy shop
expect_status 0
echo 'INSERT INTO a VALUES (3);' >shop/steps/3.sql
run "$PGWRIGHT" deploy shop
expect_status 0
expect_sql "SELECT string_agg(id::text, ' ' ORDER BY id) FROM a" "1 3 100 100"
rm shop/steps/3.sql
run "$PGWRIGHT" deploy shop
expect_status 0
expect_sql "SELECT deployment_id FROM pgwright.file_history WHERE path = './steps/3.sql'" 2
end

begin "the view tells each file's last checksums, time, role and deployment, and is read-only"
shop
run "$PGWRIGHT" deploy shop --record
write shop/deploy.sql <<'SQL'
DO $$
BEGIN
    ASSERT (SELECT count(*) FROM pgwright_file_history_view) = 5;
    ASSERT (SELECT count(*) FROM pgwright_file_history_view h JOIN pgmi_source_view s USING (path)
             WHERE h.last_checksum = s.checksum AND h.last_pgmi_checksum = s.pgmi_checksum) = 3;
    ASSERT (SELECT every(deployed_by = session_user AND deployed_at < now() AND deployment_id = 1) FROM pgwright_file_history_view);
    ASSERT (SELECT path FROM pgwright_file_history_view WHERE id = '6f1c9c58-4b3c-4d0e-9d53-6b0f2a7c1e11') = './steps/2.sql';
END
$$;
DELETE FROM pgwright_file_history_view;
SQL
run "$PGWRIGHT" deploy shop
expect_status 13
expect_errors 'cannot delete from view "pgwright_file_history_view"'
end

begin "SET ROLE, search_path, settings, DISCARD ALL and a script that ends all other sessions: everything is recorded, and carries on"
shop
role=r_$PGDATABASE
sql "CREATE ROLE $role; GRANT CREATE ON SCHEMA public TO $role"
write shop/deploy.sql <<SQL
SET ROLE $role;
SET search_path = public;
SELECT count(*) FROM pgwright_file_history_view;
COMMIT;
SET default_transaction_read_only = on;
DO \$\$ BEGIN
    ASSERT current_user = '$role' AND current_setting('search_path') = 'public';
    ASSERT current_setting('default_transaction_read_only')::bool;
END \$\$;
RESET ROLE;
SET session_replication_role = replica;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
DO \$\$ BEGIN
    ASSERT current_setting('session_replication_role') = 'replica';
END \$\$;
SET SESSION AUTHORIZATION $role;
SELECT 1;
DISCARD ALL;
SQL
run "$PGWRIGHT" deploy shop --record
expect_status 0
expect_sql "SELECT string_agg(detail, ', ' ORDER BY seq) FROM pgwright.events WHERE kind = 'statement' AND deployment_id = 1" \
    "1/10 the head, 2/10 SET, 3/10 DO, 4/10 RESET, 5/10 SET, 6/10 SELECT, 7/10 DO, 8/10 SET, 9/10 SELECT, 10/10 DISCARD ALL"
expect_sql "SELECT outcome, role = session_user FROM pgwright.deployments" "done|t"
expect_sql "SELECT count(DISTINCT role) FROM pgwright.events" 1
run "$PGWRIGHT" history --verify
expect_status 0
sql "DROP OWNED BY $role; DROP ROLE $role" >/dev/null
end

begin "a failure: what was committed before it stands in the log, its files do not"
shop
echo 'SELECT 1 / 0;' >>shop/deploy.sql
run "$PGWRIGHT" deploy shop --record --json
expect_status 13
expect_json "d->>'unitsCommitted'" 5
expect_sql "SELECT outcome FROM pgwright.deployments" failed
expect_sql "SELECT string_agg(kind || ' ' || detail, ', ' ORDER BY seq) FROM pgwright.events WHERE seq > 1" \
    "statement 1/6 the head, statement 2/6 CREATE INDEX CONCURRENTLY, statement 5/6 COMMIT, fail division by zero"
expect_sql "SELECT count(*) FROM pgwright.file_history" 0
run "$PGWRIGHT" status ./shop
expect_status 0
expect_out 'deployment 1 failed, '
expect_out 'committed: 5/6 COMMIT'
expect_out 'error: division by zero'
run "$PGWRIGHT" status ./shop --check
expect_status 18
once >shop/deploy.sql
sql 'DROP TABLE a' >/dev/null
run "$PGWRIGHT" deploy shop --record
expect_status 0
expect_errors 'warning: deployment 1 of shop, .* failed; it had committed: 5/6 COMMIT'
echo 'SELECT 1 / 0;' >shop/deploy.sql
run "$PGWRIGHT" deploy shop --record
run "$PGWRIGHT" deploy shop --record
expect_status 13
expect_no_errors 'warning: deployment'
end

begin "cut off: the next run and status tell of it"
shop
echo 'SELECT pg_sleep(60);' >>shop/deploy.sql
"$PGWRIGHT" deploy shop --record >/dev/null 2>&1 &
pid=$!
tries=0
until [ "$(sql "SELECT count(*) FROM pgwright.events WHERE detail LIKE '5/6%'" 2>/dev/null)" = 1 ] || [ $tries -gt 200 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
run "$PGWRIGHT" status ./shop --json
expect_json "d->'last'->>'outcome'" running
run "$PGWRIGHT" deploy shop --record
expect_status 15
expect_sql "SELECT count(*) FROM pgwright.deployments" 1
kill -KILL $pid
wait $pid 2>/dev/null
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()" >/dev/null
sleep 0.2
run "$PGWRIGHT" status ./shop
expect_status 0
expect_out 'deployment 1 cut off, begun '
expect_out 'committed: 5/6 COMMIT'
once >shop/deploy.sql
sql 'DROP TABLE a' >/dev/null
run "$PGWRIGHT" deploy shop --record
expect_status 0
expect_errors 'warning: deployment 1 of shop, begun at .*, came to no end; it had committed: 5/6 COMMIT'
run "$PGWRIGHT" deploy shop --record
expect_no_errors 'came to no end'
end

begin "interrupted: written down as failed"
shop
echo 'SELECT pg_sleep(60);' >>shop/deploy.sql
"$PGWRIGHT" deploy shop --record >out 2>&1 &
pid=$!
tries=0
until [ "$(sql "SELECT count(*) FROM pgwright.events WHERE detail LIKE '5/6%'" 2>/dev/null)" = 1 ] || [ $tries -gt 200 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
kill -TERM $pid
wait $pid
[ $? = 130 ] || fail "it did not end with 130: $(cat out)"
expect_sql "SELECT outcome FROM pgwright.deployments" failed
expect_sql "SELECT string_agg(kind, ' ' ORDER BY seq) FROM pgwright.events" "start statement statement statement fail"
run "$PGWRIGHT" deploy shop --record --timeout 2s
expect_status 13
end

begin "the time is up: written down as failed"
shop
echo 'SELECT pg_sleep(60);' >>shop/deploy.sql
run "$PGWRIGHT" deploy shop --record --timeout 2s
expect_status 16
expect_sql "SELECT string_agg(kind, ' ' ORDER BY seq) FROM pgwright.events" "start statement statement statement fail"
expect_sql "SELECT outcome FROM pgwright.deployments" failed
end

begin "a role without the rights: told before deploy.sql begins"
shop
role=r_$PGDATABASE
sql "CREATE ROLE $role LOGIN; GRANT CREATE ON SCHEMA public TO $role"
run "$PGWRIGHT" deploy shop --record -U "$role"
expect_status 13
expect_errors "permission denied for database"
expect_errors "GRANT CREATE ON DATABASE"
expect_sql "SELECT to_regclass('a') IS NULL" t
nothing_recorded
run "$PGWRIGHT" deploy shop -U "$role"
expect_status 0
sql 'DROP TABLE a' >/dev/null
run "$PGWRIGHT" deploy shop --record
expect_status 0
sql 'DROP TABLE a' >/dev/null
run "$PGWRIGHT" deploy shop --record -U "$role"
expect_status 13
expect_errors "belongs to postgres"
expect_errors "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgwright TO"
expect_sql "SELECT to_regclass('a') IS NULL" t
echo 'SELECT 1;' >shop/deploy.sql
run "$PGWRIGHT" deploy shop -U "$role"
expect_status 0 # what is recorded is not its business unless it looks
echo 'SELECT * FROM pgwright_file_history_view;' >shop/deploy.sql
run "$PGWRIGHT" deploy shop -U "$role"
expect_status 13
expect_errors "permission denied for schema pgwright"
sql "GRANT USAGE ON SCHEMA pgwright TO $role; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgwright TO $role;
     GRANT USAGE ON ALL SEQUENCES IN SCHEMA pgwright TO $role"
run "$PGWRIGHT" deploy shop --record -U "$role"
expect_status 0
expect_sql "SELECT count(*) FROM pgwright.file_history WHERE deployed_by = '$role'" 5
sql "DROP OWNED BY $role; DROP ROLE $role" >/dev/null
end

begin "status: new, changed and gone; for programs; --check"
shop
run "$PGWRIGHT" status ./shop
expect_status 0
expect_out 'shop: no deployment is recorded; .pgwright deploy --record'
run "$PGWRIGHT" status ./shop --check
expect_status 18
run "$PGWRIGHT" status ./shop --json
expect_json "d->>'recorded', d->>'project', jsonb_array_length(d->'new')" "false|shop|5"
run "$PGWRIGHT" deploy shop --record
run "$PGWRIGHT" status ./shop --check
expect_status 0
expect_out 'shop: deployment 1 done, 20.*Z by postgres on '
expect_out '5 files as deployed'
echo 'SELECT 1;' >shop/steps/0.sql
echo 'SELECT 1;' >>shop/steps/1.sql
echo >>shop/deploy.sql
rm shop/steps/2.sql
run "$PGWRIGHT" status ./shop --check
expect_status 18
expect_out 'new     ./steps/0.sql'
expect_out 'changed ./deploy.sql'
expect_out 'changed ./steps/1.sql'
expect_out 'gone    ./steps/2.sql'
run "$PGWRIGHT" status ./shop --json --show-changes
expect_status 0
expect_json "d->'new', d->'changed', d->'gone', d->'unchanged', jsonb_array_length(d->'files')" \
    '["./steps/0.sql"]|["./deploy.sql", "./steps/1.sql"]|["./steps/2.sql"]|2|5'
expect_json "d->'last'->>'outcome', d->'last'->>'deployment'" "done|1"
cd shop
run "$PGWRIGHT" status
expect_status 0
expect_out 'shop: deployment 1 done'
cd ..
run "$PGWRIGHT" status ./nowhere
expect_status 14
end

begin "the project's name is the folder's, or what pgwright.yaml says; another one is asked about"
shop
run "$PGWRIGHT" deploy shop --record
mv shop build
sql 'DROP TABLE a' >/dev/null
run "$PGWRIGHT" deploy build --record
expect_status 0
expect_errors 'warning: nothing is recorded here of project build, but of: shop'
echo 'project: shop' >build/pgwright.yaml
run "$PGWRIGHT" status ./build --check
expect_status 18
expect_out 'new     ./pgwright.yaml'
run "$PGWRIGHT" deploy build --record
expect_status 0
expect_no_errors 'nothing is recorded'
expect_sql "SELECT string_agg(DISTINCT project, ' ') FROM pgwright.file_history" "build shop"
end

begin "drift: what changed behind the project's back since its last recorded deployment"
shop
run "$PGWRIGHT" drift ./shop
expect_status 10
expect_errors 'pgwright deploy --record writes it down'
sql 'CREATE SCHEMA other'
run "$PGWRIGHT" deploy shop --record
expect_status 0
run "$PGWRIGHT" drift ./shop
expect_status 0
expect_out 'No drift'
sql 'CREATE TABLE other.t (id int); ALTER TABLE a ADD note text; DROP INDEX a_id'
run "$PGWRIGHT" drift ./shop --json
expect_status 18
expect_json "d->>'ok', d->>'schemas', jsonb_array_length(d->'changed') > 0, d->>'added' ~ 'other.t', d->>'changed' ~ 'public.a'" "false|*|t|t|t"
run "$PGWRIGHT" deploy shop --record
run "$PGWRIGHT" drift ./shop
expect_status 0
run "$PGWRIGHT" drift ./nowhere
expect_status 14
run "$PGWRIGHT" drift nowhere
expect_status 2
run "$PGWRIGHT" deploy shop --record --schema public
run "$PGWRIGHT" drift ./shop --schema public
expect_status 0
end

begin "beside the histories of other habits"
shop
project pgwright
change one
run "$PGWRIGHT" deploy
expect_status 0
run "$PGWRIGHT" deploy ./shop --record
expect_status 0
echo 'CREATE TABLE public.s (id int);' >schema.sql
run "$PGWRIGHT" deploy --file schema.sql --yes
expect_status 0
run "$PGWRIGHT" history --verify
expect_status 0
run "$PGWRIGHT" status
expect_status 0
expect_out '1 of 1 deployed'
end

begin "a schema is applied where change plans have their history"
project pgwright
change one
run "$PGWRIGHT" deploy
echo 'CREATE TABLE public.s (id int);' >schema.sql
run "$PGWRIGHT" deploy --file schema.sql --yes
expect_status 0
end

taken='the log of the template advanced is taken over by the first recorded deployment'
if [ "$(psql -XAtq -d postgres -c "SELECT current_setting('server_version_num')::int >= 150000")" = f ]; then
    skip "$taken" "the template needs a server from version 15 on"
else
begin "$taken"
run "$PGWRIGHT" init --template advanced app
expect_status 0
prefix=rec_$$
run "$PGWRIGHT" deploy ./app --param role_prefix=$prefix
expect_status 0
nothing_recorded
echo '-- edited' >>app/schema/notes.sql
cp app/deploy.sql deploy.sql.before
cat >>app/deploy.sql <<'SQL'
DO $$ BEGIN
    ASSERT (SELECT count(*) FROM pgwright_file_history_view) = 4;
    ASSERT (SELECT last_checksum = s.checksum AND last_pgmi_checksum = s.pgmi_checksum AND h.deployed_at < now()
              FROM pgwright_file_history_view h JOIN pgmi_source_view s USING (path) WHERE path = './schema/accounts.sql');
    ASSERT (SELECT last_checksum <> s.checksum AND last_pgmi_checksum IS NULL AND h.id IS NOT NULL
              FROM pgwright_file_history_view h JOIN pgmi_source_view s USING (path) WHERE path = './schema/notes.sql');
END $$;
SQL
run "$PGWRIGHT" deploy ./app --param role_prefix=$prefix --record
expect_status 0
expect_errors 'Took over what internal.deployment_script_execution_log tells of 4 files'
expect_sql "SELECT detail FROM pgwright.events WHERE kind = 'adopt'" "4 files, from internal.deployment_script_execution_log"
cp deploy.sql.before app/deploy.sql
run "$PGWRIGHT" deploy ./app --param role_prefix=$prefix --record
expect_status 0
expect_no_errors 'Took over'
expect_sql "SELECT count(*) FROM pgwright.events WHERE kind = 'adopt'" 1
sql "DROP OWNED BY ${prefix}_owner, ${prefix}_app, ${prefix}_login CASCADE; DROP ROLE ${prefix}_login; DROP ROLE ${prefix}_app; DROP ROLE ${prefix}_owner" >/dev/null
end
fi

begin "--overwrite, and many databases"
shop
run "$PGWRIGHT" deploy shop --record
run "$PGWRIGHT" deploy shop --record --overwrite --force
expect_status 0
expect_sql "SELECT count(*) FROM pgwright.deployments WHERE outcome = 'done'" 1
other=${PGDATABASE}_b
run "$PGWRIGHT" deploy ./shop --record --overwrite --force -d "$PGDATABASE,$other" --jobs 2
expect_status 0
expect_sql "SELECT count(*) FROM pgwright.file_history" 5
[ "$(psql -XAtq -d "$other" -c 'SELECT count(*) FROM pgwright.file_history')" = 5 ] || fail "$other has no record"
psql -XAtq -d postgres -c "DROP DATABASE \"$other\" WITH (FORCE)"
end

begin "round trips: none when it is not asked for, and few when it is"
shop
for i in $(seq 1 2000); do echo "SELECT $i;" >shop/f$i.sql; done
echo 'SELECT 1;' >shop/deploy.sql
# a message that comes in two pieces counts as two: the fewest of three are told
trips() {
    for turn in 1 2 3; do
        run "$RELAY" "$SOCKET" --report report -- "$PGWRIGHT" deploy shop "$@"
        expect_status 0
        sed -n 's/^round trips //p' report
    done | sort -n | head -n 1
}
plain=$(trips)
[ "$plain" -le $((1 + 1 + 3 + 1 + 1 + 1)) ] || fail "a plain deployment takes $plain round trips"
first=$(trips --record)
plain=$(trips)
again=$(trips --record)
[ "$(trips)" = "$plain" ] || fail "what was recorded costs a deployment that does not ask for it"
[ $((again - plain)) -le 10 ] && [ $((first - plain)) -le 12 ] || fail "recording takes $first, $again round trips instead of $plain"
name="$name ($plain plain, $first the first time, $again from then on)"
end

finish
