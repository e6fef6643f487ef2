# Changes of schemas that made-up pairs (test/madeup) found hard: from the old to the new and back, each with nothing left to do.
. "$(dirname "$0")/../lib.sh"

PLANNING="postgresql://$PGUSER:$canary_url@/postgres?host=$PGHOST"

version=$(psql -XAtq -d postgres -c "SELECT current_setting('server_version_num')::int / 10000")

reach() {
    run "$PGWRIGHT" apply --yes --file "$1" --plan-url "$PLANNING"
    expect_status 0
    run "$PGWRIGHT" plan --file "$1" --plan-url "$PLANNING" --output-sql stdout
    expect_same "" "$out" "a second plan of $1"
}

# old.sql → rows, where there are any → new.sql → old.sql
there_and_back() {
    reach old.sql
    [ $# = 0 ] || psql -XAtq -v ON_ERROR_STOP=1 -c "$1" >/dev/null || fail "no rows"
    reach new.sql
    [ $# -lt 3 ] || expect_sql "$2" "$3"
    reach old.sql
    end
}

begin "a row type is made anew while its schema and its collation change"
write old.sql <<'SQL'
CREATE COLLATION co (provider = libc, locale = 'C');
CREATE TYPE point3 AS (x int, name text COLLATE co, z int[]);
CREATE TABLE place (id int, at point3);
SQL
write new.sql <<'SQL'
COMMENT ON SCHEMA public IS 'of places';
CREATE COLLATION co2 (provider = libc, locale = 'C');
CREATE TYPE point3 AS (x int, label text COLLATE co2, z int[]);
CREATE TABLE place (id int, at point3);
SQL
there_and_back "INSERT INTO place VALUES (1, ROW(1, 'a', '{3}'))" "SELECT at FROM place" '(1,,{3})'

begin "a column leaves a domain with a default for the type behind it, which is new"
write old.sql <<'SQL'
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN one AS mood;
CREATE DOMAIN many AS one[] DEFAULT '{NULL}';
CREATE TABLE person (moods many DEFAULT '{NULL}' NOT NULL);
SQL
write new.sql <<'SQL'
CREATE TYPE temper AS ENUM ('sad', 'ok', 'mad');
CREATE TABLE person (moods temper[] DEFAULT '{NULL}' NOT NULL);
SQL
there_and_back "INSERT INTO person VALUES ('{ok}')" "SELECT moods FROM person" '{ok}'

begin "a domain that is made anew keeps the name of its NOT NULL"
write old.sql <<'SQL'
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN good AS mood NOT NULL;
CREATE TABLE person (mood good);
SQL
write new.sql <<'SQL'
CREATE TYPE mood AS ENUM ('ok');
CREATE DOMAIN good AS mood CONSTRAINT must NOT NULL;
CREATE TABLE person (mood good);
SQL
there_and_back "INSERT INTO person VALUES ('ok')"

if [ "$version" -ge 18 ]; then
    begin "a type changes though a child's NOT NULL has a name of its own"
    write old.sql <<'SQL'
CREATE TABLE parent (x int NOT NULL);
CREATE TABLE child (PRIMARY KEY (x)) INHERITS (parent);
SQL
    write new.sql <<'SQL'
CREATE TABLE parent (x bigint NOT NULL);
CREATE TABLE child (PRIMARY KEY (x)) INHERITS (parent);
SQL
    there_and_back "INSERT INTO child VALUES (1)" "SELECT x FROM parent" 1
fi

begin "a domain's checks come before what keeps parsed expressions with arrays of it"
write old.sql <<'SQL'
CREATE FUNCTION fits(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 <> ''''';
CREATE DOMAIN word AS text CHECK (fits(VALUE));
CREATE DOMAIN words AS word[] DEFAULT '{}';
CREATE FUNCTION no_words() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT cardinality('{}'::word[]); END;
SQL
write new.sql <<'SQL'
CREATE FUNCTION fits(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 <> ''''';
CREATE DOMAIN word AS text CHECK (fits(VALUE)) CHECK (VALUE <> 'x');
CREATE DOMAIN words AS word[] DEFAULT '{}';
CREATE FUNCTION no_words() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT cardinality('{}'::word[]); END;
CREATE VIEW empty AS SELECT '{}'::word[] AS none;
SQL
there_and_back

begin "an attribute's type changes under expressions that hold rows of its type"
write old.sql <<'SQL'
CREATE TYPE pair AS (a int, b int);
CREATE VIEW nothing AS SELECT NULL::pair AS x;
CREATE FUNCTION first() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT (NULL::pair).b; END;
SQL
write new.sql <<'SQL'
CREATE TYPE pair AS (a text, b int);
CREATE VIEW nothing AS SELECT NULL::pair AS x;
CREATE FUNCTION first() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT (NULL::pair).b; END;
SQL
there_and_back

begin "a column's type changes though a materialized view has whole rows"
write old.sql <<'SQL'
CREATE TABLE item (id int, price int);
CREATE MATERIALIZED VIEW items AS SELECT i AS whole FROM item i;
SQL
write new.sql <<'SQL'
CREATE TABLE item (id int, price numeric);
CREATE MATERIALIZED VIEW items AS SELECT i AS whole FROM item i;
SQL
there_and_back "INSERT INTO item VALUES (1, 2)" "SELECT (whole).price FROM items" 2

begin "a type without tables any more gets its attributes in their order"
write old.sql <<'SQL'
CREATE TYPE triple AS (a int, b int, c int);
CREATE TABLE typed OF triple;
CREATE TABLE holder (t triple);
CREATE VIEW held AS SELECT t FROM holder;
ALTER VIEW held ALTER COLUMN t SET DEFAULT '(1,2,3)';
SQL
write new.sql <<'SQL'
CREATE TYPE triple AS (a int, x int, c int);
CREATE TABLE holder (t triple);
CREATE VIEW held AS SELECT t FROM holder;
ALTER VIEW held ALTER COLUMN t SET DEFAULT '(1,2,3)';
SQL
there_and_back "INSERT INTO holder VALUES ('(1,2,3)')" "SELECT t FROM holder" '(1,,3)'

begin "a table becomes one of a type that has its columns in another order"
write old.sql <<'SQL'
CREATE TYPE three AS (a int, b text, c int[]);
CREATE TABLE t OF three (b DEFAULT 'x');
CREATE INDEX t_c ON t USING gin (c);
SQL
write new.sql <<'SQL'
CREATE TYPE four AS (a int, d date, c int[], b text);
CREATE TABLE t OF four (b DEFAULT 'x', c NOT NULL);
CREATE INDEX t_c ON t USING gin (c);
SQL
there_and_back "INSERT INTO t VALUES (1, 'y', '{2}')" "SELECT t FROM t" '(1,,{2},y)'

begin "options of a TOAST table come when there is one"
write old.sql <<'SQL'
CREATE TABLE note (id int);
SQL
write new.sql <<'SQL'
CREATE TABLE note (id int, body text) WITH (fillfactor = 80, toast.autovacuum_enabled = false);
SQL
there_and_back

begin "a publication forgets its options"
write old.sql <<'SQL'
CREATE PUBLICATION changes WITH (publish = 'insert', publish_via_partition_root);
SQL
write new.sql <<'SQL'
CREATE PUBLICATION changes;
SQL
reach_all() {
    run "$PGWRIGHT" apply --yes --file "$1" --schema '*' --plan-url "$PLANNING"
    expect_status 0
}
reach_all old.sql
reach_all new.sql
expect_sql "SELECT pubviaroot, pubupdate FROM pg_publication" 'f|t'
reach_all old.sql
expect_sql "SELECT pubviaroot, pubupdate FROM pg_publication" 't|f'
end

begin "a parent gets an identity, its children the column"
write old.sql <<'SQL'
CREATE TABLE parent (name text);
CREATE TABLE child () INHERITS (parent);
SQL
write new.sql <<'SQL'
CREATE TABLE parent (name text, id bigint GENERATED BY DEFAULT AS IDENTITY);
CREATE TABLE child () INHERITS (parent);
SQL
there_and_back

begin "a primary key takes the place of one of another name, which becomes a plain key"
write old.sql <<'SQL'
CREATE TABLE item (a int NOT NULL, b int NOT NULL, CONSTRAINT item_key PRIMARY KEY (a));
SQL
write new.sql <<'SQL'
CREATE TABLE item (a int NOT NULL, b int NOT NULL, CONSTRAINT item_key UNIQUE (a, b), CONSTRAINT item_pkey PRIMARY KEY (a));
SQL
there_and_back "INSERT INTO item VALUES (1, 2)"

begin "another index becomes the one that a table is clustered by"
write old.sql <<'SQL'
CREATE TABLE item (a int, b int);
CREATE INDEX a_index ON item (a);
CREATE INDEX b_index ON item (b);
ALTER TABLE item CLUSTER ON a_index;
SQL
write new.sql <<'SQL'
CREATE TABLE item (a int, b int);
CREATE INDEX a_index ON item (a);
CREATE INDEX b_index ON item (b);
ALTER TABLE item CLUSTER ON b_index;
SQL
there_and_back

begin "a parent's new check reads what inherits from it, through a function"
write old.sql <<'SQL'
CREATE TABLE parent (a int);
SQL
write new.sql <<'SQL'
CREATE TABLE parent (a int);
CREATE TABLE child () INHERITS (parent);
CREATE FUNCTION children() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM child; END;
ALTER TABLE parent ADD CHECK (a <> children());
SQL
there_and_back

begin "an attribute's domain is made anew while the type that has it gives way to another"
write old.sql <<'SQL'
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN good AS mood;
CREATE TYPE before AS (m good);
CREATE TABLE person (p before);
SQL
write new.sql <<'SQL'
CREATE TYPE mood AS ENUM ('ok');
CREATE DOMAIN good AS mood;
CREATE TYPE after AS (m good, n int);
CREATE TABLE person (p after);
SQL
there_and_back

begin "a child's default comes with its parent's where that must wait"
write old.sql <<'SQL'
CREATE TABLE parent (a int);
CREATE TABLE child () INHERITS (parent);
CREATE FUNCTION members() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT count(*)::int FROM parent; END;
ALTER TABLE parent ALTER COLUMN a SET DEFAULT members();
SQL
write new.sql <<'SQL'
SQL
there_and_back

finish
