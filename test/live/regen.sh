# Verify and revert scripts from deploy scripts: those that are written pass the full cycle with its proofs.
. "$(dirname "$0")/../lib.sh"

begin "what is written for many kinds of statements passes the full cycle"
project pgwright
for change in base more alter index rights; do change $change; done
rm -r verify revert
cat >deploy/base.sql <<'SQL'
BEGIN;
SET search_path TO public;
CREATE SCHEMA IF NOT EXISTS app;
CREATE EXTENSION citext WITH SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'ok');
CREATE DOMAIN app."Zip" AS text CHECK (length(VALUE) = 5);
CREATE SEQUENCE app.numbers;
CREATE UNLOGGED TABLE IF NOT EXISTS app."Users" (id int PRIMARY KEY, name app.citext, zip app."Zip");
CREATE TABLE app.orders AS SELECT 1 AS id, 2 AS user_id;
CREATE OR REPLACE VIEW app.names (n) AS SELECT name FROM app."Users";
CREATE MATERIALIZED VIEW app.counts AS SELECT count(*) FROM app.orders;
CREATE TEMP TABLE scratch (id int);
COMMIT;
SQL
cat >deploy/more.sql <<'SQL'
CREATE OR REPLACE FUNCTION app.add(a int DEFAULT 1, b double precision = 2, VARIADIC rest text[] = '{}'::text[], OUT total int)
    LANGUAGE plpgsql AS $$ BEGIN total := a; END $$;
CREATE FUNCTION app.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION app.twice(numeric(10, 2), character varying) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;
CREATE PROCEDURE app.tidy(IN days int) LANGUAGE sql AS 'SELECT 1';
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON app.orders FOR EACH ROW EXECUTE FUNCTION app.stamp();
CREATE RULE quiet AS ON DELETE TO app.orders DO INSTEAD NOTHING;
CREATE POLICY "Own rows" ON app.orders FOR SELECT TO public USING (id > 0);
CREATE UNIQUE INDEX by_user ON ONLY app.orders (user_id);
SQL
[ "$(sql 'SHOW server_version_num')" -ge 140000 ] || sed -i '/BEGIN ATOMIC/d' deploy/more.sql
cat >deploy/alter.sql <<'SQL'
ALTER TABLE app.orders ADD COLUMN note text, ADD total numeric DEFAULT 0, ADD CONSTRAINT "Positive" CHECK (total >= 0),
    ALTER COLUMN id SET NOT NULL, ENABLE ROW LEVEL SECURITY;
ALTER TABLE ONLY app.orders FORCE ROW LEVEL SECURITY;
ALTER TABLE app."Users" RENAME COLUMN zip TO postcode;
COMMENT ON TABLE app.orders IS 'IS it';
SQL
echo 'CREATE INDEX CONCURRENTLY by_note ON app.orders (note);' >deploy/index.sql
cat >deploy/rights.sql <<'SQL'
GRANT SELECT, UPDATE (note) ON app.orders TO public WITH GRANT OPTION;
GRANT USAGE ON SCHEMA app TO public;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO public;
SQL
sed -i 's/ WITH GRANT OPTION//' deploy/rights.sql
run "$PGWRIGHT" regen --dry-run
expect_status 0
[ ! -e revert ] || fail "--dry-run wrote"
run "$PGWRIGHT" regen
expect_status 0
expect_out "wrote revert/base.sql: 9 statements"
expect_no_errors "not taken back"
head -n 1 revert/index.sql | grep -q '^-- Revert shop:index from pg$' || fail "$(cat revert/index.sql)"
expect_errors "verify/rights.sql is not written"
run "$PGWRIGHT" deploy
expect_status 0
run "$PGWRIGHT" verify
expect_status 0
run "$PGWRIGHT" test --prefix "g$$_"
expect_status 0
expect_no_out "residue"
end

begin "what cannot be told from a statement is named, and scripts with statements are left alone"
project pgwright; change a; change b
printf '%s\n' 'CREATE TABLE a (id int);' "INSERT INTO a" "VALUES (1);" 'ALTER TABLE a ALTER COLUMN id TYPE bigint, ADD x int;' \
    'DROP TABLE IF EXISTS b;' 'CREATE USER MAPPING FOR x SERVER y;' >deploy/a.sql
rm revert/a.sql verify/b.sql
printf -- '-- Revert b from pg\nBEGIN;\nCOMMIT;\n' >revert/b.sql
cp verify/a.sql before
run "$PGWRIGHT" regen --json
expect_status 0
expect_json "(SELECT string_agg(s->>'file', ' ') FROM jsonb_array_elements(d->'scripts') s)" "revert/a.sql verify/b.sql revert/b.sql"
expect_json "d->'scripts'->0->'not_taken_back'->>2" "deploy/a.sql:4: ALTER TABLE a ALTER COLUMN id TYPE bigint, ADD x int"
expect_same "-- not taken back: deploy/a.sql:6: CREATE USER MAPPING FOR x SERVER y
-- not taken back: deploy/a.sql:5: DROP TABLE IF EXISTS b
-- not taken back: deploy/a.sql:4: ALTER TABLE a ALTER COLUMN id TYPE bigint, ADD x int
ALTER TABLE a DROP COLUMN x;
-- not taken back: deploy/a.sql:2: INSERT INTO a …
DROP TABLE a;" "$(sed -n '/not taken/,/DROP TABLE a/p' revert/a.sql)" "the script"
cmp before verify/a.sql || fail "verify/a.sql was changed"
expect_same "DROP TABLE b;" "$(grep DROP revert/b.sql)" "the stub"
run "$PGWRIGHT" regen
expect_out "Nothing to write"
run "$PGWRIGHT" regen a --verify-only --force
expect_status 0
expect_out "wrote verify/a.sql: 2 statements"
end

finish
