# A team that used pgschema changes the program's name and nothing else: its flags, variables, files and plans.
. "$(dirname "$0")/../lib.sh"

PLANNING="postgresql://$PGUSER:$canary_url@/postgres?host=$PGHOST"
HOST=$PGHOST USER_NAME=$PGUSER

# Its way to name another server for planning, as flags.
plan_flags="--plan-host $HOST --plan-port 5432 --plan-db postgres --plan-user $USER_NAME --plan-sslmode disable"

plan() {
    run "$PGWRIGHT" plan --plan-url "$PLANNING" --file "$@"
}

apply() {
    run "$PGWRIGHT" apply --plan-url "$PLANNING" --auto-approve --file "$@"
}

begin "every flag of dump, plan and apply is known"
echo 'CREATE TABLE a (id int PRIMARY KEY);' >schema.sql
database=$PGDATABASE
connection="--host $HOST --port 5432 --db $database --user $USER_NAME --password secret --sslmode prefer --schema public"
# shellcheck disable=SC2086
run env -u PGDATABASE -u PGHOST -u PGUSER "$PGWRIGHT" plan $connection $plan_flags --plan-password other --file schema.sql --output-human human.txt \
    --output-json plan.json --output-sql plan.sql --no-color
expect_status 0
expect_same "644 644 644" "$(echo $(stat -c %a human.txt plan.json plan.sql))" "the modes of the files"
# shellcheck disable=SC2086
run env -u PGDATABASE -u PGHOST -u PGUSER "$PGWRIGHT" apply $connection $plan_flags --plan plan.json --auto-approve --no-color --lock-timeout 30s \
    --application-name deployer --debug
expect_status 0
expect_errors "SET lock_timeout = 30000"
# shellcheck disable=SC2086
run env -u PGDATABASE -u PGHOST -u PGUSER "$PGWRIGHT" apply $connection $plan_flags --file schema.sql --auto-approve
expect_out 'No changes to apply. Database schema is already up to date.'
# shellcheck disable=SC2086
run env -u PGDATABASE -u PGHOST -u PGUSER "$PGWRIGHT" dump $connection --multi-file --file out/main.sql --no-comments --qualify-schema
expect_status 0
grep -q 'CREATE TABLE public.a' out/tables/a.sql || fail "no file of its own: $(ls -R out)"
run "$PGWRIGHT" dump --multi-file
expect_status 0
expect_errors 'multi-file needs --file'
expect_out 'CREATE TABLE a'
end

begin "what is missing or contradicts itself is said before anything is done"
echo 'CREATE TABLE a ();' >a.sql
run env -u PGDATABASE "$PGWRIGHT" plan --file a.sql
expect_status 2
expect_errors '--database or PGDATABASE'
run "$PGWRIGHT" apply
expect_status 14
expect_errors '--file'
run "$PGWRIGHT" plan
expect_status 14
expect_errors '--file'
run "$PGWRIGHT" apply --file a.sql --plan a.json
expect_status 2
expect_errors '--file and --plan'
run "$PGWRIGHT" plan --file a.sql --sslmode sometimes
expect_status 10
expect_errors 'disable|allow|prefer|require|verify-ca|verify-full'
run env PGSSLMODE=sometimes "$PGWRIGHT" plan --file a.sql
expect_status 10
run "$PGWRIGHT" plan --file a.sql --plan-sslmode sometimes
expect_status 2
run "$PGWRIGHT" plan --file a.sql --made-up
expect_status 2
run env PGPORT=abc "$PGWRIGHT" dump
expect_status 11
expect_errors 'abc'
end

begin "variables count where flags do not stand, empty ones not at all"
echo 'CREATE TABLE a ();' >a.sql
echo "CREATE TABLE told AS SELECT current_setting('application_name') AS name, current_setting('lock_timeout') AS wait;" >tell.sql
told() {
    expect_status 0
    expect_sql "SELECT name || ' ' || wait FROM told" "$1"
    sql "DROP TABLE told; DROP TABLE a" >/dev/null
}
run env PGSCHEMA_PLAN_HOST="$HOST" PGSCHEMA_PLAN_DB=postgres PGSCHEMA_PLAN_USER="$USER_NAME" PGSCHEMA_LOCK_TIMEOUT=1234ms \
    PGSCHEMA_APPLICATION_NAME=ours PGAPPNAME=other "$PGWRIGHT" apply --file a.sql --before tell.sql --yes
told 'ours 1234ms'
run env PGSCHEMA_LOCK_TIMEOUT=1234ms PGSCHEMA_APPLICATION_NAME='' PGAPPNAME=other PGSSLMODE='' "$PGWRIGHT" apply --file a.sql --before tell.sql --yes \
    --plan-url "$PLANNING" --lock-timeout 7s
told 'other 7s'
run env PGSCHEMA_APPLICATION_NAME=ours "$PGWRIGHT" apply --file a.sql --before tell.sql --yes --plan-url "$PLANNING" --application-name flag
told 'flag 3s'
printf 'PGSCHEMA_LOCK_TIMEOUT=2s\nPGAPPNAME=from-file\nPGDATABASE=nowhere\n' >.env
run env -u PGAPPNAME "$PGWRIGHT" apply --file a.sql --before tell.sql --yes --plan-url "$PLANNING"
told 'from-file 2s'
end

begin "statements that are sent are printed with --debug, their secrets are not"
echo 'CREATE TABLE a ();' >a.sql
echo "ALTER ROLE CURRENT_USER PASSWORD NULL; SELECT 'PASSWORD ''hush-hush''' AS x, \$\$ password 'hush-hush' \$\$;" >before.sql
apply a.sql --before before.sql --debug
expect_status 0
expect_errors '^sql: CREATE TABLE a'
expect_no_errors 'hush'
plan a.sql --debug --output-json plan.json
expect_status 0
echo 'CREATE TABLE a (); CREATE TABLE b (); CREATE INDEX b_i ON b ((1));' >a.sql
plan a.sql --debug --output-json stdout
expect_json "(d#>>'{source_diffs,0,path}') || ' ' || (d#>>'{source_diffs,0,statements,0,can_run_in_transaction}')" 'public.b true'
end

begin "a plan in JSON is written as its readers want it"
echo "CREATE TABLE a (id int DEFAULT 1, note text DEFAULT '<&>''é');" >a.sql
sql "CREATE TABLE a (id int)" >/dev/null
run env PGSCHEMA_TEST_TIME=2026-01-31T09:30:00Z "$PGWRIGHT" plan --plan-url "$PLANNING" --file a.sql --output-json plan.json
expect_status 0
expect_same '{
  "version": "1.0.0",
  "pgschema_version": "1.12.4",
  "created_at": "2026-01-31T09:30:00Z",
  "source_fingerprint": {' "$(head -n 5 plan.json)" "the beginning"
expect_same '          "sql": "ALTER TABLE a ADD COLUMN note text DEFAULT '"'<&>''é'::text"';",' "$(grep 'note text' plan.json)" "a statement"
[ "$(tail -c 2 plan.json)" = "}" ] || fail "it does not end with a line's end"
out=$(cat plan.json)
expect_json "(SELECT count(*) FROM jsonb_path_query(d, '\$.groups[*].steps[*].sql') s WHERE s #>> '{}' !~ '^\S.*;\$' OR s #>> '{}' ~ ';.*;')" 0
expect_json "(SELECT string_agg(DISTINCT (s->>'type') || ' ' || (s->>'operation') || ' ' || (s->>'path'), ',') FROM jsonb_path_query(d, '\$.groups[*].steps[*]') s)" \
    'table.column alter public.a.id,table.column create public.a.note'
apply a.sql
plan a.sql --output-json stdout
expect_json "d->'groups'" null
end

begin "a plan of groups is read as it stands: order, unknown fields, no groups at all"
sql "CREATE TABLE a (id int)" >/dev/null
write plan.json <<'END'
{"version": "1.0.0", "pgschema_version": "1.11.0", "unknown": {"x": [1]},
 "groups": [{"steps": [{"sql": "INSERT INTO a VALUES (1);", "more": true}, {"sql": "INSERT INTO a SELECT count(*) FROM a;"}]},
            {"steps": [{"sql": "INSERT INTO a SELECT count(*) * 10 FROM a;", "type": "table", "operation": "alter", "path": "public.a"}]}]}
END
run "$PGWRIGHT" apply --plan plan.json --auto-approve
expect_status 0
expect_out 'Executing group 2/2'
expect_sql "SELECT array_agg(id) FROM a" '{1,1,20}'
for groups in '' ', "groups": null' ', "groups": []'; do
    echo "{\"version\": \"1.0.0\"$groups}" >plan.json
    run "$PGWRIGHT" apply --plan plan.json --auto-approve
    expect_status 0
    expect_out 'No changes to apply'
done
end

begin "a group that fails is rolled back, the groups before it stay"
write plan.json <<'END'
{"version": "1.0.0", "groups": [
  {"steps": [{"sql": "CREATE TABLE one ();"}]},
  {"steps": [{"sql": "CREATE TABLE two ();"}, {"sql": "CREATE TABLE one ();", "type": "table", "operation": "create", "path": "public.one"}]},
  {"steps": [{"sql": "CREATE TABLE three ();"}]}]}
END
run "$PGWRIGHT" apply --plan plan.json --auto-approve
expect_status 13
expect_errors 'failed to execute concatenated statements in group 2'
expect_errors 'public.one'
expect_errors 'already exists'
expect_sql "SELECT string_agg(relname, ',') FROM pg_class WHERE relname IN ('one', 'two', 'three')" one
end

begin "statements in transactions and beside them land both"
echo 'CREATE TABLE a (id int);' >a.sql
apply a.sql
echo 'CREATE TABLE a (id int, x int); CREATE INDEX a_id ON a (id); CREATE TYPE t AS ENUM (); CREATE VIEW v AS SELECT x FROM a;' >a.sql
plan a.sql --output-sql stdout --output-human human
expect_out '^-- pgschema:wait$'
grep -q '^-- Transaction Group #2$' human || fail "groups are not told apart: $(cat human)"
apply a.sql
expect_status 0
expect_out 'Creating index a_id: 100%'
plan a.sql
expect_out '^No changes detected.$'
end

begin "a condition is waited for until it is true; one that says nothing is an error"
sql "CREATE TABLE a (id int)" >/dev/null
wait_plan() {
    printf '{"version": "1.0.0", "groups": [{"steps": [{"sql": "%s", "directive": {"type": "wait", "message": "Counting"}}]}]}' "$1" >plan.json
    run "$PGWRIGHT" apply --plan plan.json --auto-approve
}
(sleep 1.5; sql "INSERT INTO a VALUES (1)" >/dev/null) &
wait_plan "SELECT count(*) > 0 AS done, 'x' AS other FROM a;"
wait $!
expect_status 0
expect_out 'Counting'
wait_plan "SELECT true AS done, 100 AS progress;"
expect_status 0
expect_out 'Counting: 100%'
wait_plan "SELECT true AS done FROM a WHERE false;"
expect_status 1
expect_errors '"done"'
wait_plan "SELECT 1 AS done;"
expect_status 1
end

begin "a stored plan of another state is refused with both values and what to do"
echo 'CREATE TABLE a ();' >a.sql
plan a.sql --output-json plan.json
sql "CREATE TABLE b ()" >/dev/null
run "$PGWRIGHT" apply --plan plan.json --auto-approve
expect_status 18
expect_errors 'schema fingerprint mismatch detected - expected: [0-9a-f]\{16\}, actual: [0-9a-f]\{16\}'
expect_errors '^ *Expected: [0-9a-f]\{64\}$'
expect_errors '^ *Actual: [0-9a-f]\{64\}$'
expect_errors 'The database schema has changed since'
expect_errors '1\. make the plan again'
expect_sql "SELECT to_regclass('a') IS NULL" t
end

begin "planning on another server leaves nothing there"
sql "CREATE SCHEMA kept; CREATE TABLE kept.k ()" >/dev/null
target="${PGDATABASE}_target"
psql -XAtq -d postgres -c "CREATE DATABASE \"$target\""
# other tests make databases and roles meanwhile: those of this one are known by their names
what="SELECT nspname FROM pg_namespace UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE '%$$' UNION ALL SELECT datname FROM pg_database
    WHERE datname LIKE '%$$%' ORDER BY 1"
before=$(sql "$what")
echo "CREATE TABLE a (); GRANT SELECT ON a TO nobody_$$; ALTER DEFAULT PRIVILEGES FOR ROLE no_owner_$$ GRANT SELECT ON TABLES TO PUBLIC;" >a.sql
run "$PGWRIGHT" plan --db "$target" --file a.sql --plan-host "$HOST" --plan-user "$USER_NAME" --plan-db "$PGDATABASE" --output-sql stdout
expect_status 0
expect_out "GRANT SELECT ON TABLE a TO nobody_$$"
expect_same "$before" "$(sql "$what")" \
    "databases, schemas and roles"
psql -XAtq -d postgres -c "DROP DATABASE \"$target\""
end

begin "what ignored objects are in the database stays, what is in the files is not made"
write old.sql <<'END'
CREATE TABLE tmp_a (id int PRIMARY KEY);
CREATE TABLE kept (id int PRIMARY KEY);
CREATE INDEX tmp_index ON kept (id);
ALTER TABLE kept ADD CONSTRAINT tmp_check CHECK (id > 0);
CREATE VIEW tmp_view AS SELECT 1 AS a;
CREATE FUNCTION tmp_f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE tmp_p() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE tmp_g(int) (SFUNC = int4pl, STYPE = int);
CREATE TYPE tmp_t AS ENUM ('a');
CREATE DOMAIN tmp_d AS int;
CREATE SEQUENCE tmp_s;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER tmp_trigger BEFORE INSERT ON kept FOR EACH ROW EXECUTE FUNCTION touch();
GRANT SELECT ON kept, tmp_a TO pg_monitor;
GRANT SELECT ON tmp_a TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor;
END
psql -Xq -v ON_ERROR_STOP=1 -f old.sql || fail "old.sql"
for section in tables views functions procedures aggregates types sequences indexes constraints triggers; do
    printf '[%s]\npatterns = ["tmp_*"]\n' $section
done >.pgschemaignore
printf '[privileges]\npatterns = ["pg_mon*"]\n[default_privileges]\npatterns = ["pg_mon*"]\n' >>.pgschemaignore
write new.sql <<'END'
CREATE TABLE kept (id int PRIMARY KEY);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE tmp_a (id int PRIMARY KEY, other text);
CREATE TABLE tmp_b ();
CREATE VIEW tmp_w AS SELECT 1 AS a;
CREATE FUNCTION tmp_h() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE SEQUENCE tmp_q;
CREATE TYPE tmp_u AS ENUM ('a');
CREATE INDEX tmp_other ON kept (id);
CREATE TABLE refers (id int REFERENCES tmp_a);
CREATE VIEW over AS SELECT id FROM tmp_a;
CREATE TRIGGER mine BEFORE INSERT ON tmp_a FOR EACH ROW EXECUTE FUNCTION touch();
GRANT INSERT ON kept TO pg_monitor;
END
apply new.sql
expect_status 0
expect_sql "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace" \
    'kept,kept_pkey,over,refers,tmp_a,tmp_a_pkey,tmp_index,tmp_s,tmp_view'
expect_sql "SELECT string_agg(proname, ',' ORDER BY proname) FROM pg_proc WHERE pronamespace = 'public'::regnamespace" 'tmp_f,tmp_g,tmp_p,touch'
expect_sql "SELECT string_agg(tgname, ',' ORDER BY tgname) FROM pg_trigger WHERE NOT tgisinternal AND tgname !~ '^events_'" 'mine,tmp_trigger'
expect_sql "SELECT count(*) FROM pg_constraint WHERE conname = 'tmp_check' OR confrelid = 'tmp_a'::regclass" 2
expect_sql "SELECT has_table_privilege('pg_monitor', 'kept', 'SELECT'), has_table_privilege('pg_monitor', 'kept', 'INSERT')" 't|f'
expect_sql "SELECT count(*) FROM pg_default_acl" 1
plan new.sql --output-sql stdout
expect_same "" "$out" "a second plan"
end

begin "included files: folders, what lies outside, what goes round, what is no directive"
write main.sql <<'END'
\i types.sql
\i 'with blanks/more.sql'
  \i tables/
SELECT '
\i nowhere.sql
';
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$
SELECT '\i nowhere.sql'
\i nowhere.sql
$$;
END
sed -i '/^\\i nowhere.sql$/d' main.sql
write types.sql <<'END'
CREATE TYPE mood AS ENUM ('a');
END
write "with blanks/more.sql" <<'END'
\ir deeper.sql
CREATE DOMAIN d AS int;
END
write "with blanks/deeper.sql" <<'END'
CREATE SEQUENCE s;
END
write tables/b.sql <<'END'
CREATE TABLE b (m mood, x d DEFAULT nextval('s'));
END
write tables/deep/er/a.sql <<'END'
CREATE TABLE a ();
END
write tables/notes.txt <<'END'
this is no SQL
END
apply main.sql
expect_status 0
expect_sql "SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b', 's')" 3
refused() {
    printf '%s\n' "$1" >bad.sql
    plan bad.sql
    [ "$status" = 10 ] || [ "$status" = 14 ] || fail "\`$1\` ended with $status: $errors"
    expect_errors "$2"
}
refused '\i ../outside.sql' 'outside.sql'
refused '\i tables/../../outside.sql' 'outside.sql'
refused '\i /etc/passwd' '/etc/passwd'
refused '\i missing.sql' 'missing.sql'
refused '\i tables' 'tables'
refused '\i types.sql/' 'types.sql'
printf '\\i bad.sql\n' >round.sql
refused '\i round.sql' 'round.sql'
printf '\\i leaf.sql\n' >one.sql
printf '\\i leaf.sql\n' >two.sql
echo 'CREATE TABLE IF NOT EXISTS leaf ();' >leaf.sql
printf '\\i one.sql\n\\i two.sql\n' >twice.sql
plan twice.sql
expect_status 0
end

finish
