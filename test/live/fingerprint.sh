# The fingerprint of plan files in pgschema's format. The hashes are what pgschema 1.12 records for these states.
. "$(dirname "$0")/../lib.sh"

hash_program="$BUILD/test/pgschema_hash"
if [ "$(psql -XAtq -d postgres -c "SELECT current_setting('server_version_num')::int / 10000")" -lt 14 ]; then
    begin "servers that pgschema does not know are refused"
    run "$hash_program" public
    expect_status 12
    expect_errors "PostgreSQL 14"
    end
    exit $failures
fi

begin "an empty schema"
run "$hash_program" public
expect_status 0
expect_out '^965b1131737c955e24c7f827c55bd78e4cb49a75adfd04229e0ba297376f5085$'
run "$hash_program" --document public
expect_out '^{"name":"public","owner":"","tables":{},"views":{},"functions":{},"procedures":{},"aggregates":{},"sequences":{},"types":{}}$'
end

begin "a sequence"
psql -Xq -c 'CREATE SEQUENCE user_id_seq'
run "$hash_program" public
expect_out '^a6d455e0695bf779'
end

begin "an enum"
psql -Xq -c "CREATE TYPE status AS ENUM ('active', 'inactive', 'pending')"
run "$hash_program" public
expect_out '^fbbc3bde12e51ab7'
end

begin "a table"
psql -Xq -c 'CREATE TABLE users (id integer NOT NULL, name text)'
run "$hash_program" public
expect_out '^04591b0a2b787055'
end

begin "a table whose columns have a length"
psql -Xq -c 'CREATE TABLE products (name text NOT NULL, price numeric(10,2))'
run "$hash_program" public
expect_out '^4223eb048f2842a4'
end

begin "a schema that is not there"
run "$hash_program" nowhere
expect_status 10
expect_errors "schema 'nowhere' does not exist in the database"
end

begin "names that need quotes, in a schema of its own"
psql -Xq <<'SQL'
CREATE SCHEMA "Shop";
SET search_path = "Shop";
CREATE TABLE "Order" ("Id" int PRIMARY KEY, "a""b" text CHECK ("a""b" <> '<&>'));
CREATE VIEW "Open" AS SELECT "Id" FROM "Order";
SQL
run "$hash_program" --document Shop
expect_status 0
expect_out '"Order":{"schema":"Shop"'
expect_out 'u003c\\u0026\\u003e'
end

begin "what is not in the schema does not count"
psql -Xq -c 'CREATE SCHEMA other; CREATE TABLE other.t ()'
run "$hash_program" public
expect_out '^965b1131737c955e'
end

begin "kinds of objects, their parts and grants"
psql -Xq <<'SQL'
CREATE TABLE region (id int PRIMARY KEY, code varchar(3) DEFAULT 'x'::varchar, CONSTRAINT long CHECK (length(code) > 0)) PARTITION BY LIST (id);
CREATE TABLE region_1 PARTITION OF region FOR VALUES IN (1);
CREATE DOMAIN email AS text CHECK (value LIKE '%@%');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE OF code ON region FOR EACH ROW WHEN (old.code IS DISTINCT FROM new.code) EXECUTE FUNCTION touch('a','b');
ALTER TABLE region ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON region USING (code = CURRENT_USER::text);
CREATE INDEX by_code ON region (lower(code) DESC) WHERE code IN ('a', 'b');
CREATE MATERIALIZED VIEW codes AS SELECT code FROM region;
CREATE PROCEDURE p(INOUT n int) LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE total(text) (SFUNC = textcat, STYPE = text, INITCOND = '');
REVOKE EXECUTE ON FUNCTION touch() FROM PUBLIC;
GRANT SELECT (code), UPDATE (code) ON region_1 TO PUBLIC;
GRANT SELECT ON region_1 TO PUBLIC;
SQL
run "$hash_program" --document public
expect_status 0
expect_out '"name":"code","position":2,"data_type":"varchar","is_nullable":true,"default_value":"'"'x'"'","max_length":3'
expect_out '"region_1":{.*"partition_of":"region","partition_of_schema":"public","partition_bound":"FOR VALUES IN (1)"'
expect_out '"is_partitioned":true,"partition_strategy":"LIST","partition_key":"id"'
expect_out '"timing":"BEFORE","events":\["UPDATE"\],"update_columns":\["code"\],"level":"ROW","function":"touch(.a., .b.)"'
expect_out '"policies":{"mine":{"schema":"public","table":"region","name":"mine","command":"ALL","permissive":true,"roles":\["PUBLIC"\]'
expect_out '"columns":\[{"name":"lower(code::text)","position":1,"direction":"DESC"}\]'
expect_out '"total(text)":{.*"transition_function":"pg_catalog.textcat","state_type":"text","initial_condition":""'
expect_out '"p(integer)":{.*"parameters":\[{"name":"n","data_type":"integer","mode":"INOUT","position":1}\]'
expect_out '"kind":"DOMAIN","base_type":"text","constraints":\[{"name":"email_check","definition":"CHECK (VALUE ~~ .%@%.)"}\]'
expect_out '"privileges":\[{"object_type":"TABLE","object_name":"region_1","grantee":"PUBLIC","privileges":\["SELECT"\],"with_grant_option":false}\]'
expect_out '"column_privileges":\[{"table_name":"region_1","columns":\["code"\],"grantee":"PUBLIC","privileges":\["SELECT","UPDATE"\]'
expect_out '"revoked_default_privileges":\[{"object_type":"FUNCTION","object_name":"touch()","privileges":\["EXECUTE"\]}\]'
first=$("$hash_program" public)
psql -Xq -c 'GRANT DELETE ON region_1 TO PUBLIC'
[ "$first" != "$("$hash_program" public)" ] || fail "a grant does not change the hash"
psql -Xq -c 'REVOKE DELETE ON region_1 FROM PUBLIC'
[ "$first" = "$("$hash_program" public)" ] || fail "the same state has another hash"
end

begin "ignored objects do not count, but for triggers on tables that are ignored"
psql -Xq <<'SQL'
CREATE TABLE users (id integer NOT NULL, name text);
CREATE TABLE tmp_a (id int PRIMARY KEY, CHECK (id > 0));
CREATE INDEX tmp_index ON users (id);
ALTER TABLE users ADD CONSTRAINT tmp_check CHECK (id > 0);
CREATE VIEW tmp_view AS SELECT 1 AS a;
CREATE FUNCTION tmp_f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE tmp_p() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE tmp_g(int) (SFUNC = int4pl, STYPE = int);
CREATE TYPE tmp_t AS ENUM ('a');
CREATE DOMAIN tmp_d AS int;
CREATE SEQUENCE tmp_s;
REVOKE EXECUTE ON FUNCTION tmp_f() FROM PUBLIC;
GRANT SELECT ON tmp_view, tmp_a TO pg_monitor;
GRANT SELECT (id) ON tmp_a TO PUBLIC;
GRANT SELECT ON users TO pg_monitor;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor;
SQL
for section in tables views functions procedures aggregates types sequences indexes constraints; do
    printf '[%s]\npatterns = ["tmp_*", "!tmp_keep"]\n' $section
done >.pgschemaignore
printf '[privileges]\npatterns = ["pg_mon*"]\n[default_privileges]\npatterns = ["pg_monitor"]\n' >>.pgschemaignore
run "$hash_program" public
expect_out '^04591b0a2b787055'
psql -Xq <<'SQL'
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON tmp_a FOR EACH ROW EXECUTE FUNCTION touch();
SQL
run "$hash_program" --document public
expect_out '"tmp_a":{"schema":"public","name":"tmp_a","type":"BASE_TABLE","is_external":true,"columns":\[\],"constraints":{},"indexes":{},"triggers":{"touched":'
end

finish
