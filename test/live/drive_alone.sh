# Session deployments whose files run outside of transactions, or several in one.
. "$(dirname "$0")/../lib.sh"

# meta ATTRIBUTES – a block of metadata
meta() {
    printf '/*\n<pgmi-meta id="%s" idempotent="true" %s></pgmi-meta>\n*/\n' "$(cat /proc/sys/kernel/random/uuid)" "$1"
}

files() {
    printf "COMMIT;\nCALL pg_temp.pgwright_deploy_files('^./steps/');\nCREATE TABLE behind ();\n" >deploy.sql
    mkdir -p steps
    echo 'CREATE TABLE a (id int); INSERT INTO a VALUES (1), (2);' >steps/1.sql
    { meta 'transaction="none"'; printf 'CREATE INDEX CONCURRENTLY a_id ON a (id);\nINSERT INTO a VALUES (3);\nVACUUM a;\n'; } >steps/2.sql
    echo 'INSERT INTO a VALUES (4);' >steps/3.sql
}

begin "statements that no transaction takes run from a file, in its place among the others"
files
run "$PGWRIGHT" deploy .
expect_status 0
expect_no_errors skipped
expect_sql "SELECT string_agg(id::text, ',' ORDER BY id) FROM a" 1,2,3,4
expect_sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass" t
expect_sql "SELECT to_regclass('behind') IS NOT NULL, (SELECT count(*) FROM pgwright.session_files)" "t|0"
end

begin "ALTER SYSTEM, a value of an enum that is used at once, a block that commits, a transaction of the file's own"
files
rm steps/*
echo "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE m (how mood);" >steps/1.sql
cat >steps/2.sql <<'SQL'
ALTER SYSTEM RESET work_mem;
ALTER TYPE mood ADD VALUE 'glad';
INSERT INTO m VALUES ('glad');
DO $$ BEGIN INSERT INTO m VALUES ('sad'); COMMIT; INSERT INTO m VALUES ('sad'); END $$;
BEGIN;
INSERT INTO m VALUES ('glad');
SAVEPOINT s;
INSERT INTO m VALUES ('glad');
ROLLBACK TO SAVEPOINT s;
COMMIT;
BEGIN;
INSERT INTO m VALUES ('glad');
ROLLBACK;
REINDEX TABLE CONCURRENTLY m;
SQL
printf 'transactions:\n  "2.sql": none\n' >pgwright.yaml
run "$PGWRIGHT" deploy .
expect_status 0
expect_sql "SELECT how, count(*) FROM m GROUP BY 1 ORDER BY 1" "sad|2
glad|2"
end

begin "the last rule that fits counts, and the file itself before all of them"
files
printf 'transactions:\n  steps/: none\n  steps/[13].sql: own\n' >pgwright.yaml
sed -i 's/ transaction="none"/ transaction="own"/' steps/2.sql
run "$PGWRIGHT" metadata plan --json
expect_status 0
expect_json "(SELECT string_agg(f->>'transaction', ' ' ORDER BY f->>'path') FROM jsonb_array_elements(d->'plan') f)" "own own own"
sed -i 's/ transaction="own"//' steps/2.sql
run "$PGWRIGHT" metadata plan --json
expect_json "(SELECT string_agg(f->>'transaction', ' ' ORDER BY f->>'path') FROM jsonb_array_elements(d->'plan') f)" "own none own"
run "$PGWRIGHT" deploy .
expect_status 0
printf 'transactions:\n  steps/: never\n' >pgwright.yaml
run "$PGWRIGHT" deploy .
expect_status 10
expect_errors "pgwright.yaml:1.*the transaction of steps/ is neither own, shared nor none"
sed -i 's/idempotent="true"/idempotent="true" transaction="some"/' steps/2.sql
run "$PGWRIGHT" metadata validate
expect_status 10
expect_errors "steps/2.sql:2:.*transaction is neither own, shared nor none"
rm pgwright.yaml
mv steps/3.sql steps/4.sql
run "$PGWRIGHT" metadata scaffold --write --transaction shared
expect_status 10
rm steps/2.sql
run "$PGWRIGHT" metadata scaffold --write --transaction shared
expect_status 0
run "$PGWRIGHT" metadata plan --json
expect_json "(SELECT string_agg(f->>'transaction', ' ') FROM jsonb_array_elements(d->'plan') f)" "shared shared"
end

begin "shared files are one transaction up to the next that is not"
files
rm steps/*
echo 'CREATE TABLE a (id int);' >steps/1.sql
echo 'INSERT INTO a VALUES (txid_current());' >steps/2.sql
echo 'INSERT INTO a VALUES (txid_current());' >steps/3.sql
echo 'INSERT INTO a VALUES (txid_current());' >steps/4.sql
echo 'VACUUM;' >steps/5.sql
echo 'INSERT INTO a VALUES (txid_current());' >steps/6.sql
echo 'SELECT 1 / 0;' >steps/7.sql
printf 'transactions: {steps: shared, steps/4.sql: own, steps/5.sql: none}\n' >pgwright.yaml
run "$PGWRIGHT" deploy .
expect_status 13
expect_errors "steps/7.sql:1"
expect_sql "SELECT count(*), count(DISTINCT id) FROM a" "3|2"
echo 'SELECT 1;' >steps/7.sql
run "$PGWRIGHT" deploy .
expect_status 0
expect_errors "./steps/4.sql: skipped"
expect_errors "./steps/5.sql: skipped"
expect_no_errors "./steps/6.sql: skipped"
expect_sql "SELECT count(*), count(DISTINCT id) FROM a" "4|3"
end

begin "a failure is placed in the file, and the next deployment goes on at its statement"
files
{ meta 'transaction="none"'; printf 'INSERT INTO a VALUES (3);\nVACUUM a;\nINSERT INTO nowhere\nVALUES (4);\nINSERT INTO a VALUES (5);\n'; } >steps/2.sql
run "$PGWRIGHT" deploy . --json
expect_status 13
expect_json "concat_ws(' ', d->'failedFile', d->'line', d->'column', d->'scriptLine', d->'sqlstate')" '"./steps/2.sql" 6 13 2 "42P01"'
expect_errors "files that were committed stay"
sql 'CREATE TABLE nowhere (id int)' >/dev/null
run "$PGWRIGHT" deploy .
expect_status 0
expect_sql "SELECT string_agg(id::text, ',' ORDER BY id) FROM a" 1,2,3,4,5
expect_sql "SELECT id FROM nowhere" 4
{ meta 'transaction="none"'; printf 'BEGIN;\nINSERT INTO a VALUES (3);\n'; } >steps/2.sql
rm steps/1.sql
run "$PGWRIGHT" deploy .
expect_status 13
expect_errors "steps/2.sql:4:1: the file ends within a transaction that it began"
expect_sql "SELECT count(*) FROM a" 5
end

begin "an index whose build failed is dropped at once"
files
{ meta 'transaction="none"'; printf 'CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id);\n'; } >steps/2.sql
sed -i 's/(2)/(1)/' steps/1.sql
run "$PGWRIGHT" deploy .
expect_status 13
expect_errors "index a_id could not be finished and was dropped again"
expect_errors "steps/2.sql:4:1: could not create unique index"
expect_sql "SELECT to_regclass('a_id') IS NULL" t
sql 'DELETE FROM a' >/dev/null
run "$PGWRIGHT" deploy .
expect_status 0
expect_sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass" t
end

# cut_off STATEMENT – as if a deployment had been killed in the first statement of steps/2.sql, having run this instead of it
cut_off() {
    files
    { meta 'transaction="none"'; printf 'CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id);\nINSERT INTO a VALUES (3);\n'; } >steps/2.sql
    mv steps/2.sql kept
    { meta 'transaction="none"'; echo 'SELECT 1 / 0;'; } >steps/2.sql
    run "$PGWRIGHT" deploy .
    mv kept steps/2.sql
    sql "UPDATE pgwright.session_files SET begun = true, checksum = '$(sha256sum <steps/2.sql | cut -d' ' -f1)' WHERE statement = 1" >/dev/null
    sql "$1" >/dev/null
    run "$PGWRIGHT" deploy .
}

begin "cut off while an index is built: what is left over is dropped, and built again"
cut_off 'INSERT INTO a VALUES (1)'
expect_status 13
psql -qX -c 'CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id)' >/dev/null 2>&1
sql "DELETE FROM a WHERE ctid = (SELECT max(ctid) FROM a WHERE id = 1); UPDATE pgwright.session_files SET begun = true WHERE statement = 1" >/dev/null
expect_sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass" f
run "$PGWRIGHT" deploy .
expect_status 0
expect_errors "./steps/2.sql: index a_id is left over from a deployment that was cut off, and not finished: it is dropped and built again"
expect_sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass" t
end

begin "cut off behind a build: the index is taken as it is"
cut_off 'CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id)'
expect_status 0
expect_errors "./steps/2.sql: index a_id was finished by a deployment that was cut off"
expect_sql "SELECT string_agg(id::text, ',' ORDER BY id) FROM a" 1,2,3,4
end

begin "cut off in what cannot be looked at: it is said, and run again; if that fails, how to go on"
files
{ meta 'transaction="none"'; printf 'DO $$ BEGIN CREATE TABLE once (); COMMIT; END $$;\nINSERT INTO a VALUES (3);\n'; } >steps/2.sql
echo 'SELECT 1 / 0;' >steps/3.sql
run "$PGWRIGHT" deploy .
expect_status 13
sql "UPDATE pgwright.session_files SET statement = 1, begun = true WHERE path = './steps/2.sql'" >/dev/null
run "$PGWRIGHT" deploy .
expect_status 13
expect_errors "./steps/2.sql: a deployment was cut off in statement 1 (DO), and whether it took effect is not known; it is run again"
hint=$(printf '%s\n' "$errors" | sed -n 's/.*deploy again: \(UPDATE .*\)/\1/p')
sql "$hint" >/dev/null
rm steps/3.sql
run "$PGWRIGHT" deploy .
expect_status 0
expect_sql "SELECT count(*) FROM a WHERE id = 3" 2
end

begin "IF NOT EXISTS is not content with an index that is not finished"
files
{ meta 'transaction="none"'; printf 'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_id ON a (id);\n'; } >steps/2.sql
sql 'CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1)' >/dev/null
sql 'CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id)' >/dev/null
rm steps/1.sql
run "$PGWRIGHT" deploy .
expect_status 17
expect_errors "steps/2.sql:4:1: index a_id is invalid: it was not built to its end"
end

begin "called by something else, nothing can run outside of transactions, and it says so"
files
printf "COMMIT;\nDO \$\$ BEGIN CALL pg_temp.pgwright_deploy_files(); END \$\$;\n" >deploy.sql
run "$PGWRIGHT" deploy .
expect_status 13
expect_errors "./steps/2.sql runs outside of transactions, which nothing can that was called by something else"
expect_errors "a statement of deploy.sql itself"
end

begin "a statement that no transaction takes is refused before anything runs, where it stands"
files
sed -i 's/ transaction="none"//' steps/2.sql
run "$PGWRIGHT" deploy .
expect_status 10
expect_errors "steps/2.sql:4:1: CREATE INDEX CONCURRENTLY cannot run in a transaction, and pgwright_deploy_files() would run it in one"
expect_errors 'transactions: {steps/2.sql: none}'
expect_sql "SELECT to_regnamespace('pgwright') IS NULL, to_regclass('a') IS NULL" "t|t"
sed -i 's/steps/other/' deploy.sql
run "$PGWRIGHT" deploy .
expect_status 0
end

begin "a plan does not run such files, and names them; in a database of its own it does"
files
run "$PGWRIGHT" plan . -d "$PGDATABASE"
expect_status 0
expect_out "not run.*, ./steps/2.sql: it runs outside of transactions"
run "$PGWRIGHT" plan . --json
expect_json "d->'notRun'->0" '{"why": "it runs outside of transactions", "file": "./steps/2.sql"}'
expect_json "(SELECT string_agg(f->>'path', ' ') FROM jsonb_array_elements(d->'files') f)" "deploy.sql ./steps/1.sql ./steps/3.sql"
expect_sql "SELECT to_regnamespace('pgwright') IS NULL" t
run "$PGWRIGHT" plan . --sandbox --json
expect_status 0
expect_json "d->'notRun'" "[]"
expect_json "(SELECT string_agg(f->>'path' || ' ' || (f->>'count'), ', ') FROM jsonb_array_elements(d->'files') f)" \
    "deploy.sql 2, ./steps/1.sql 2, ./steps/2.sql 3, ./steps/3.sql 1"
"$PGWRIGHT" sandbox stop >/dev/null 2>&1
end

finish
