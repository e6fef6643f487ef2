. "$(dirname "$0")/../lib.sh"

begin "deploys a plan, records it, and has nothing to do the second time"
project pgwright; change users; change orders users; tag v1
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT string_agg(change, ',' ORDER BY deployed_at) FROM pgwright.changes" "users,orders"
expect_sql "SELECT tag FROM pgwright.tags" v1
run "$PGWRIGHT" deploy
expect_status 0
expect_out "already deployed"
end

begin "a failing change leaves nothing behind, and says where it failed"
project pgpm; change users; change broken
printf 'CREATE TABLE fine ();\nCREATE TABLE broken (\n  id int,\n  ref int REFERENCES nowhere\n);\n' >deploy/broken.sql
run "$PGWRIGHT" deploy
expect_status 13
expect_errors "deploy/broken.sql:4\|deploy/broken.sql:2"
expect_errors 'relation "nowhere" does not exist (SQLSTATE 42P01)'
expect_out "rolled back"
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 0
expect_sql "SELECT to_regclass('users') IS NULL" t
expect_sql "SELECT event_type || error_code FROM pgpm_migrate.events" deploy42P01
end

begin "the server's position becomes line and column of the file, with a caret"
project pgwright; change users
printf -- '-- a comment\n\nBEGIN;\nSELECT 1;\nSELECT\n  1 + nope\n;\nCOMMIT;\n' >deploy/users.sql
run "$PGWRIGHT" deploy
expect_status 13
expect_errors "deploy/users.sql:6:7: column \"nope\" does not exist"
expect_errors "^        ^"
end

begin "a failing verify script fails the deploy and rolls it back"
project pgwright; change users
echo 'SELECT nothing FROM users;' >verify/users.sql
run "$PGWRIGHT" deploy
expect_status 17
expect_errors "verify/users.sql:1:8"
expect_sql "SELECT to_regclass('users') IS NULL" t
run "$PGWRIGHT" deploy --no-verify
expect_status 0
end

begin "verify scripts of a run see all of it, and nothing that they do stays"
project pgwright; change users; change helper
echo 'SELECT id FROM helper; INSERT INTO users VALUES (1);' >verify/users.sql
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT count(*) FROM users" 0
run "$PGWRIGHT" verify
expect_status 0
expect_sql "SELECT count(*) FROM users" 0
end

begin "--to stops there, is idempotent, and refuses what is unknown or behind"
project pgpm; change a; change b; tag v1; change c
run "$PGWRIGHT" deploy --to @v1
expect_status 0
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 2
run "$PGWRIGHT" deploy --to @v1
expect_status 0
expect_out "Nothing to deploy"
run "$PGWRIGHT" deploy --to a
expect_status 2
expect_errors "pgwright revert"
run "$PGWRIGHT" deploy --to nosuch
expect_status 2
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 2
end

begin "--createdb makes the database once"
project pgwright; change a
run "$PGWRIGHT" deploy -d "${PGDATABASE}_new" --createdb
expect_status 0
run "$PGWRIGHT" deploy -d "${PGDATABASE}_new" --createdb
expect_status 0
sql "CREATE ROLE nobody_$$ LOGIN"
run "$PGWRIGHT" deploy -d "${PGDATABASE}_new" --createdb -U nobody_$$
expect_status 13
expect_errors "schema pgwright"
sql "DROP ROLE nobody_$$"
psql -XAtqc "DROP DATABASE \"${PGDATABASE}_new\""
end

begin "statements that cannot run in a transaction stand alone; the rest stays whole"
project pgwright; change t; change i t; change u
echo 'CREATE INDEX CONCURRENTLY i ON t (id);' >deploy/i.sql
echo 'SELECT 1/count(*) FROM pg_class WHERE relname = $$i$$;' >verify/i.sql
echo 'DROP INDEX i;' >revert/i.sql
run "$PGWRIGHT" plan
expect_out "outside a transaction, because CREATE INDEX CONCURRENTLY"
run "$PGWRIGHT" deploy --single-transaction
expect_status 10
expect_sql "SELECT to_regclass('t') IS NULL" t
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass" t
run "$PGWRIGHT" revert --all --yes
expect_status 0
end

begin "enum values are committed before they are used"
project pgpm; change e1; change e2 e1; change e3 e2
echo "CREATE TYPE en AS ENUM ('a');" >deploy/e1.sql; echo "ALTER TYPE en ADD VALUE 'b';" >deploy/e2.sql
echo "CREATE TABLE e3 (v en DEFAULT 'b');" >deploy/e3.sql
rm -r verify
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT count(*) FROM e3" 0
end

begin "a script that adds an enum value and uses it runs statement by statement"
project pgwright; change e1; change e2 e1
echo "CREATE TYPE en AS ENUM ('a');" >deploy/e1.sql
printf "ALTER TYPE en ADD VALUE 'b';\nCREATE TABLE e2 (v en DEFAULT 'b');\n" >deploy/e2.sql
rm -r verify
run "$PGWRIGHT" deploy
expect_status 0
end

begin "inline COPY data, psql variables, \\if and includes"
project pgwright; change t
printf 'a\tb\n' >data.tsv
echo 'INSERT INTO t VALUES (:n, :'"'"'who'"'"');' >more.sql
write deploy/t.sql <<'EOF'
\set n 7
CREATE TABLE t (id int, who text);
COPY t FROM stdin;
1	one;
2	\N
\.
\if :{?who}
\ir ../more.sql
\else
SELECT 1/0;
\endif
CREATE TABLE u (a text, b text);
\copy u from 'data.tsv'
EOF
echo 'SELECT id, who FROM t;' >verify/t.sql
run "$PGWRIGHT" deploy --set "who=it's"
expect_status 0
expect_sql "SELECT string_agg(id || coalesce(who, '-'), ',' ORDER BY id) FROM t" "1one;,2-,7it's"
expect_sql "SELECT a || b FROM u" ab
end

begin "settings, roles and temporary objects of a script do not reach the next"
project pgwright; change a; change b
printf "CREATE SCHEMA other; SET search_path = other; CREATE TEMP TABLE tt (); CREATE TABLE a (id int);" >deploy/a.sql
echo "SELECT id FROM other.a;" >verify/a.sql
printf "CREATE TEMP TABLE tt (); CREATE TABLE b (id int);" >deploy/b.sql
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT to_regclass('public.b') IS NOT NULL" t
end

begin "a script's own ROLLBACK takes back what it would have under psql"
project pgwright; change a
printf 'BEGIN; CREATE TABLE a (id int); COMMIT; BEGIN; CREATE TABLE gone (); ROLLBACK;' >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT to_regclass('gone') IS NULL" t
end

begin "--dry-run prints a script that does the same, and touches nothing"
project pgwright; change a; change b a
run "$PGWRIGHT" deploy --dry-run
expect_status 0
expect_out "^BEGIN;"
expect_sql "SELECT to_regclass('a') IS NULL AND to_regclass('pgwright.changes') IS NULL" t
printf '%s\n' "$out" >dry.sql
expect_same "" "$(psql -XAtq -v ON_ERROR_STOP=1 -f dry.sql 2>&1)" "what psql says to the dry run"
expect_sql "SELECT to_regclass('b') IS NOT NULL" t
end

begin "--log-only records without running"
project pgpm; change a; change b
run "$PGWRIGHT" deploy --log-only
expect_status 0
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 2
expect_sql "SELECT to_regclass('a') IS NULL" t
end

begin "--tx=change keeps what was committed before the failure"
project pgpm; change a; change b; echo 'SELECT 1/0;' >deploy/b.sql
run "$PGWRIGHT" deploy --tx=change
expect_status 13
expect_sql "SELECT string_agg(change_name, ',') FROM pgpm_migrate.changes" a
end

begin "an edited script is told, and --strict refuses it"
project pgpm; change a; change b
run "$PGWRIGHT" deploy --to a
echo '-- edited' >>deploy/a.sql
run "$PGWRIGHT" deploy --strict
expect_status 18
run "$PGWRIGHT" check
expect_status 18
expect_out "deploy/a.sql"
run "$PGWRIGHT" deploy
expect_status 0
expect_errors "a was deployed from another script"
run "$PGWRIGHT" check --accept a
expect_status 0
run "$PGWRIGHT" check
expect_status 0
end

begin "identical scripts in one module are fine"
project pgpm; change d1; change d2; echo 'SELECT 1;' >deploy/d1.sql; echo 'SELECT 1;' >deploy/d2.sql; rm -r verify
run "$PGWRIGHT" deploy
expect_status 0
end

begin "reworked changes run the script of their time"
project pgpm; change f; tag v1; change f 'f@v1'
cp deploy/f.sql 'deploy/f@v1.sql'; cp revert/f.sql 'revert/f@v1.sql'; cp verify/f.sql 'verify/f@v1.sql'
echo 'ALTER TABLE f ADD COLUMN more int;' >deploy/f.sql; echo 'ALTER TABLE f DROP COLUMN more;' >revert/f.sql
echo 'SELECT more FROM f;' >verify/f.sql
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT string_agg(change_name, ',' ORDER BY deployed_at) FROM pgpm_migrate.changes" "f@v1,f"
run "$PGWRIGHT" revert --yes
expect_status 0
expect_sql "SELECT count(*) FROM pg_attribute WHERE attrelid = 'f'::regclass AND attname = 'more'" 0
end

begin "one run at a time: the second waits, or fails with --no-wait"
project pgwright; change a; echo 'SELECT pg_sleep(1.5); CREATE TABLE a (id int);' >deploy/a.sql
"$PGWRIGHT" deploy >first.out 2>&1 &
first=$!
sleep 0.7
run "$PGWRIGHT" deploy --no-wait
expect_status 15
expect_errors "another run holds the lock"
run "$PGWRIGHT" deploy
expect_status 0
expect_errors "waiting: another run"
wait $first || fail "the first deploy failed"
expect_sql "SELECT count(*) FROM pgwright.changes" 1
end

begin "--timeout gives up and rolls back"
project pgwright; change a; echo 'CREATE TABLE a (id int); SELECT pg_sleep(30);' >deploy/a.sql
run "$PGWRIGHT" deploy --timeout 500ms
expect_status 16
expect_sql "SELECT to_regclass('a') IS NULL" t
end

begin "an interrupt cancels and rolls back"
project pgwright; change a; echo 'CREATE TABLE a (id int); SELECT pg_sleep(30);' >deploy/a.sql
"$PGWRIGHT" deploy >first.out 2>&1 &
first=$!
sleep 0.7; kill -INT $first
wait $first
[ $? = 130 ] || fail "it did not end with 130: $(cat first.out)"
expect_sql "SELECT to_regclass('a') IS NULL" t
end

begin "a lock that is not had in time is exit code 16"
project pgwright; change a; tag v1; run "$PGWRIGHT" deploy
change b; echo 'ALTER TABLE a ADD COLUMN x int; CREATE TABLE b (id int);' >deploy/b.sql
psql -XAtqc 'BEGIN; LOCK TABLE a; SELECT pg_sleep(3)' >/dev/null &
sleep 0.5
run "$PGWRIGHT" deploy --lock-timeout 200ms --lock-retries 0
expect_status 16
wait
end

begin "the audit log's chain is whole, and a changed row is found"
project pgwright; change a; change b
run "$PGWRIGHT" deploy
run "$PGWRIGHT" history --verify
expect_status 0
sql "UPDATE pgwright.events SET change = 'x'" | grep -q append-only || fail "events can be changed"
sql "ALTER TABLE pgwright.events DISABLE TRIGGER ALL; UPDATE pgwright.events SET change = 'x' WHERE seq = 1"
run "$PGWRIGHT" history --verify
expect_status 18
expect_out "event 1: its content was changed"
end

finish
