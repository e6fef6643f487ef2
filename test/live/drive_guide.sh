# How session projects are run in production: the patterns that guides teach, each as a project that does it.
. "$(dirname "$0")/../lib.sh"

# Files in the order of the plan, for those below a folder.
loop() {
    printf 'DO $$\nDECLARE f record;\nBEGIN\n    FOR f IN SELECT path, content FROM pgmi_plan_view WHERE path LIKE %s ORDER BY execution_order LOOP\n' "'./$1/%'"
    printf "        BEGIN\n            EXECUTE f.content;\n        EXCEPTION WHEN OTHERS THEN\n            RAISE EXCEPTION 'Failed in %%: %%', f.path, SQLERRM USING ERRCODE = SQLSTATE;\n        END;\n    END LOOP;\nEND \$\$;\n"
}

begin "phases by folders: what one committed stays when the next fails"
{ loop schema; echo 'COMMIT;'; loop data; loop late; } >deploy.sql
write schema/1.sql <<'END'
CREATE TABLE t (a int);
END
write data/1.sql <<'END'
INSERT INTO t VALUES (1);
END
write late/1.sql <<'END'
INSERT INTO t VALUES (2);
SELECT no_such_column FROM t;
END
run "$PGWRIGHT" deploy . --json
expect_status 13
expect_json "concat_ws(' ', d->>'failedFile', d->>'executionUnits', d->>'unitsCommitted')" "./late/1.sql 3 2"
expect_sql "SELECT string_agg(a::text, ',') FROM t" 1
end

begin "the exit code decides: a gate in a pipeline, with the connection in the environment"
echo "DO \$\$ BEGIN RAISE NOTICE 'env %', current_setting('pgmi.env'); END \$\$;" >deploy.sql
for variable in PGMI_CONNECTION_STRING DATABASE_URL; do
    run env -u PGHOST -u PGDATABASE "$variable=postgresql://$PGUSER:$canary_url@/$PGDATABASE?host=$PGHOST" "$PGWRIGHT" deploy . --compat 1 --force \
        --param env=production --timeout 15m
    expect_status 0
    expect_errors '^env production$'
done
run "$PGWRIGHT" deploy . --compat 1 --force
expect_status 13
end

begin "progress and notices go to stderr in their order, and to a file through a pipe"
write deploy.sql <<'END'
DO $$
DECLARE f record;
        n int := 0;
        m int := (SELECT count(*) FROM pgmi_source_view);
BEGIN
    FOR f IN SELECT path FROM pgmi_plan_view ORDER BY execution_order LOOP
        n := n + 1;
        RAISE NOTICE '[%/%] %', n, m, f.path;
    END LOOP;
END $$;
END
for i in 1 2 3; do echo 'SELECT 1;' >$i.sql; done
run "$PGWRIGHT" deploy .
expect_status 0
expect_same "" "$out" "stdout"
expect_same "[1/3] ./1.sql
[2/3] ./2.sql
[3/3] ./3.sql" "$(printf '%s\n' "$errors" | grep '^\[')" "the progress"
"$PGWRIGHT" deploy . 2>&1 | tee "$test_root/log" >/dev/null
expect_same 3 "$(grep -c '^\[./3\]' "$test_root/log")" "lines of the file"
end

begin "limits for locks and statements: SET and RESET, in files and in deploy.sql"
write deploy.sql <<'END'
SET lock_timeout = '2s';
DO $$ BEGIN EXECUTE (SELECT content FROM pgmi_source_view WHERE name = 'a.sql'); END $$;
DO $$ BEGIN RAISE NOTICE '% %', current_setting('lock_timeout'), current_setting('statement_timeout'); END $$;
RESET lock_timeout;
COMMIT;
DO $$ BEGIN RAISE NOTICE '% %', current_setting('lock_timeout'), current_setting('statement_timeout'); END $$;
END
echo "SET statement_timeout = '5min';" >a.sql
run "$PGWRIGHT" deploy .
expect_status 0
expect_errors '^2s 5min$'
expect_errors '^0 5min$'
end

begin "an index without a lock behind the COMMIT, then a transaction again; within a file it is refused, and told why"
write deploy.sql <<'END'
BEGIN;
CREATE TABLE orders (id int, status text);
COMMIT;
CREATE INDEX CONCURRENTLY orders_status ON orders (status);
BEGIN;
INSERT INTO orders VALUES (1, 'new');
COMMIT;
END
run "$PGWRIGHT" deploy .
expect_status 0
expect_sql "SELECT indisvalid, (SELECT count(*) FROM orders) FROM pg_index WHERE indexrelid = 'orders_status'::regclass" 't|1'
end

begin "rollback scripts, chosen by a parameter, in reverse order"
write deploy.sql <<'END'
BEGIN;
DO $$
DECLARE f record;
BEGIN
    IF coalesce(current_setting('pgmi.rollback', true), '') = 'true' THEN
        FOR f IN SELECT path, content FROM pgmi_source_view WHERE directory = './rollback/' ORDER BY path COLLATE "C" DESC LOOP
            RAISE NOTICE 'back: %', f.path;
            EXECUTE f.content;
        END LOOP;
    ELSE
        FOR f IN SELECT path, content FROM pgmi_plan_view WHERE path LIKE './migrations/%' ORDER BY execution_order LOOP
            EXECUTE f.content;
        END LOOP;
    END IF;
END $$;
COMMIT;
END
echo 'CREATE TABLE a (id int PRIMARY KEY);' | write migrations/1.sql
echo 'CREATE TABLE b (a int REFERENCES a);' | write migrations/2.sql
echo 'DROP TABLE a;' | write rollback/1.sql
echo 'DROP TABLE b;' | write rollback/2.sql
run "$PGWRIGHT" deploy .
expect_status 0
run "$PGWRIGHT" deploy . --param rollback=true
expect_status 0
expect_same "back: ./rollback/2.sql
back: ./rollback/1.sql" "$(printf '%s\n' "$errors" | grep '^back')" "the order"
expect_sql "SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b')" 0
end

begin "what was deployed is written down by deploy.sql, and nothing else stays"
write deploy.sql <<'END'
BEGIN;
CREATE TABLE IF NOT EXISTS deployments (at timestamptz DEFAULT now(), who name DEFAULT session_user, files int, version text);
INSERT INTO deployments (files, version) SELECT count(*), current_setting('pgmi.version') FROM pgmi_source_view;
COMMIT;
END
echo x >readme.txt
run "$PGWRIGHT" deploy . --param version=1.2.3
run "$PGWRIGHT" deploy . --param version=1.2.4
expect_status 0
expect_sql "SELECT string_agg(version || ' ' || files, ', ' ORDER BY at) FROM deployments" "1.2.3 1, 1.2.4 1"
expect_sql "SELECT count(*) FROM pg_class WHERE relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_' OR nspname = 'information_schema') AND relkind IN ('r', 'v') AND relname <> 'deployments'" 0
expect_sql "SELECT count(*) FROM pg_namespace WHERE nspname IN ('pgmi', 'pgwright')" 0
end

begin "blue and green: the new one is made, its tests fail, the old one is as it was"
blue=${PGDATABASE}_blue green=${PGDATABASE}_green
mkdir __test__
printf 'BEGIN;\nCREATE TABLE shop AS SELECT 1 AS v;\nCALL pgmi_test();\nCOMMIT;\n' >deploy.sql
echo 'SELECT 1;' >__test__/t.sql
run "$PGWRIGHT" deploy . -d "$blue"
expect_status 0
echo 'SELECT 1 / 0;' >__test__/t.sql
run "$PGWRIGHT" deploy . -d "$green"
expect_status 13
expect_same 1 "$(psql -XAtq -d "$blue" -c 'SELECT v FROM shop')" "the old one"
expect_same "" "$(psql -XAtq -d "$green" -c "SELECT to_regclass('shop')")" "the new one"
for one in $blue $green; do psql -XAtq -d postgres -c "DROP DATABASE $one"; done
end

begin "a SQL file that ends within a comment, and names with a dollar before a COMMIT"
printf 'SELECT 1;\n/*' >a.sql
printf '/*x' >b.sql
printf '/*' >c.sql
printf 'CREATE TABLE a$b$c (x int);\nCOMMIT;\nINSERT INTO a$b$c VALUES (1);\n' >deploy.sql
run "$PGWRIGHT" deploy . --json
expect_status 0
expect_json "concat_ws(' ', d->>'filesLoaded', d->>'executionUnits')" "3 2"
expect_sql 'SELECT count(*) FROM a$b$c' 1
end

begin "the project's folder is a link"
mkdir real && echo "DO \$\$ BEGIN RAISE NOTICE 'files %', (SELECT string_agg(path, ' ') FROM pgmi_source_view); END \$\$;" >real/deploy.sql
echo 'SELECT 1;' >real/a.sql
ln -s real link
run "$PGWRIGHT" deploy ./link
expect_status 0
expect_errors '^files ./a.sql$'
end

begin "ten thousand files, and ten thousand tests in five hundred folders"
mkdir files && (cd files && seq 1 10000 | sed 's/.*/SELECT &;/' | split -l 1 -a 4 -d --additional-suffix=.sql -)
for folder in $(seq 1 500); do
    mkdir -p "tests/$folder/__test__"
    (cd "tests/$folder/__test__" && seq 1 20 | sed 's/.*/SELECT &;/' | split -l 1 -a 2 -d --additional-suffix=.sql -)
done
printf 'SELECT count(*) FROM pgmi_plan_view;\nDO $$ BEGIN PERFORM length(pg_temp.pgmi_test_generate()); END $$;\nBEGIN;\nCALL pgmi_test();\nCOMMIT;\n' >deploy.sql
before=$(date +%s)
run "$PGWRIGHT" deploy . --json
expect_status 0
took=$(($(date +%s) - before))
expect_json "d->>'filesLoaded'" 20000
expect_same 10000 "$(printf '%s\n' "$errors" | grep -c '^\[pgmi\] Test: ')" "tests that ran"
[ $took -lt 60 ] || fail "it took $took s"
end

if ! command -v pgbouncer >/dev/null 2>&1 && [ ! -x /usr/sbin/pgbouncer ]; then
    skip "behind a pooler" "pgbouncer is not installed"
    finish
fi

# pooler MODE
pooler() {
    mkdir -p pool && chmod 777 pool
    printf '"postgres" ""\n' >pool/users
    printf '[databases]\n* = host=%s port=5432 user=postgres\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = %s\nlisten_port = 6432\nauth_type = any\nauth_file = %s\npool_mode = %s\nlogfile = %s\npidfile = %s\n' \
        "$PGHOST" "$PWD/pool" "$PWD/pool/users" "$1" "$PWD/pool/log" "$PWD/pool/pid" >pool/ini
    chmod -R a+rwX "$test_root" pool
    as=
    [ "$(id -u)" != 0 ] || as='setpriv --reuid=postgres --regid=postgres --clear-groups --'
    PATH=$PATH:/usr/sbin $as pgbouncer -q pool/ini 2>/dev/null &
    pooler=$!
    sleep 1
}

begin "behind a pooler: in session mode it runs, in transaction and statement mode it is told so before anything runs"
printf 'CREATE TABLE IF NOT EXISTS t (a int);\nCOMMIT;\nSELECT count(*) FROM pgmi_source_view;\n' >deploy.sql
for mode in transaction statement session; do
    pooler $mode
    run "$PGWRIGHT" deploy . -h "$PWD/pool" -p 6432
    case $mode in
    session)
        expect_status 0
        ;;
    *)
        expect_status 11
        expect_errors 'pooler in transaction mode'
        expect_errors 'hint: connect to the server itself'
        expect_sql "SELECT to_regclass('t')" ''
        ;;
    esac
    kill $pooler
    wait $pooler 2>/dev/null
    rm -rf pool
done
end

finish
