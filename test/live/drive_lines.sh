# Session deployments: at which line of a file of several statements it fails.
. "$(dirname "$0")/../lib.sh"

files() {
    cat >deploy.sql <<'SQL'
DO $$ DECLARE f record; BEGIN
    FOR f IN SELECT p.path, p.content FROM pgmi_plan_view p JOIN pgmi_source_view s USING (path) WHERE s.is_sql_file ORDER BY p.execution_order LOOP
        EXECUTE f.content;
    END LOOP;
END $$;
SQL
    echo 'CREATE TABLE t (id int PRIMARY KEY);' >1.sql
}

begin "one of several DO blocks, by what its line does; a statement within a block, wherever it is"
files
cat >2.sql <<'SQL'
DO $$ BEGIN
    PERFORM 1;
    PERFORM 2;
END $$;
INSERT INTO t VALUES (1);
DO $$ BEGIN
    PERFORM 1;
    RAISE EXCEPTION 'no';
END $$;
SQL
run "$PGWRIGHT" deploy .
expect_status 13
expect_errors "2.sql:8:5: no"
cat >2.sql <<'SQL'
DO $$ BEGIN PERFORM 1; END $$;
DO $$ BEGIN
    INSERT INTO t
    VALUES (1), (1);
END $$;
SQL
run "$PGWRIGHT" deploy .
expect_errors "2.sql:3:5: duplicate key"
cat >2.sql <<'SQL'
DO $$ BEGIN PERFORM 1; END $$;
SELECT 1;
DO $$ BEGIN
    PERFORM 1;
    RAISE EXCEPTION;
END $$;
SQL
run "$PGWRIGHT" deploy .
expect_errors "2.sql:5:.*syntax error"
cat >2.sql <<'SQL'
SELECT 1;
DO $$ BEGIN
    PERFORM 1;
    RAISE EXCEPTION '%';
END $$;
SQL
run "$PGWRIGHT" deploy .
expect_errors "2.sql:4:5: too few parameters"
cat >2.sql <<'SQL'
DO $$ BEGIN
    RAISE NOTICE 'fine'; END $$;
DO $$ BEGIN
    RAISE EXCEPTION 'which?'; END $$;
SQL
run "$PGWRIGHT" deploy .
expect_errors "pgwright: 2.sql: which?"
end

begin "a plan knows the statement by its marks, where a deployment knows the file"
files
cat >2.sql <<'SQL'
INSERT INTO t VALUES (1);
INSERT INTO t VALUES (2);
-- the third
  INSERT INTO t VALUES (1);
INSERT INTO t VALUES (3);
SQL
run "$PGWRIGHT" deploy .
expect_status 13
expect_errors "pgwright: 2.sql: duplicate key"
expect_errors "hint: at which statement of the file it fails is what .pgwright plan. tells"
run "$PGWRIGHT" plan . --json
expect_status 13
expect_json "concat_ws(' ', d->>'failedFile', d->>'line', d->>'column', d->>'sourceLine')" "./2.sql 4 3   INSERT INTO t VALUES (1);"
echo 'SELECT 1 / 0; SELECT 1;' >2.sql
run "$PGWRIGHT" plan .
expect_errors "2.sql:1:1: division by zero"
echo 'SELECT 1; SELECT 1 / 0;' >2.sql
echo 'COMMIT;' >>deploy.sql
run "$PGWRIGHT" plan . --verbose
expect_errors "2.sql:1:11: division by zero"
sed -i '2i -- nothing' deploy.sql
echo "DO \$\$ BEGIN EXECUTE (SELECT content FROM pgmi_source_view WHERE path = './2.sql'); END \$\$; SELECT 1;" >3.sql
echo 'SELECT 1; SELECT 2;' >2.sql
echo 'SELECT 1; SELECT 1 / 0;' >4.sql
run "$PGWRIGHT" plan .
expect_errors "4.sql:1:11: division by zero"
end

begin "deploy_files has the same"
files
printf "COMMIT;\nCALL pg_temp.pgwright_deploy_files();\n" >deploy.sql
echo 'INSERT INTO t VALUES (1); INSERT INTO t VALUES (1);' >2.sql
run "$PGWRIGHT" plan .
expect_status 13
expect_errors "2.sql:1:27: duplicate key"
end

begin "plan takes several databases as deploy --dry-run does"
files
run "$PGWRIGHT" plan . -d "$PGDATABASE,postgres" --json
expect_status 0
expect_json "(SELECT string_agg(concat_ws(' ', b->>'database' = 'postgres', b->>'status', b->>'ranIn'), ', ') FROM jsonb_array_elements(d->'databases') b)" \
    "f success transaction, t success transaction"
run "$PGWRIGHT" plan . -d "$PGDATABASE,nowhere" --keep-going --jobs 2
expect_status 11
expect_errors "FAILED    nowhere"
expect_errors "done      $PGDATABASE"
expect_sql "SELECT to_regclass('t') IS NULL" t
end

begin "of several statements the one that can fail so, by what the error is about"
files
found() { # PLACE: where the failure of 2.sql is told to be
    run "$PGWRIGHT" deploy .
    expect_status 13
    expect_errors "pgwright: $1"
}
cat >2.sql <<'SQL'
CREATE TABLE u (id int PRIMARY KEY, s text CHECK (s <> 'AS'));
COMMENT ON TABLE u IS 'INSERT INTO u';
CREATE VIEW v AS SELECT id FROM u;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
  INSERT INTO u VALUES (1), (1);
GRANT SELECT ON u TO PUBLIC;
DO $$ BEGIN PERFORM 1; END $$;
SQL
found "2.sql:5:3: duplicate key"
cat >2.sql <<'SQL'
CREATE TABLE u AS SELECT 1 / (id - id) FROM generate_series(1, 3) id;
CREATE TABLE w (id int);
SQL
found "2.sql:1:1: division by zero"
cat >2.sql <<'SQL'
SELECT 'T' FROM (SELECT 1) AS "x";
CREATE SEQUENCE other;
CREATE VIEW "t" AS SELECT 1;
SQL
found '2.sql:3:1: relation "t" already exists'
cat >2.sql <<'SQL'
CREATE TABLE u (a int);
ALTER TABLE u ADD b int;
ALTER TABLE u ADD a text;
SQL
found '2.sql:3:1: column "a" of relation "u" already exists'
cat >2.sql <<'SQL'
CREATE TABLE u (a int);
GRANT SELECT ON u TO nobody_of_this_name;
SQL
found '2.sql:2:1: role "nobody_of_this_name" does not exist'
end

begin "where several can, they are named; where that is not known, or a function fails, none is"
files
cat >2.sql <<'SQL'
INSERT INTO t VALUES (1);
COMMENT ON TABLE t IS 't';
INSERT INTO t VALUES (2);

INSERT INTO t VALUES (1);
SQL
run "$PGWRIGHT" deploy .
expect_errors 'pgwright: 2.sql: duplicate key'
expect_errors 'the statement that failed is one of those in lines 1, 3 and 5$'
cat >2.sql <<'SQL'
CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'INSERT INTO t VALUES (1), (1)';
DROP TABLE IF EXISTS missing;
SELECT f();
SQL
run "$PGWRIGHT" deploy .
expect_errors 'pgwright: 2.sql: duplicate key'
expect_no_errors 'the statement that failed is one of'
end

finish
