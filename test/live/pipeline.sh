# What a pipeline needs of plans and their runs: results for machines, exit codes, whom a plan is for, and a cost that does not grow
# with every object.
. "$(dirname "$0")/../lib.sh"

PLANNING="postgresql://$PGUSER:$canary_url@/postgres?host=$PGHOST"

plan() {
    run "$PGWRIGHT" plan --plan-url "$PLANNING" --file "$@"
}

deploy() {
    run "$PGWRIGHT" deploy --yes --plan-url "$PLANNING" --file "$@"
}

begin "a run tells a machine what was done, what failed, and that there was nothing to do"
echo 'CREATE TABLE a (id int); CREATE TABLE b (id int);' >one.sql
deploy one.sql --json
expect_status 0
expect_json "format('%s %s %s %s %s', d->'ok', d->'groups', d->'groups_committed', d->'steps', d->'steps_committed')" 'true 1 1 2 2'
expect_json "(d->>'ms')::int >= 0" t
deploy one.sql --json
expect_json "format('%s %s %s', d->'ok', d->'groups', d->'steps')" 'true 0 0'
sql "INSERT INTO b VALUES (1), (1)" >/dev/null
echo 'CREATE TABLE a (id int NOT NULL); CREATE TABLE b (id int, UNIQUE (id));' >two.sql
deploy two.sql --json
expect_status 13
expect_json "format('%s %s', d->'ok', (d->'groups_committed')::int < (d->'groups')::int)" 'false t'
expect_json "d#>>'{error,sqlstate}'" 23505
plan two.sql --check --json
expect_status 18
expect_json "jsonb_array_length(d->'groups') > 0" t
plan one.sql --json
expect_json "d->>'version'" 1.0.0
end

begin "dangers are told in every output, and refused by name with a code of their own"
sql "CREATE TABLE a (id int, note text); CREATE TABLE b (); ALTER TABLE a ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON a USING (true)" >/dev/null
echo 'CREATE TABLE a (id bigint);' >a.sql
plan a.sql --output-human human --output-json json --output-markdown md
expect_status 0
for rule in data-loss table-rewrite breaks-clients security; do
    for file in human json md; do grep -q "$rule" $file || fail "$rule is not told in $file"; done
    plan a.sql --forbid $rule
    expect_status 12
done
plan a.sql --forbid all --allow data-loss,table-rewrite,breaks-clients,security,fails-on-data,dependency-drop
expect_status 0
end

begin "the way back of a run is a file that psql takes"
echo 'CREATE TABLE a (id int, CHECK (id > 0)); CREATE INDEX a_id ON a (id); CREATE TYPE t AS ENUM ($$x$$);' | sed 's/\$\$/'"'"'/g' >one.sql
deploy one.sql
echo "CREATE TABLE a (id bigint NOT NULL, more text); CREATE INDEX a_id ON a (id, more); CREATE TYPE t AS ENUM ('x', 'y');" >two.sql
plan two.sql --output-revert back.sql --output-json plan.json
run "$PGWRIGHT" deploy --plan plan.json --yes
expect_status 0
plan two.sql --check
expect_status 0
run psql -Xq -v ON_ERROR_STOP=1 -f back.sql
expect_status 0
plan one.sql --check
expect_status 0
end

begin "several schemas in one plan, with what they need of each other"
sql "CREATE SCHEMA left_hand; CREATE SCHEMA right_hand; CREATE SCHEMA third; CREATE TABLE third.t (id int PRIMARY KEY)" >/dev/null
write both.sql <<'END'
CREATE TABLE left_hand.a (id int PRIMARY KEY, b int, c int REFERENCES third.t);
CREATE TABLE right_hand.b (id int PRIMARY KEY, a int REFERENCES left_hand.a);
ALTER TABLE left_hand.a ADD FOREIGN KEY (b) REFERENCES right_hand.b;
CREATE VIEW left_hand.v AS SELECT a.id, b.a FROM left_hand.a JOIN right_hand.b ON b.a = a.id;
END
deploy both.sql --schema left_hand --schema right_hand
expect_status 0
plan both.sql --schema left_hand --schema right_hand --check
expect_status 0
expect_sql "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND connamespace <> 'pgwright'::regnamespace" 3
run "$PGWRIGHT" dump --schema left_hand --schema right_hand
expect_no_out 'CREATE TABLE third.t'
end

begin "a plan names its target, and says so when it is run elsewhere"
other="${PGDATABASE}_other"
psql -XAtq -d postgres -c "CREATE DATABASE \"$other\""
echo 'CREATE TABLE a (id int);' >a.sql
plan a.sql --output-json plan.json
out=$(cat plan.json)
expect_json "format('%s %s %s', d#>>'{pgwright,target,database}' = '$PGDATABASE', d#>>'{pgwright,target,system_identifier}' ~ '^[0-9]+\$', d#>>'{pgwright,target,schemas}')" \
    't t ["public"]'
run "$PGWRIGHT" deploy --plan plan.json --yes --db "$other"
expect_status 0
expect_errors "the plan was made for the database $PGDATABASE"
run "$PGWRIGHT" deploy --plan plan.json --yes
expect_status 0
expect_no_errors 'was made for'
psql -XAtq -d postgres -c "DROP DATABASE \"$other\""
end

# How many statements a plan sends, to the target and to where it is made.
statements() {
    plan "$1" --debug
    expect_status 0
    printf '%s\n' "$errors" | grep -c '^sql: '
}

begin "a plan of a hundred tables asks the target no more often than one of two"
tables() {
    i=0
    while [ $i -lt "$1" ]; do
        i=$((i + 1))
        echo "CREATE TABLE t$i (id int PRIMARY KEY, name text DEFAULT 'x', CHECK (id > 0)); CREATE INDEX i$i ON t$i (name);"
        echo "CREATE VIEW v$i AS SELECT id FROM t$i; CREATE FUNCTION f$i(int) RETURNS int LANGUAGE sql AS 'SELECT $i'; GRANT SELECT ON t$i TO pg_monitor;"
    done
}
tables 2 >few.sql
tables 100 >many.sql
psql -Xq -f few.sql
plan few.sql
few=$(statements few.sql)
psql -Xq -c 'DROP SCHEMA public CASCADE' -c 'CREATE SCHEMA public' -f many.sql 2>/dev/null
plan many.sql --check
expect_status 0
many=$(statements many.sql)
expect_same "$few" "$many" "the number of statements"
[ "$many" -lt 80 ] || fail "$many statements are too many"
name="$name ($many statements)"
end

finish
