#!/bin/sh
# Session deployments: what goes wrong is told with the file and the line where it is.
. "$(dirname "$0")/../lib.sh"

run_all='BEGIN;
DO $$
DECLARE f record;
BEGIN
    FOR f IN SELECT * FROM pgmi_plan_view ORDER BY execution_order LOOP
        EXECUTE f.content;
    END LOOP;
END $$;
COMMIT;'

# place FILE:LINE:COLUMN MESSAGE – a deployment fails there.
place() {
    run $PGWRIGHT deploy .
    expect_status 13
    expect_errors "^pgwright: $1: $2"
}

begin "in a file: a syntax error, what is missing, what fails when it runs, alone and inside a block"
printf '%s\n' "$run_all" >deploy.sql
mkdir m
printf 'SELECT 1;\n\nSELCT 2;\n' >m/1.sql
place m/1.sql:3:1 'syntax error at or near "SELCT" (SQLSTATE 42601)'
expect_errors '^  SELCT 2;$'
expect_errors 'while: running deploy.sql:6'
printf -- '-- é\nSELECT 1;\n\nSELECT é FROM nope;\n' >m/1.sql
place m/1.sql:4:15 'relation "nope" does not exist'
printf 'SELECT 1\n  / 0;' >m/1.sql
place m/1.sql:1:1 'division by zero'
printf 'SELECT 1;\nDO $x$\nBEGIN\n  PERFORM 1;\n  RAISE EXCEPTION $m$no$m$;\nEND $x$;' >m/1.sql
place m/1.sql:5:3 'no (SQLSTATE P0001)'
printf 'CREATE TABLE u (a int UNIQUE);\nDO $x$\nBEGIN\n  INSERT INTO u VALUES (1), (1);\nEND $x$;' >m/1.sql
place m/1.sql:4:3 'duplicate key value'
expect_errors 'detail: Key (a)=(1) already exists'
expect_errors '    SQL statement "./m/1.sql"$'
printf 'DO $x$ BEGIN\n  EXECUTE $y$SELECT * FROM nope$y$;\nEND $x$;' >m/1.sql
place m/1.sql:2:28 'relation "nope" does not exist'
printf 'CREATE TABLE u (a int UNIQUE);\nINSERT INTO u VALUES (1);\nINSERT INTO u VALUES (1);' >m/1.sql
place m/1.sql 'duplicate key value'
run $PGWRIGHT deploy . --json
expect_json "d->>'failedFile'" ./m/1.sql
expect_json "d->>'scriptLine'" 6
expect_json "d->>'where'" "SQL statement \"./m/1.sql\"
PL/pgSQL function inline_code_block line 5 at EXECUTE"
end

begin "in a file, when deploy.sql raises the error anew"
write deploy.sql <<'EOF'
DO $$
DECLARE f record;
BEGIN
    FOR f IN SELECT * FROM pgmi_plan_view LOOP
        BEGIN
            EXECUTE f.content;
        EXCEPTION WHEN OTHERS THEN
            RAISE EXCEPTION 'Failed in %: %', f.path, SQLERRM USING ERRCODE = SQLSTATE;
        END;
    END LOOP;
END $$;
EOF
mkdir "a b"
printf 'SELECT 1;\nSELCT 2;\n' >"a b/1.sql"
place "a b/1.sql:2:1" 'Failed in ./a b/1.sql: syntax error'
end

begin "in deploy.sql: by the server's position, or by counting statements"
printf 'BEGIN;\nSELECT 1;\n  INSERT INTO nope VALUES (1);\nCOMMIT;\n' >deploy.sql
place deploy.sql:3:15 'relation "nope" does not exist'
printf 'CREATE TABLE q (a int UNIQUE);;\n/* é */ INSERT INTO q VALUES (1);\n\n  INSERT INTO q\n  VALUES (1);\n' >deploy.sql
place deploy.sql:4:3 'duplicate key'
printf 'SELECT 1;\nDO $$\nBEGIN\n  PERFORM 1;\n  PERFORM 1 / 0;\nEND $$;\n' >deploy.sql
place deploy.sql:5:3 'division by zero'
printf 'SELECT 1;\nCOMMIT;\n\n\nSELECT 1;\n  SELECT é FROM nope;\n' >deploy.sql
place deploy.sql:6:17 'relation "nope" does not exist'
expect_errors 'in unit 3 of 3; 2 before it are committed'
run $PGWRIGHT deploy . --json
expect_json "concat_ws(' ', d->>'executionMode', d->>'executionUnits', d->>'unitsCommitted', d->>'line', d->>'column', d->>'sourceLine')" \
    "psql 3 2 6 17   SELECT é FROM nope;"
end

begin "what cannot be parsed behind the first COMMIT is told before anything runs"
printf 'CREATE TABLE t (a int);\nCOMMIT;\n\nCREATE INDEX CONCURRENTLY é ON t (a);\nSELECT ( ;\n' >deploy.sql
place deploy.sql:5:10 'syntax error at or near ";"'
expect_errors 'found before anything was run'
expect_sql "SELECT to_regclass('t') IS NULL" t
write deploy.sql <<'EOF'
CREATE TABLE t (a int);
COMMIT;
CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;
MERGE INTO t USING t s ON true WHEN MATCHED THEN DO NOTHING;
DO $a$ BEGIN RAISE NOTICE 'a longer name than 63 characters would be cut'; END $a$;
VACUUM t;
EOF
if [ "$(sql "SELECT current_setting('server_version_num')::int >= 150000")" = t ]; then
    run $PGWRIGHT deploy .
    expect_status 0
fi
end

begin "in a test: its file and line, and in deploy.sql that of the macro"
printf 'BEGIN;\nSELECT 1;\n  CALL pgmi_test();\nCOMMIT;\n' >deploy.sql
mkdir -p a/__test__
printf 'DO $$\nBEGIN\n  RAISE EXCEPTION $x$no$x$ USING DETAIL = $x$d$x$, HINT = $x$h$x$;\nEND $$' >a/__test__/t.sql
place a/__test__/t.sql:3:3 'Failed in ./a/__test__/t.sql: no (SQLSTATE P0001)'
expect_errors 'detail: d$'
expect_errors 'hint: h$'
expect_errors 'while: running deploy.sql:3$'
run $PGWRIGHT deploy . --json
expect_json "concat_ws(' ', d->>'failedFile', d->>'line', d->>'scriptExpanded', d->>'scriptLine')" "./a/__test__/t.sql 3 true 3"
printf 'SELECT 1;\n SELCT 2;' >a/__test__/t.sql
place a/__test__/t.sql:2:2 'Failed in ./a/__test__/t.sql: syntax error'
printf 'SELECT *\n FROM nope;' >a/__test__/t.sql
place a/__test__/t.sql:1:1 'Failed in ./a/__test__/t.sql: relation "nope" does not exist'
end

begin "macros: a bad pattern, no test, no BEGIN, a callback that is none"
mkdir __test__
echo 'SELECT 1;' >__test__/t.sql
printf 'BEGIN;\n CALL pgmi_test();\n  CALL pgmi_test(\047(\047);\nCOMMIT;\n' >deploy.sql
place deploy.sql:3:3 'invalid regular expression'
printf 'BEGIN;\nCALL pgmi_test(\047nothing\047);\nCOMMIT;\n' >deploy.sql
place deploy.sql:2:1 'no tests matched the requested pattern (SQLSTATE P0002)'
printf 'SELECT 1;\nCALL pgmi_test();\n' >deploy.sql
place deploy.sql:2:1 'SAVEPOINT can only be used in transaction blocks'
expect_errors 'hint: put BEGIN before it'
printf 'BEGIN;\nCALL pgmi_test(NULL, \047a;b\047);\nCOMMIT;\n' >deploy.sql
place deploy.sql:2:1 ''
end

begin "a transaction that deploy.sql leaves open is lost, and is told so"
printf 'SELECT 1;\n  BEGIN;\nCREATE TABLE t ();\n' >deploy.sql
place deploy.sql:2:3 'deploy.sql ended with its transaction open: nothing after its BEGIN was kept'
expect_sql "SELECT to_regclass('t') IS NULL" t
printf 'CREATE TABLE kept ();\nCOMMIT;\nSTART TRANSACTION;\nCREATE TABLE t ();\n' >deploy.sql
place deploy.sql:3:1 'deploy.sql ended with its transaction open'
expect_sql "SELECT to_regclass('kept') IS NULL" f
printf 'BEGIN;\nCOMMIT AND CHAIN;\n' >deploy.sql
place deploy.sql:2:1 'deploy.sql ended with its transaction open'
printf 'BEGIN;\nROLLBACK;\n' >deploy.sql
run $PGWRIGHT deploy .
expect_status 0
end

begin "psql's own commands are not for the server"
printf 'SELECT 1;\n\\echo hello\n' >deploy.sql
place deploy.sql:2:1 'syntax error'
expect_errors "hint: .*psql"
end

begin "COPY has no data, and nobody takes its data: told before anything runs"
for statement in 'COPY t FROM STDIN' 'COPY t TO STDOUT' 'copy (select 1) to stdout'; do
    printf 'CREATE TABLE t ();\n  %s;\n' "$statement" >deploy.sql
    run $PGWRIGHT deploy .
    expect_status 10
    expect_errors '^pgwright: deploy.sql:2:3: COPY'
done
printf 'COPY' >file.sql
printf 'CREATE TABLE t (a text);\nDO $$ BEGIN EXECUTE $x$COPY t FROM STDIN$x$; END $$;' >deploy.sql
run $PGWRIGHT deploy .
expect_status 13
end

begin "values of parameters are in no message"
printf 'DO $$ BEGIN RAISE EXCEPTION $x$no$x$; END $$;' >deploy.sql
run $PGWRIGHT deploy . --param api_token=canary-0123456789 --verbose --json
expect_status 13
expect_no_errors canary
expect_no_out canary
printf 'DO $$ BEGIN RAISE EXCEPTION $x$said %%$x$, current_setting($x$pgmi.api_token$x$); END $$;' >deploy.sql
run $PGWRIGHT deploy . --param api_token=canary-0123456789 --json
expect_no_errors canary
expect_no_out canary
end

begin "what a session cannot be told: versions, flags, hosts"
echo 'SELECT 1;' >deploy.sql
run $PGWRIGHT deploy . --compat 2 --json
expect_status 10
expect_json "d->>'exitCode'" 10
run $PGWRIGHT deploy . --compat 1
expect_status 0
run $PGWRIGHT deploy . -h /nowhere --json
expect_status 11
expect_json "(d->>'status') || (d->>'exitCode') || (d->>'filesLoaded')" failed110
end

finish
