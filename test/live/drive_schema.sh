# Session deployments: plan tells what becomes of the schema.
. "$(dirname "$0")/../lib.sh"

before() {
    sql "CREATE TABLE people (id int PRIMARY KEY, name text, age int);
         CREATE TABLE old_orders (id int);
         CREATE VIEW names AS SELECT name FROM people;
         CREATE SCHEMA app; CREATE TABLE app.kept (id int); CREATE ROLE \"r_$PGDATABASE\"" >/dev/null
}

begin "objects that are made, changed and dropped are named as in the plan of a schema; nothing of it is kept"
before
cat >deploy.sql <<SQL
SET ROLE "r_$PGDATABASE";
RESET ROLE;
ALTER TABLE people ADD COLUMN note text, DROP COLUMN age;
CREATE INDEX people_name ON people (name);
CREATE TABLE app.made (id int);
CREATE TEMP TABLE mine (id int);
SET search_path = app;
DROP VIEW public.names;
ALTER TABLE public.old_orders RENAME TO orders;
CREATE FUNCTION twice(i int) RETURNS int LANGUAGE sql AS 'SELECT 2 * i';
COMMIT;
CREATE TABLE public.tail ();
SET ROLE "r_$PGDATABASE";
SQL
run "$PGWRIGHT" plan . --json
expect_status 0
expect_json "(SELECT string_agg(concat_ws(' ', c->>'change', c->>'type', c->>'name'), ', ') FROM jsonb_array_elements(d->'schema') c)" \
    "add function app.twice(integer), add table app.made, drop table public.old_orders, add table public.orders, modify table public.people, add table public.tail, drop view public.names"
expect_json "(SELECT string_agg(concat_ws(' ', p->>'change', p->>'type', p->>'name'), ', ') FROM jsonb_array_elements(d->'schema') c, jsonb_array_elements(c->'parts') p)" \
    "drop column age, add column note, add index people_name"
expect_json "d->'renames'" '[{"to": "public.orders", "from": "public.old_orders"}]'
locks=$(printf '%s' "$out" | sed -n '/"locks"/,/"hazards"/p' | grep -v heldMs)
run "$PGWRIGHT" plan .
expect_status 0
expect_out "^  ~ public.people"
expect_out "^    + note (column)"
expect_out "^  - public.names"
expect_out "public.old_orders is called public.orders now"
expect_no_out mine
expect_sql "SELECT to_regclass('app.made') IS NULL, to_regclass('names') IS NOT NULL" "t|t"
run "$PGWRIGHT" plan . --json --no-schema-diff
expect_status 0
expect_json "d->'schema' IS NULL" t
expect_same "$locks" "$(printf '%s' "$out" | sed -n '/"locks"/,/"hazards"/p' | grep -v heldMs)" "the locks without it"
sql "DROP ROLE \"r_$PGDATABASE\"" >/dev/null
end

begin "a schema that stays as it is; a deployment that fails has none"
before
echo 'INSERT INTO people VALUES (1)' >deploy.sql
run "$PGWRIGHT" deploy . --dry-run
expect_status 0
expect_out "the schema stays as it is"
expect_sql "SELECT count(*) FROM people" 0
echo 'CREATE TABLE x (); SELECT 1 / 0' >deploy.sql
run "$PGWRIGHT" plan . --json
expect_status 13
expect_json "d->'schema' IS NULL" t
sql "DROP ROLE \"r_$PGDATABASE\"" >/dev/null
end

begin "in an empty database of the sandbox everything is made"
printf 'CREATE TABLE a (id int); COMMIT; CREATE INDEX CONCURRENTLY a_id ON a (id);\n' >deploy.sql
run "$PGWRIGHT" plan . --sandbox --json
expect_status 0
expect_json "(SELECT string_agg(concat_ws(' ', c->>'change', c->>'type', c->>'name'), ', ') FROM jsonb_array_elements(d->'schema') c)" "add table public.a"
"$PGWRIGHT" sandbox stop >/dev/null 2>&1
end

finish
