# Schemas as they shall be: plan, deploy (apply), diff, drift; renames, guards, stored plans, other schemas, other people's files.
. "$(dirname "$0")/../lib.sh"

plan() {
    run "$PGWRIGHT" plan --file "$@"
}

apply() {
    run "$PGWRIGHT" apply --yes --file "$@"
}

# What is there is what the file says, and nothing is left to do.
expect_reached() {
    plan "$1" --output-sql stdout
    expect_status 0
    expect_same "" "$out" "a second plan of $1"
}

begin "a schema is made, changed in place, and then there is nothing to do"
write one.sql <<'END'
CREATE TABLE person (id integer PRIMARY KEY, name text);
CREATE VIEW names AS SELECT name FROM person;
END
apply one.sql
expect_status 0
expect_out 'Changes applied successfully'
sql "INSERT INTO person VALUES (1, 'Ada')" >/dev/null
write two.sql <<'END'
CREATE VIEW names AS SELECT name, mood FROM person;
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, mood mood DEFAULT 'fine');
CREATE TYPE mood AS ENUM ('bad', 'fine');
CREATE INDEX person_name ON person (lower(name));
COMMENT ON TABLE person IS 'who';
END
apply two.sql
expect_status 0
expect_reached two.sql
expect_sql "SELECT format('%s %s %s', id, name, mood) FROM person" '1 Ada fine'
apply two.sql
expect_out 'No changes to apply. Database schema is already up to date.'
end

begin "a plan is for people, for programs, for psql and for a review"
write a.sql <<'END'
CREATE TABLE a (id int PRIMARY KEY);
END
plan a.sql --output-human human --output-json json --output-sql sql --output-markdown md
expect_status 0
grep -q '^Plan: 1 to add.$' human && grep -q '^  + a$' human || fail "human: $(cat human)"
out=$(cat json)
expect_json "d->>'version'" 1.0.0
expect_json "d#>>'{groups,0,steps,0,type}' || ' ' || (d#>>'{groups,0,steps,0,operation}') || ' ' || (d#>>'{groups,0,steps,0,path}')" \
    'table create public.a'
expect_json "length(d#>>'{source_fingerprint,hash}')" 64
expect_json "d#>>'{pgwright,target,database}' = '$PGDATABASE'" t
run psql -Xq -v ON_ERROR_STOP=1 -f sql
expect_status 0
expect_reached a.sql
grep -q '| 1.1 | create public.a |' md || fail "markdown: $(cat md)"
plan a.sql --output-json stdout --output-sql stdout
expect_status 2
expect_errors 'only one output format can use stdout'
end

begin "a stored plan is run, unless the database has changed meanwhile"
write a.sql <<'END'
CREATE TABLE a (id int);
END
plan a.sql --output-json plan.json
sql "CREATE TABLE stranger ()" >/dev/null
run "$PGWRIGHT" apply --plan plan.json --yes
expect_status 18
expect_errors 'schema fingerprint mismatch'
expect_errors 'table stranger is new'
sql "DROP TABLE stranger" >/dev/null
run "$PGWRIGHT" apply --plan plan.json --yes
expect_status 0
expect_reached a.sql
run "$PGWRIGHT" apply --plan a.sql --yes
expect_status 2
run "$PGWRIGHT" apply --file plan.json --yes
expect_status 2
expect_errors '--plan plan.json'
end

begin "a plan that pgschema wrote is run, and its fingerprint checked"
write plan.json <<'END'
{"version": "1.0.0", "pgschema_version": "1.12.4", "created_at": "2026-01-01T00:00:00Z",
 "source_fingerprint": {"hash": "965b1131737c955e24c7f827c55bd78e4cb49a75adfd04229e0ba297376f5085"},
 "groups": [{"steps": [{"sql": "CREATE TABLE IF NOT EXISTS a (\n    id integer\n);", "type": "table", "operation": "create", "path": "public.a"}]}]}
END
run "$PGWRIGHT" apply --plan plan.json --yes
expect_status 0
expect_sql "SELECT to_regclass('a') IS NOT NULL" t
run "$PGWRIGHT" apply --plan plan.json --yes
expect_status 18
expect_errors 'expected: 965b1131737c955e'
end

begin "a plan of an unknown format is refused"
write plan.json <<'END'
{"version": "7.0.0", "groups": []}
END
run "$PGWRIGHT" apply --plan plan.json --yes
expect_status 10
expect_errors 'unsupported plan format version 7.0.0'
write plan.json <<'END'
{"version": "1.0.0", "groups": [{"steps": [{"sql": "SELECT 1;", "directive": {"type": "dance"}}]}]}
END
run "$PGWRIGHT" apply --plan plan.json --yes
expect_status 10
expect_errors 'directive "dance"'
end

begin "order in the files does not matter, and they may lie in folders"
write main.sql <<'END'
\i views.sql
\i tables/
END
write views.sql <<'END'
CREATE VIEW v AS SELECT f(a.id) AS x FROM a JOIN b USING (id);
END
write tables/b.sql <<'END'
CREATE TABLE b (id int PRIMARY KEY REFERENCES a);
END
write tables/more/a.sql <<'END'
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql RETURN $1;
CREATE TABLE a (id int PRIMARY KEY);
END
apply main.sql
expect_status 0
expect_reached main.sql
end

begin "what cannot be run is told with its file, line and column"
write main.sql <<'END'
CREATE TABLE a (id int);
\i part.sql
END
write part.sql <<'END'
CREATE TABLE b (
    id integr
);
END
plan main.sql
expect_status 10
expect_errors 'part.sql:2:8: type "integr" does not exist'
write part.sql <<'END'
\i ../outside.sql
END
plan main.sql
expect_status 10
plan missing.sql
expect_status 14
end

begin "renames are said, and keep the rows"
write one.sql <<'END'
CREATE TYPE mood AS ENUM ('bad', 'ok');
CREATE TABLE customers (id serial PRIMARY KEY, mail text UNIQUE, mood mood);
CREATE VIEW mails AS SELECT mail FROM customers WHERE mood = 'ok';
END
apply one.sql
sql "INSERT INTO customers (mail, mood) VALUES ('a@b', 'ok')" >/dev/null
write two.sql <<'END'
CREATE TYPE mood AS ENUM (
    'bad',
    'fine' -- pgwright: renamed from ok
);
-- pgwright: renamed from customers
CREATE TABLE clients (
    id serial PRIMARY KEY,
    -- pgwright: renamed from mail
    email text UNIQUE,
    mood mood
);
CREATE VIEW mails AS SELECT email AS mail FROM clients WHERE mood = 'fine';
END
plan two.sql --output-sql stdout
expect_no_out DROP
apply two.sql
expect_status 0
expect_sql "SELECT email || ' ' || mood FROM clients" 'a@b fine'
expect_reached two.sql
sed 's/ *-- pgwright.*//; s/email/address/' two.sql >three.sql
plan three.sql
expect_out 'pgwright: renamed from email'
plan three.sql --rename column:clients.email=address --output-sql stdout
expect_out 'RENAME COLUMN email TO address'
end

begin "hazards are named, forbidden and allowed"
write one.sql <<'END'
CREATE TABLE a (id int, note text);
END
apply one.sql
write two.sql <<'END'
CREATE TABLE a (id bigint);
END
plan two.sql
expect_out 'data-loss: public.a.note'
expect_out 'table-rewrite: public.a.id'
apply two.sql --forbid data-loss
expect_status 12
expect_errors 'data-loss'
expect_sql "SELECT count(*) FROM pg_attribute WHERE attrelid = 'a'::regclass AND attnum > 0 AND NOT attisdropped" 2
apply two.sql --forbid all --allow data-loss,table-rewrite,breaks-clients,fails-on-data
expect_status 0
end

begin "the way back is written beside the way"
write one.sql <<'END'
CREATE TABLE a (id int);
CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1;
END
apply one.sql
write two.sql <<'END'
CREATE TABLE a (id int, more text);
CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 2;
CREATE VIEW v AS SELECT f();
END
plan two.sql --output-revert back.sql --output-human human
apply two.sql
run psql -Xq -v ON_ERROR_STOP=1 -f back.sql
expect_status 0
expect_reached one.sql
end

begin "one file serves every tenant, and a plan of one is run for another"
sql "CREATE SCHEMA t1; CREATE SCHEMA \"T 2\"; CREATE TABLE public.shared (id int PRIMARY KEY)" >/dev/null
write tenant.sql <<'END'
CREATE TABLE a (id int PRIMARY KEY REFERENCES public.shared);
CREATE VIEW v AS SELECT id FROM a;
END
plan tenant.sql --schema t1 --output-json plan.json
expect_status 0
for schema in t1 'T 2'; do
    run "$PGWRIGHT" apply --plan plan.json --schema "$schema" --yes
    expect_status 0
    plan tenant.sql --schema "$schema" --check
    expect_status 0
done
expect_sql "SELECT count(*) FROM pg_class WHERE relname IN ('a', 'v') AND relnamespace = 'public'::regnamespace" 0
plan tenant.sql --schema nowhere
expect_status 10
expect_errors "schema 'nowhere' does not exist in the database"
end

begin "all schemas at once, with what belongs to none"
write all.sql <<'END'
CREATE SCHEMA app;
CREATE EXTENSION pg_trgm SCHEMA app;
CREATE TABLE app.a (name text, b int REFERENCES public.b);
CREATE TABLE public.b (id int PRIMARY KEY);
CREATE INDEX a_name ON app.a USING gin (name app.gin_trgm_ops);
END
apply all.sql --schema '*'
expect_status 0
plan all.sql --schema '*' --check
expect_status 0
end

begin "roles and owners that are not there on the planning side do not matter"
sql "CREATE ROLE \"some body $$\"" >/dev/null
write a.sql <<END
CREATE TABLE a (id int);
GRANT SELECT ON a TO "some body $$";
ALTER TABLE a OWNER TO "some body $$";
END
apply a.sql
expect_status 0
expect_sql "SELECT relowner::regrole FROM pg_class WHERE relname = 'a'" "\"some body $$\""
expect_reached a.sql
sql "GRANT INSERT ON a TO PUBLIC" >/dev/null
plan a.sql --output-sql stdout
expect_out 'REVOKE INSERT ON TABLE a FROM PUBLIC'
plan a.sql --grants add --check
expect_status 0
sql "DROP TABLE a; DROP ROLE \"some body $$\"" >/dev/null
end

begin "drift is what changed since the last deploy"
write a.sql <<'END'
CREATE TABLE a (id int);
CREATE TABLE b (id int);
END
run "$PGWRIGHT" drift
expect_status 10
apply a.sql
run "$PGWRIGHT" drift
expect_status 0
sql "ALTER TABLE a ADD note text; DROP TABLE b; CREATE TABLE c ()" >/dev/null
run "$PGWRIGHT" drift --json
expect_status 18
expect_json "format('%s %s %s', d->'changed', d->'added', d->'dropped')" '["table a"] ["table c"] ["table b"]'
run "$PGWRIGHT" drift --file a.sql --output-sql stdout
expect_status 18
expect_out 'DROP TABLE c'
run "$PGWRIGHT" history --verify
expect_status 0
end

begin "diff compares files, folders and databases"
write one.sql <<'END'
CREATE TABLE a (id int);
END
write folder/a.sql <<'END'
CREATE TABLE a (id int, b text);
END
run "$PGWRIGHT" diff one.sql folder --output-sql stdout --check
expect_status 18
expect_out 'ALTER TABLE a ADD COLUMN b text'
apply one.sql
run "$PGWRIGHT" diff folder
expect_out 'b (column)'
run "$PGWRIGHT" diff "dbname=$PGDATABASE" one.sql --check
expect_status 0
end

begin "a failing step names itself, and its group leaves nothing"
write one.sql <<'END'
CREATE TABLE a (id int);
END
apply one.sql
sql "INSERT INTO a VALUES (1), (1)" >/dev/null
write two.sql <<'END'
CREATE TABLE a (id int, extra text, CONSTRAINT positive CHECK (id > 1));
END
apply two.sql
expect_status 13
expect_errors 'failed to execute concatenated statements in group'
expect_errors 'public.a.positive'
apply two.sql --json
expect_json "d->>'ok'" false
sql "UPDATE a SET id = 2" >/dev/null
apply two.sql
expect_status 0
expect_reached two.sql
end

begin "scripts that move rows go before and behind; a rehearsal keeps nothing"
write one.sql <<'END'
CREATE TABLE a (id int, note text);
END
apply one.sql
sql "INSERT INTO a VALUES (1, NULL)" >/dev/null
write two.sql <<'END'
CREATE TABLE a (id int, note text NOT NULL);
END
write fill.sql <<'END'
UPDATE a SET note = '' WHERE note IS NULL;
END
apply two.sql --dry-run --execute
expect_status 13
apply two.sql --before fill.sql --dry-run --execute
expect_status 0
expect_sql "SELECT note IS NULL FROM a" t
apply two.sql --before fill.sql
expect_status 0
expect_reached two.sql
end

begin "the example"
run "$PGWRIGHT" deploy --yes --cwd "$PGWRIGHT_SOURCE/examples/library"
expect_status 0
run "$PGWRIGHT" plan --check --cwd "$PGWRIGHT_SOURCE/examples/library"
expect_status 0
expect_out 'No changes detected'
end

begin "expressions that look alike stay what they are"
write a.sql <<'END'
CREATE TABLE a (
    name text CHECK (name LIKE 'a%' AND name <> 'x'),
    kind varchar(20) CHECK (kind IN ('new', 'old')),
    data jsonb DEFAULT jsonb_build_object('a', array_length('{1,2}'::int[], 1)),
    list int DEFAULT array_length('{a,b}'::text[], 1),
    doc jsonb DEFAULT '{"a": "new"}'::jsonb || '{"b": 1}'::jsonb,
    span int4range,
    note text DEFAULT CASE WHEN true THEN NULL::text ELSE 'two  blanks' END,
    CHECK (name LIKE 'a%' AND length(name) > 0)
);
CREATE DOMAIN d AS text CHECK (value <> 'value');
CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW
    WHEN (NOT (old.name IS DISTINCT FROM new.name OR old.kind IS DISTINCT FROM 'new')) EXECUTE FUNCTION t();
CREATE POLICY p ON a USING (name = 'a  b' AND (kind = 'old')::boolean AND span <@ '[1,3)'::int4range);
CREATE VIEW v AS
    SELECT kind, note, bound FROM a JOIN (SELECT 'new', 'AS', -1 UNION ALL SELECT 'old', NULL, -2 UNION ALL SELECT DISTINCT 'x' COLLATE "C", 'y', 3)
        AS known (kind, label, bound) USING (kind)
    WHERE EXISTS (SELECT 'a') AND (SELECT 'b' WHERE kind IN ('x', 'y')) IS NULL;
CREATE RULE r AS ON DELETE TO a DO ALSO INSERT INTO a (name, kind) SELECT 'c', 'old' UNION SELECT 'b', NULL;
CREATE POLICY q ON a USING (EXISTS (SELECT 'a' UNION SELECT DISTINCT ON (1) '1' LIMIT 1));
CREATE FUNCTION f() RETURNS text BEGIN ATOMIC SELECT 'a' WHERE true; SELECT 'b'; END;
CREATE MATERIALIZED VIEW m AS SELECT extract('YEAR' FROM now()) AS year, 'x' AS a UNION SELECT 1, 'y' WITH NO DATA;
CREATE VIEW round AS WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) CYCLE n SET is_cycle TO 'Y' DEFAULT 'N' USING path
    SELECT n FROM r;
END
apply a.sql
expect_status 0
expect_reached a.sql
loaded="${PGDATABASE}_loaded"
psql -XAtq -d postgres -c "CREATE DATABASE \"$loaded\""
psql -Xq -v ON_ERROR_STOP=1 -d "$loaded" -f a.sql || fail "a.sql"
schema_facts "$loaded" "'public'" true >wanted.facts
schema_facts "$PGDATABASE" "'public'" true >found.facts
expect_same "" "$(diff wanted.facts found.facts)" "the facts, as psql makes them and as a plan does"
psql -XAtq -d postgres -c "DROP DATABASE \"$loaded\""
end

finish
