#!/bin/sh
# Session deployments: plan runs everything, tells what it did, and keeps nothing of it.
. "$(dirname "$0")/../lib.sh"

# What nearly every project does: all files of its plan, in order.
all_files() {
    cat <<'SQL'
DO $$
DECLARE f record;
BEGIN
    FOR f IN SELECT p.path, p.content FROM pgmi_plan_view p JOIN pgmi_source_view s USING (path)
             WHERE s.is_sql_file ORDER BY p.execution_order LOOP
        EXECUTE f.content;
    END LOOP;
END $$;
SQL
}

people() {
    sql "CREATE TABLE people (id int PRIMARY KEY, name text, age int);
         INSERT INTO people SELECT i, 'p' || i, i FROM generate_series(1, 1000) i;
         CREATE VIEW names AS SELECT name FROM people"
}

# expect_file PATH EXPRESSION VALUE – of the file's object `f` in the document.
expect_file() {
    expect_json "(SELECT $2 FROM jsonb_array_elements(d->'files') f WHERE f->>'path' = '$1')" "$3"
}

begin "files are told in the order in which they ran, with statements and rows; nothing is left"
people
{ echo 'BEGIN;'; all_files; echo 'CALL pgmi_test();'; echo 'COMMIT;'; } >deploy.sql
write b/2.sql <<'EOF'
-- nothing but a comment before
INSERT INTO people SELECT i, 'q', i FROM generate_series(2001, 2010) i;
UPDATE people SET name = 'r' WHERE id > 2007;
CREATE FUNCTION twice(int) RETURNS int BEGIN ATOMIC SELECT $1 + $1; SELECT $1 * 2; END;
DELETE FROM people WHERE id = 1
EOF
write a/1.sql <<'EOF'
CREATE TABLE orders (id int);
DO $$ BEGIN INSERT INTO orders VALUES (1); INSERT INTO orders VALUES (2); END $$; -- done;
EOF
write a/__test__/test_orders.sql <<'EOF'
INSERT INTO orders VALUES (3);
DO $$ BEGIN ASSERT (SELECT count(*) FROM orders) = 3; END $$;
EOF
echo 'not SQL' >README.md
run $PGWRIGHT plan . --json
expect_status 0
expect_json "(SELECT string_agg(f->>'path', ' ') FROM jsonb_array_elements(d->'files') f)" \
    "deploy.sql ./a/1.sql ./b/2.sql ./a/__test__/test_orders.sql"
expect_json "concat_ws(' ', d->>'status', d->>'ranIn', d->>'unitsCommitted')" "success transaction 0"
statements="(SELECT string_agg(concat_ws(' ', s->>'line', s->>'command', s->>'inserted', s->>'updated', s->>'deleted'), ', ')
             FROM jsonb_array_elements(f->'statements') s)"
expect_file ./a/1.sql "$statements" "1 CREATE TABLE 0 0 0, 2 DO 2 0 0"
expect_file ./b/2.sql "$statements" "2 INSERT 10 0 0, 3 UPDATE 0 3 0, 4 CREATE FUNCTION 0 0 0, 5 DELETE 0 0 1"
expect_file ./a/__test__/test_orders.sql "$statements" "1 INSERT 1 0 0, 2 DO 0 0 0"
expect_file ./b/2.sql "f->'statements'->1->>'statement'" "UPDATE people SET name = 'r' WHERE id > 2007"
expect_sql "SELECT count(*) || coalesce(to_regclass('orders')::text, '') FROM people" 1000
run $PGWRIGHT deploy . --dry-run
expect_status 0
expect_out '^\./b/2.sql  *4 statements .*10 inserted, 3 updated, 1 deleted$'
expect_no_out 'UPDATE people'
expect_errors 'nothing of it is kept'
expect_sql "SELECT count(*) || coalesce(to_regclass('orders')::text, '') FROM people" 1000
run $PGWRIGHT plan . --verbose
expect_out "    3 .* ms  3 updated  UPDATE people SET name = 'r' WHERE id > 2007$"
end

begin "locks and hazards of what was there before; of what is new there are none"
people
sql "CREATE TABLE old (a int); CREATE TABLE gone (a int); CREATE SEQUENCE numbers"
all_files >deploy.sql
write 1.sql <<'EOF'
CREATE TABLE new (a int);
ALTER TABLE new ALTER a TYPE bigint;
CREATE INDEX ON people (age);
ALTER TABLE people ALTER age TYPE bigint;
DROP VIEW names;
SELECT nextval('numbers');
TRUNCATE old;
DROP TABLE gone;
ALTER TABLE people ADD note text;
EOF
run $PGWRIGHT plan . --json
expect_status 0
expect_file ./1.sql "(SELECT string_agg(concat_ws(' ', h->>'line', h->>'hazard', h->>'relation'), ', ') FROM jsonb_array_elements(f->'hazards') h)" \
    "3 long-lock public.people, 4 table-rewrite public.people, 5 breaks-clients public.names, 7 data-loss public.old, 8 data-loss public.gone"
expect_file ./1.sql "(SELECT string_agg(concat_ws(' ', l->>'line', l->>'mode', l->>'relation', (l->>'heldMs')::numeric > 0), ', ') FROM jsonb_array_elements(f->'locks') l)" \
    "3 SHARE public.people t, 4 ACCESS EXCLUSIVE public.people t, 5 ACCESS EXCLUSIVE public.names t, 6 ROW EXCLUSIVE public.numbers t, 7 ACCESS EXCLUSIVE public.old t, 8 ACCESS EXCLUSIVE public.gone t"
expect_json "d->>'sequences'" '["public.numbers"]'
run $PGWRIGHT plan .
expect_out '^    locks public.people ACCESS EXCLUSIVE for [0-9.]* ms, line 4$'
expect_out '^    table-rewrite: public.people: every row is written anew, line 4$'
expect_no_out '\(locks\|data-loss\|table-rewrite\).*public.new'
run $PGWRIGHT plan . --forbid all --allow long-lock,data-loss,breaks-clients
expect_status 12
expect_errors '^pgwright: 1.sql:4: table-rewrite: public.people: every row'
run $PGWRIGHT plan . --forbid security
expect_status 0
expect_sql "SELECT count(*) FROM people" 1000
expect_sql "SELECT to_regclass('gone')::text || to_regclass('names') || pg_typeof(age) FROM people LIMIT 1" gonenamesinteger
end

begin "the tail runs behind the head, but for what no transaction takes: that is listed"
people
sql "CREATE PROCEDURE in_steps() LANGUAGE plpgsql AS \$\$ BEGIN INSERT INTO people VALUES (5000); COMMIT; END \$\$"
write deploy.sql <<'EOF'
CREATE TABLE t (a int);
COMMIT;
CREATE INDEX CONCURRENTLY i ON people (age);
INSERT INTO t VALUES (1), (2);
VACUUM people;
BEGIN;
INSERT INTO t VALUES (3);
ROLLBACK;
BEGIN;
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
SAVEPOINT s;
INSERT INTO t VALUES (4);
ROLLBACK TO s;
COMMIT AND CHAIN;
INSERT INTO t VALUES (5);
COMMIT;
DO $$ BEGIN INSERT INTO t VALUES (6); COMMIT; END $$;
CALL in_steps();
DO $$
DECLARE n text := (SELECT string_agg(a::text, ' ' ORDER BY a) FROM t);
BEGIN
    CREATE TEMP TABLE x (a int) ON COMMIT DROP;
    RAISE NOTICE 'rows %', n;
END $$;
EOF
run $PGWRIGHT plan . --json
expect_status 0
expect_errors '^rows 1 2 5$'
expect_json "(SELECT string_agg(concat_ws(' ', s->>'line', s->>'command'), ', ') FROM jsonb_array_elements(d->'notRun') s)" \
    "3 CREATE INDEX CONCURRENTLY, 5 VACUUM, 17 DO, 18 CALL"
expect_sql "SELECT coalesce(to_regclass('t')::text, '') || count(*) FROM people" 1000
run $PGWRIGHT plan .
expect_out '^not run, deploy.sql line 3: it cannot run in a transaction$'
expect_out '^not run, deploy.sql line 18: invalid transaction termination$'
end

begin "files that are committed one by one are run as well, and not committed"
echo 'CALL pg_temp.pgwright_deploy_files();' >deploy.sql
echo 'CREATE TABLE a (); CREATE TABLE a2 ();' >1.sql
echo 'CREATE TABLE b ();' >2.sql
run $PGWRIGHT plan . --json
expect_status 0
expect_json "(SELECT string_agg(concat_ws(' ', f->>'path', f->>'count'), ', ') FROM jsonb_array_elements(d->'files') f)" \
    "deploy.sql 1, ./1.sql 2, ./2.sql 1"
expect_json "d->>'notRun'" '[]'
expect_sql "SELECT to_regclass('a') IS NULL AND to_regnamespace('pgwright') IS NULL" t
end

begin "a deployment that is one statement, and one that rolls back its head"
echo 'VACUUM' >deploy.sql
run $PGWRIGHT plan .
expect_status 0
expect_out 'not run, deploy.sql line 1'
echo 'DO $$ BEGIN CREATE TABLE t (); COMMIT; END $$;' >deploy.sql
run $PGWRIGHT plan .
expect_status 0
expect_out 'not run, deploy.sql line 1'
printf 'BEGIN ISOLATION LEVEL SERIALIZABLE;\nSET TRANSACTION READ WRITE;\nCREATE TABLE t ();\nROLLBACK;\nCREATE TABLE t ();\n' >deploy.sql
run $PGWRIGHT plan .
expect_status 0
printf -- '-- nothing' >deploy.sql
run $PGWRIGHT plan .
expect_status 0
end

begin "nothing is kept, also where a COMMIT hides in what reads as a string"
cat >deploy.sql <<'EOF'
CREATE TABLE left_behind ();
COMMIT;
SET standard_conforming_strings = off;
SELECT '\' || '; COMMIT; SELECT '\' || ';
EOF
run $PGWRIGHT plan .
expect_status 13
expect_errors 'a plan commits nothing'
expect_sql "SELECT to_regclass('left_behind') IS NULL" t
end

begin "what a deployment fails with a plan fails with, at the same place"
people
{ echo 'BEGIN;'; all_files; echo 'COMMIT;'; } >deploy.sql
write 1.sql <<'EOF'
SELECT 1; SELECT 'é'; SELECT é FROM nope;
EOF
run $PGWRIGHT plan .
expect_status 13
expect_errors '^pgwright: 1.sql:1:37: relation "nope" does not exist'
expect_errors 'while: running deploy.sql:7'
run $PGWRIGHT plan . --json
expect_json "concat_ws(' ', d->>'status', d->>'failedFile', d->>'scriptLine', d->>'where')" "failed ./1.sql 7 PL/pgSQL function inline_code_block line 6 at EXECUTE"
rm 1.sql
printf 'SELECT 1;\nSELECT 2;\nSELECT nope;\nCOMMIT;\n' >deploy.sql
run $PGWRIGHT plan .
expect_status 13
expect_errors '^pgwright: deploy.sql:3:8: column "nope" does not exist'
printf 'BEGIN;\nCREATE TABLE t ();\n' >deploy.sql
run $PGWRIGHT plan .
expect_status 13
expect_errors '^pgwright: deploy.sql:1:1: deploy.sql ended with its transaction open'
sql "CREATE TABLE c (a int REFERENCES people DEFERRABLE INITIALLY DEFERRED)"
printf 'BEGIN;\nINSERT INTO c VALUES (-1);\nCOMMIT;\n' >deploy.sql
run $PGWRIGHT plan .
expect_status 13
expect_errors '^pgwright: deploy.sql:3:1: insert or update on table "c" violates foreign key'
printf 'SELECT 1;\nCOMMIT;\nINSERT INTO c VALUES (1);\nBEGIN;\nINSERT INTO c VALUES (2);\nINSERT INTO c VALUES (-2);\nDELETE FROM c WHERE a < 0;\nCOMMIT;\nINSERT INTO c VALUES (-3);\n' >deploy.sql
run $PGWRIGHT plan .
expect_status 13
expect_errors '^pgwright: deploy.sql:9:1: insert or update on table "c" violates foreign key'
expect_sql "SELECT count(*) FROM c" 0
end

begin "whoever runs a file sees what a deployment sees: rows, counts, checksums, another role"
sql "CREATE TABLE t (a int); GRANT ALL ON t TO PUBLIC"
psql -Xqc "CREATE ROLE plan_app_$$"
write 1.sql <<'EOF'
INSERT INTO t VALUES (1);
SELECT 42
EOF
write 2.sql <<'EOF'
INSERT INTO t VALUES (7), (8), (9);
EOF
cat >deploy.sql <<EOF
BEGIN;
SET LOCAL ROLE plan_app_$$;
SET LOCAL search_path = public;
DO \$\$
DECLARE f record; got int; n int;
BEGIN
    EXECUTE (SELECT content FROM pg_temp.pgmi_plan_view WHERE path = './1.sql') INTO got;
    EXECUTE (SELECT 'SET search_path = public; ' || content FROM pg_temp.pgmi_plan_view WHERE path = './2.sql');
    GET DIAGNOSTICS n = ROW_COUNT;
    RAISE NOTICE 'got % and %', got, n;
    FOR f IN SELECT * FROM pg_temp.pgmi_source_view ORDER BY path LOOP
        RAISE NOTICE '% % %', f.path, f.size_bytes, f.checksum;
    END LOOP;
END \$\$;
COMMIT;
EOF
run $PGWRIGHT plan .
expect_status 0
expect_errors '^got 42 and 3$'
expect_errors "^\./1.sql $(wc -c <1.sql) $(sha256sum 1.sql | cut -d' ' -f1)"
expect_sql "SELECT count(*) FROM t" 0
psql -Xqc "DROP OWNED BY plan_app_$$; DROP ROLE plan_app_$$"
end

begin "a failure that deploy.sql catches ends the file it arose in, not the plan"
write deploy.sql <<'EOF'
DO $$
DECLARE f record;
BEGIN
    FOR f IN SELECT * FROM pgmi_plan_view ORDER BY execution_order LOOP
        BEGIN
            EXECUTE f.content;
        EXCEPTION WHEN division_by_zero THEN
            RAISE NOTICE 'caught';
        END;
    END LOOP;
END $$;
EOF
printf 'CREATE TABLE a ();\nSELECT 1/0;\nCREATE TABLE a2 ();\n' >1.sql
printf 'CREATE TABLE b (a int);\nINSERT INTO b VALUES (1);\n' >2.sql
run $PGWRIGHT plan . --json
expect_status 0
expect_errors '^caught$'
expect_file ./2.sql "f->>'complete' || ' ' || (f->>'count')" "true 2"
end

begin "a database that is not there is not made; none is replaced; a deployment that runs keeps plans out"
echo 'SELECT pg_sleep(30);' >deploy.sql
run $PGWRIGHT plan . -d "${PGDATABASE}_none"
expect_status 11
expect_errors 'pgwright plan --sandbox'
expect_sql "SELECT count(*) FROM pg_database WHERE datname = '${PGDATABASE}_none'" 0
run $PGWRIGHT deploy . --dry-run --overwrite --force
expect_status 10
psql -Xq -c "SELECT pg_advisory_lock(hashtextextended('pgmi.deploy.' || current_database(), 0))" -c 'SELECT pg_sleep(60)' >holder.out 2>&1 &
holder=$!
tries=0
until [ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")" = 1 ]; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { fail "the lock is not taken"; break; }
    sleep 0.1
done
run $PGWRIGHT plan .
expect_status 15
kill $holder
wait $holder 2>/dev/null
end

begin "on the sandbox everything really runs, in a database that is dropped"
{ all_files; echo 'COMMIT;'; echo 'CREATE INDEX CONCURRENTLY i ON t (a);'; echo 'RESET ALL;'; echo 'INSERT INTO t VALUES (3);'; } >deploy.sql
echo 'CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2);' >1.sql
run $PGWRIGHT plan . --sandbox --json
expect_status 0
expect_json "d->>'ranIn' || (d->>'notRun')" 'sandbox[]'
expect_file deploy.sql "(SELECT string_agg(concat_ws(' ', s->>'command', s->>'inserted'), ', ') FROM jsonb_array_elements(f->'statements') s)" \
    "DO 0, CREATE INDEX CONCURRENTLY 0, INSERT 1"
expect_file ./1.sql "f->'statements'->1->>'inserted'" 2
echo 'SELECT nope;' >2.sql
run $PGWRIGHT plan . --sandbox
expect_status 13
expect_errors '2.sql:1:8: column "nope" does not exist'
expect_same "" "$(psql -XAtq "$($PGWRIGHT sandbox url)" -c "SELECT datname FROM pg_database WHERE datname LIKE 'pgwright_preview%'")" "left behind"
end

finish
