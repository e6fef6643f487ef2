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

    begin "partitions get what excludes rows with their whole"
    write old.sql <<'SQL'
CREATE TABLE t (id int4range NOT NULL, at daterange NOT NULL) PARTITION BY LIST (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES IN ('[1,2)');
SQL
    write new.sql <<'SQL'
CREATE TABLE t (id int4range, at daterange, CONSTRAINT key PRIMARY KEY (id, at WITHOUT OVERLAPS), CONSTRAINT sole EXCLUDE USING btree (id WITH =))
    PARTITION BY LIST (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES IN ('[1,2)');
CREATE TABLE t2 PARTITION OF t FOR VALUES IN ('[2,3)');
SQL
    there_and_back "INSERT INTO t VALUES ('[1,2)', '[2024-01-01,2024-01-02)')" "SELECT count(*) FROM t" 1

    # family PARENT'S CHILD'S GRANDCHILD'S: a state in which each has such a constraint, none for ''; names are kept from below
    family() {
        {
            echo "CREATE TABLE parent (a int, b int);"
            echo "CREATE TABLE child (x int) INHERITS (parent);"
            echo "CREATE TABLE grandchild (y int) INHERITS (child);"
            [ -z "$3" ] || echo "ALTER TABLE grandchild ADD $3;"
            [ -z "$2" ] || echo "ALTER TABLE child ADD $2;"
            [ -z "$1" ] || echo "ALTER TABLE parent ADD $1;"
        } | write "state$states.sql"
        states=$((states + 1))
    }

    begin "NOT NULL of columns that come from one another: from above, of their own, by name, by reach"
    states=0
    family "" "" ""
    family "" "NOT NULL a NO INHERIT" "CONSTRAINT g NOT NULL a"
    family "CONSTRAINT p NOT NULL a" "" ""
    family "" "" "CONSTRAINT g NOT NULL a"
    family "NOT NULL a" "CONSTRAINT c NOT NULL a" ""
    family "CONSTRAINT p NOT NULL a NO INHERIT" "NOT NULL a" "CONSTRAINT g NOT NULL a"
    family "" "CONSTRAINT c NOT NULL a NO INHERIT" ""
    family "CONSTRAINT p NOT NULL a" "CONSTRAINT c NOT NULL a" "CONSTRAINT g NOT NULL a"
    family "NOT NULL a NO INHERIT" "" ""
    echo "CREATE TABLE parent (b int); CREATE TABLE child (x int) INHERITS (parent); CREATE TABLE grandchild (y int) INHERITS (child);" |
        write "state$states.sql"
    for step in 1 3 7; do # of ten states: each of them once
        state=0
        until [ $state -ge $((10 * step)) ]; do
            reach "state$((state % 10)).sql"
            state=$((state + step))
        done
    done
    end

    begin "a column that its parent gets is NOT NULL in the child, which has children"
    write old.sql <<'SQL'
CREATE TABLE parent (x int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
SQL
    write new.sql <<'SQL'
CREATE TABLE parent (x int, a int);
CREATE TABLE child (PRIMARY KEY (a)) INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
SQL
    there_and_back
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

begin "a type changes in place, whose tables get their columns in the order that it has then"
write old.sql <<'SQL'
CREATE TYPE span AS RANGE (subtype = numeric);
CREATE TYPE four AS (a uuid, b text, s span, r int4range);
CREATE TYPE two AS (x int, y int);
CREATE TABLE t OF four;
CREATE TABLE pairs OF two;
CREATE TABLE u (y int, x int);
SQL
write new.sql <<'SQL'
CREATE TYPE span AS RANGE (subtype = numeric);
CREATE TYPE four AS (i inet, s span, w text);
CREATE TYPE two AS (y int, z int, x int);
CREATE TABLE t OF four;
CREATE TABLE pairs OF two;
CREATE TABLE u OF two;
SQL
there_and_back "INSERT INTO t (s) VALUES ('[1,2]'); INSERT INTO u VALUES (1, 2)" "SELECT t, u FROM t, u" '("[1,2]",,)|(2,1,)'

begin "a new child has a column of the name that its parent loses"
write old.sql <<'SQL'
CREATE TABLE base (a int, at timestamptz, CONSTRAINT later CHECK (at > '2024-01-01'));
SQL
write new.sql <<'SQL'
CREATE TABLE base (a int);
CREATE TABLE child (at bytea, CONSTRAINT later CHECK (a > 1)) INHERITS (base);
SQL
there_and_back

begin "a view has a child's column of which the type is its grandparent's"
write old.sql <<'SQL'
CREATE TYPE a_pair AS (x int, y int);
CREATE TYPE shade AS ENUM ('dark', 'light');
CREATE TABLE top (p a_pair, s shade[] DEFAULT '{NULL}');
CREATE TABLE middle () INHERITS (top);
CREATE TABLE bottom () INHERITS (middle);
CREATE VIEW seen AS SELECT p, s FROM bottom;
SQL
write new.sql <<'SQL'
CREATE TYPE b_pair AS (x int, z int);
CREATE TYPE shade AS ENUM ('dark');
CREATE TABLE top (p b_pair, s shade[] DEFAULT '{NULL}');
CREATE TABLE middle () INHERITS (top);
CREATE TABLE bottom () INHERITS (middle);
CREATE VIEW seen AS SELECT p, s FROM bottom;
SQL
there_and_back "INSERT INTO bottom VALUES ('(1,2)', '{dark}')" "SELECT * FROM seen" '(1,2)|{dark}'

begin "a column with a default comes where a materialized view has whole rows"
write old.sql <<'SQL'
CREATE TABLE item (id int, gone date DEFAULT '2024-01-01');
CREATE VIEW whole AS SELECT i FROM item i;
CREATE MATERIALIZED VIEW items AS SELECT i.id, w FROM item i, whole w;
SQL
write new.sql <<'SQL'
CREATE TABLE item (id int, come date DEFAULT '2024-02-01');
CREATE VIEW whole AS SELECT i FROM item i;
CREATE MATERIALIZED VIEW items AS SELECT i.id, w FROM item i, whole w;
SQL
there_and_back "INSERT INTO item VALUES (1)" "SELECT * FROM items" '1|("(1,2024-02-01)")'

begin "a column goes from one domain to another over a type that changes"
write old.sql <<'SQL'
CREATE TYPE base AS (a text);
CREATE DOMAIN one AS base;
CREATE TABLE t (b base, o one DEFAULT '("3")');
SQL
write new.sql <<'SQL'
CREATE TYPE base AS (b boolean, c date);
CREATE DOMAIN other AS base NOT NULL;
CREATE TABLE t (b base, o other DEFAULT '("t","2024-03-01")');
SQL
there_and_back

begin "attributes of a typed table leave a type for a new one, where labels of an enum go"
write old.sql <<'SQL'
CREATE TYPE grade AS ENUM ('a', 'b', 'c');
CREATE TYPE grey AS ENUM ('dark', 'light');
CREATE TYPE one AS (d date, t "char", g grade, y grey);
CREATE TYPE holder AS (h one);
CREATE TABLE held OF holder;
SQL
write new.sql <<'SQL'
CREATE TYPE grade AS ENUM ('a', 'b');
CREATE TYPE other AS (d date, t "char", gr grade);
CREATE TYPE holder AS (h other);
CREATE TABLE held OF holder;
SQL
there_and_back

begin "an index of a child goes with a column that its parent loses for a while"
write old.sql <<'SQL'
CREATE TABLE base (a int, g int GENERATED ALWAYS AS (a + 1) STORED);
CREATE TABLE child (b int) INHERITS (base);
CREATE INDEX child_both ON child (g, b);
SQL
write new.sql <<'SQL'
CREATE TABLE base (a int, g int);
CREATE TABLE child (b int) INHERITS (base);
CREATE INDEX child_both ON child (b, g);
SQL
there_and_back

begin "a table that becomes a partition loses a column first"
write old.sql <<'SQL'
CREATE TABLE whole (a int, b int) PARTITION BY LIST (a);
CREATE TABLE part (a int, b int, more text);
SQL
write new.sql <<'SQL'
CREATE TABLE whole (a int, b int) PARTITION BY LIST (a);
CREATE TABLE part PARTITION OF whole FOR VALUES IN (1);
SQL
there_and_back "INSERT INTO part VALUES (1)" "SELECT a FROM whole" 1

begin "a partition has an index of its own that is like one of the whole"
write old.sql <<'SQL'
SQL
write new.sql <<'SQL'
CREATE TABLE part (a int, b int);
CREATE INDEX own ON part (b);
CREATE TABLE whole (a int, b int) PARTITION BY LIST (a);
CREATE INDEX all_b ON whole (b NULLS FIRST);
CREATE INDEX all_of_part ON part (b NULLS FIRST);
CREATE TABLE later PARTITION OF whole FOR VALUES IN (2);
SQL
cat new.sql >attached.sql
echo 'DROP INDEX own; ALTER TABLE whole ATTACH PARTITION part FOR VALUES IN (1); CREATE INDEX own ON part (b);' >>attached.sql
mv attached.sql new.sql
there_and_back

begin "an index of a key has a comment of its own"
write old.sql <<'SQL'
CREATE TABLE t (a int CONSTRAINT key PRIMARY KEY, b int CONSTRAINT sole UNIQUE);
COMMENT ON INDEX key IS 'of the index';
COMMENT ON CONSTRAINT key ON t IS 'of the key';
SQL
write new.sql <<'SQL'
CREATE TABLE t (a int CONSTRAINT key PRIMARY KEY, b int CONSTRAINT sole UNIQUE);
COMMENT ON INDEX sole IS 'it''s';
SQL
there_and_back

begin "a TOAST table keeps its options when it goes and comes within a plan"
write old.sql <<'SQL'
CREATE TABLE t (a bit(4), b text) WITH (toast.autovacuum_enabled = false);
SQL
write new.sql <<'SQL'
CREATE TABLE t (a bit varying(8), c text) WITH (toast.autovacuum_enabled = false);
SQL
there_and_back "INSERT INTO t VALUES ('0001', 'x')" "SELECT t.reloptions FROM pg_class c JOIN pg_class t ON t.oid = c.reltoastrelid WHERE c.relname = 't'" \
    '{autovacuum_enabled=false}'

begin "options of a TOAST table come when there is one"
write old.sql <<'SQL'
CREATE TABLE note (id int);
SQL
write new.sql <<'SQL'
CREATE TABLE note (id int, body text) WITH (fillfactor = 80, toast.autovacuum_enabled = false);
SQL
there_and_back

begin "a new table's owner is one whom default privileges give something"
role=convergent_$$
psql -XAtq -d postgres -c "CREATE ROLE $role"
write old.sql <<SQL
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO $role;
SQL
write new.sql <<SQL
CREATE TABLE t (a int);
ALTER TABLE t OWNER TO $role;
SQL
there_and_back "" "SELECT has_table_privilege('$role', 't', 'SELECT')" t

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

begin "sequences behind identities have privileges and comments, also by default"
write old.sql <<'SQL'
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO pg_monitor;
CREATE TABLE item (id int GENERATED ALWAYS AS IDENTITY, name text, number int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME numbers));
REVOKE USAGE ON SEQUENCE numbers FROM pg_monitor;
COMMENT ON SEQUENCE numbers IS 'of items';
SQL
write new.sql <<'SQL'
CREATE TABLE item (id int GENERATED ALWAYS AS IDENTITY, name int GENERATED ALWAYS AS IDENTITY, number int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME other));
GRANT SELECT ON SEQUENCE other TO pg_monitor;
COMMENT ON SEQUENCE item_id_seq IS 'ids';
SQL
reach old.sql
run "$PGWRIGHT" dump
printf '%s\n' "$out" >dump.sql
run psql -XAtq -v ON_ERROR_STOP=1 -c "DROP TABLE item; ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE USAGE ON SEQUENCES FROM pg_monitor" -f dump.sql
expect_status 0
run "$PGWRIGHT" plan --file old.sql --plan-url "$PLANNING" --output-sql stdout
expect_same "" "$out" "a plan for what was dumped"
there_and_back "" "SELECT string_agg(relname || ' ' || coalesce(relacl::text, '-'), ', ' ORDER BY relname) FROM pg_class WHERE relname ~ '^item|^other' AND relkind = 'S'" \
    "item_id_seq {$PGUSER=rwU/$PGUSER}, item_name_seq {$PGUSER=rwU/$PGUSER}, other {$PGUSER=rwU/$PGUSER,pg_monitor=r/$PGUSER}"

begin "a column's default reads the sequence behind the identity of another"
write old.sql <<'SQL'
CREATE TABLE item (id int GENERATED ALWAYS AS IDENTITY, last bigint DEFAULT 1);
SQL
write new.sql <<'SQL'
CREATE TABLE item (id int GENERATED ALWAYS AS IDENTITY, last bigint DEFAULT 1);
ALTER TABLE item ALTER last SET DEFAULT currval('item_id_seq');
CREATE TABLE other (id int GENERATED ALWAYS AS IDENTITY, last bigint);
ALTER TABLE other ALTER last SET DEFAULT currval('other_id_seq');
SQL
there_and_back

begin "a child has checked what its parent has not"
write old.sql <<'SQL'
CREATE TABLE parent (a int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
SQL
write new.sql <<'SQL'
CREATE TABLE parent (a int);
ALTER TABLE parent ADD CONSTRAINT few CHECK (a < 10) NOT VALID;
CREATE TABLE child () INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
SQL
there_and_back

begin "a child checks what it had not, though its parent does not"
write old.sql <<'SQL'
CREATE TABLE parent (a int);
CREATE TABLE child () INHERITS (parent);
ALTER TABLE parent ADD CONSTRAINT few CHECK (a < 10) NOT VALID;
SQL
write new.sql <<'SQL'
CREATE TABLE parent (a int);
ALTER TABLE parent ADD CONSTRAINT few CHECK (a < 10) NOT VALID;
CREATE TABLE child () INHERITS (parent);
SQL
there_and_back

begin "a foreign key hangs on the index of a key that includes a column whose type changes"
write old.sql <<'SQL'
CREATE TABLE item (id int, weight int, PRIMARY KEY (id) INCLUDE (weight));
CREATE TABLE part (item int, CONSTRAINT part_of FOREIGN KEY (item) REFERENCES item);
SQL
write new.sql <<'SQL'
CREATE TABLE item (id int, weight text, parent int, PRIMARY KEY (id) INCLUDE (weight));
ALTER TABLE item ADD CONSTRAINT item_of FOREIGN KEY (parent) REFERENCES item;
CREATE TABLE part (item int, CONSTRAINT part_of FOREIGN KEY (item) REFERENCES item);
SQL
there_and_back "INSERT INTO item VALUES (1, 2); INSERT INTO part VALUES (1)" "SELECT weight FROM item" 2

begin "an attribute with an array of a domain gets one of another, over an enum that is made anew"
write old.sql <<'SQL'
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN good AS mood DEFAULT 'ok';
CREATE TYPE person AS (moods good[]);
SQL
write new.sql <<'SQL'
CREATE TYPE mood AS ENUM ('ok', 'sad');
CREATE DOMAIN better AS mood DEFAULT 'ok';
CREATE TYPE person AS (moods better[]);
SQL
there_and_back

begin "attributes are added in their order though the first waits for a type"
write old.sql <<'SQL'
CREATE TYPE mood AS (a int, b text COLLATE "C");
CREATE TYPE person AS (a int);
SQL
write new.sql <<'SQL'
CREATE TYPE mood AS (a int, b text COLLATE "POSIX");
CREATE TYPE person AS (a int, moods mood[], name varchar(10)[]);
SQL
there_and_back

begin "a view takes the place of a table, with columns of the same names"
write old.sql <<'SQL'
CREATE TABLE person (id int, name text);
SQL
write new.sql <<'SQL'
CREATE TABLE people (id int, name varchar(10));
CREATE VIEW person AS SELECT id, name FROM people;
SQL
there_and_back

begin "a new function's owner is one whom default privileges let hand them on"
write old.sql <<'SQL'
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO pg_monitor WITH GRANT OPTION;
SQL
write new.sql <<'SQL'
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
ALTER FUNCTION one() OWNER TO pg_monitor;
SQL
there_and_back "" "SELECT DISTINCT is_grantable FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE proname = 'one'" 'f'

begin "a NOT NULL takes the name of one that a grandchild of the table loses by itself"
write old.sql <<'SQL'
CREATE TABLE parent (a int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE grandchild (old int CONSTRAINT must NOT NULL) INHERITS (child);
SQL
write new.sql <<'SQL'
CREATE TABLE parent (a int, new int CONSTRAINT must NOT NULL);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
SQL
there_and_back

begin "a text search configuration leaves a dictionary that goes, and gets a comment"
write old.sql <<'SQL'
CREATE TEXT SEARCH DICTIONARY one (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION words (PARSER = default);
ALTER TEXT SEARCH CONFIGURATION words ADD MAPPING FOR asciiword, word WITH one;
SQL
write new.sql <<'SQL'
CREATE TEXT SEARCH DICTIONARY two (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION words (PARSER = default);
ALTER TEXT SEARCH CONFIGURATION words ADD MAPPING FOR asciiword WITH two;
COMMENT ON TEXT SEARCH CONFIGURATION words IS 'words';
SQL
there_and_back

begin "a part gets a column when it has left its whole, which waits for a function that returns a part of its own"
write old.sql <<'SQL'
CREATE TABLE old_whole (a int, old int) PARTITION BY RANGE (a);
CREATE TABLE between PARTITION OF old_whole (CHECK (old > 0)) FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (a);
CREATE TABLE part PARTITION OF between FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (a);
CREATE TABLE old_leaf PARTITION OF part FOR VALUES FROM (10) TO (20);
CREATE FUNCTION leaves() RETURNS old_leaf[] LANGUAGE sql RETURN NULL;
SQL
write new.sql <<'SQL'
CREATE TABLE whole (a int, new int) PARTITION BY LIST (a);
CREATE TABLE middle PARTITION OF whole (CHECK (new > 0)) FOR VALUES IN (10, 15) PARTITION BY RANGE (a);
CREATE TABLE part PARTITION OF middle FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (a);
CREATE TABLE leaf (LIKE middle);
CREATE FUNCTION leaves() RETURNS leaf[] LANGUAGE sql RETURN NULL;
SQL
there_and_back

begin "a table that became a child later has no default from its parent, and is generated as that is"
write old.sql <<'SQL'
CREATE DOMAIN amount AS int;
CREATE TABLE parent (a int DEFAULT 1, b amount DEFAULT 2, c int GENERATED ALWAYS AS (a + 1) STORED, d int DEFAULT 4);
CREATE TABLE child (LIKE parent INCLUDING GENERATED, own int DEFAULT 5);
ALTER TABLE child ALTER COLUMN d SET DEFAULT 44;
ALTER TABLE child INHERIT parent;
SQL
write new.sql <<'SQL'
CREATE DOMAIN amount AS int;
CREATE TABLE parent (a int DEFAULT 1, b amount DEFAULT 2);
SQL
there_and_back

begin "a child that is made gets its parents' defaults, or others, or none"
write old.sql <<'SQL'
CREATE TABLE parent (a int DEFAULT 1, b int DEFAULT 2, c int);
SQL
write new.sql <<'SQL'
CREATE TABLE parent (a int DEFAULT 1, b int DEFAULT 2, c int);
CREATE TABLE child () INHERITS (parent);
ALTER TABLE child ALTER COLUMN b DROP DEFAULT, ALTER COLUMN c SET DEFAULT 3;
CREATE TABLE grandchild (a int DEFAULT 10, b int DEFAULT NULL) INHERITS (child);
SQL
there_and_back

begin "an enum loses a label: a child without a default gets none from its parent"
write old.sql <<'SQL'
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE parent (a mood DEFAULT 'ok');
CREATE TABLE child (a mood);
ALTER TABLE child INHERIT parent;
CREATE TABLE other (a mood DEFAULT 'happy') INHERITS (parent);
SQL
write new.sql <<'SQL'
CREATE TYPE mood AS ENUM ('ok', 'happy');
CREATE TABLE parent (a mood DEFAULT 'ok');
CREATE TABLE child (a mood);
ALTER TABLE child INHERIT parent;
CREATE TABLE other (a mood DEFAULT 'happy') INHERITS (parent);
SQL
there_and_back

begin "one child has checked what it has from its parent, and then has not; its sibling's stays its parent's"
write old.sql <<'SQL'
CREATE TABLE parent (a int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE other () INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
ALTER TABLE parent ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
ALTER TABLE child VALIDATE CONSTRAINT positive;
ALTER TABLE other VALIDATE CONSTRAINT positive;
SQL
write new.sql <<'SQL'
CREATE TABLE parent (a int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE other () INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
ALTER TABLE parent ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
ALTER TABLE other VALIDATE CONSTRAINT positive;
SQL
there_and_back "" "SELECT string_agg(conrelid::regclass || ' ' || conislocal || ' ' || convalidated, ', ' ORDER BY conrelid::regclass::text) FROM pg_constraint WHERE conname = 'positive'" \
    "child false false, grandchild false false, other false true, parent true false"

begin "a parent checks what it had not, and then has not; what children have of it stays its own"
write old.sql <<'SQL'
CREATE TABLE parent (a int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE other () INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
ALTER TABLE parent ADD CONSTRAINT positive CHECK (a > 0);
SQL
write new.sql <<'SQL'
CREATE TABLE parent (a int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE other () INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
ALTER TABLE parent ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
ALTER TABLE child VALIDATE CONSTRAINT positive;
SQL
there_and_back "" "SELECT string_agg(conrelid::regclass || ' ' || conislocal || ' ' || convalidated, ', ' ORDER BY conrelid::regclass::text) FROM pg_constraint WHERE conname = 'positive'" \
    "child false true, grandchild false true, other false false, parent true false"

begin "a column of a grandchild's own comes before its grandparent's, which would bring it"
write old.sql <<'SQL'
CREATE TABLE grandparent (a int);
CREATE TABLE parent () INHERITS (grandparent);
CREATE TABLE child (LIKE parent);
ALTER TABLE child INHERIT parent;
SQL
write new.sql <<'SQL'
CREATE TABLE grandparent (a int, new int);
CREATE TABLE parent () INHERITS (grandparent);
CREATE TABLE child (LIKE parent);
ALTER TABLE child INHERIT parent;
SQL
there_and_back

begin "a child's values are stored otherwise than its parent's"
write old.sql <<'SQL'
CREATE TABLE parent (a text);
ALTER TABLE parent ALTER COLUMN a SET STORAGE EXTERNAL;
SQL
write new.sql <<'SQL'
CREATE TABLE parent (a text);
ALTER TABLE parent ALTER COLUMN a SET STORAGE EXTERNAL;
CREATE TABLE child (a text PRIMARY KEY);
ALTER TABLE child INHERIT parent;
SQL
there_and_back "" "SELECT attstorage FROM pg_attribute WHERE attrelid = 'child'::regclass AND attname = 'a'" x

begin "a child parts from its parent, which keeps a check of the same name to itself"
write old.sql <<'SQL'
CREATE TABLE parent (a int, CONSTRAINT positive CHECK (a > 0) NO INHERIT);
CREATE TABLE child (CONSTRAINT positive CHECK (a > 0)) INHERITS (parent);
CREATE TABLE other_parent (b int, CONSTRAINT small CHECK (b < 9) NO INHERIT);
CREATE TABLE other (b int, CONSTRAINT small CHECK (b < 10)) INHERITS (other_parent);
SQL
write new.sql <<'SQL'
CREATE TABLE parent (a int, CONSTRAINT positive CHECK (a > 0) NO INHERIT);
CREATE TABLE child (a int, CONSTRAINT positive CHECK (a > 0));
CREATE TABLE other (b int);
SQL
there_and_back

begin "a table becomes the child of a new one, whose parent has a column until a view of it is made anew"
write old.sql <<'SQL'
CREATE TABLE grandparent (a int, old int);
CREATE TABLE child (b int) INHERITS (grandparent);
CREATE MATERIALIZED VIEW held AS SELECT old FROM grandparent WITH NO DATA;
SQL
write new.sql <<'SQL'
CREATE TABLE grandparent (a int, CONSTRAINT alone EXCLUDE USING btree (a WITH =));
CREATE TABLE parent (c int) INHERITS (grandparent);
CREATE TABLE child (b int, CONSTRAINT key UNIQUE (a, c)) INHERITS (parent);
CREATE MATERIALIZED VIEW held AS SELECT a FROM grandparent WITH NO DATA;
SQL
there_and_back

begin "a child parts from its parent, whose check it has, too"
write old.sql <<'SQL'
CREATE TABLE parent (a int, CONSTRAINT positive CHECK (a > 0));
CREATE TABLE child (CONSTRAINT positive CHECK (a > 0)) INHERITS (parent);
SQL
write new.sql <<'SQL'
CREATE TABLE parent (a int, CONSTRAINT positive CHECK (a > 0));
CREATE TABLE child (a int);
SQL
there_and_back

begin "a partitioned table allows nulls, and a partition of it does not"
write old.sql <<'SQL'
CREATE TABLE whole (a int NOT NULL, b int NOT NULL) PARTITION BY LIST (a);
CREATE TABLE part1 PARTITION OF whole FOR VALUES IN (1);
CREATE TABLE part2 PARTITION OF whole FOR VALUES IN (2) PARTITION BY LIST (a);
CREATE TABLE part21 PARTITION OF part2 FOR VALUES IN (2);
SQL
write new.sql <<'SQL'
CREATE TABLE whole (a int NOT NULL, b int) PARTITION BY LIST (a);
CREATE TABLE part1 (a int NOT NULL, b int NOT NULL);
ALTER TABLE whole ATTACH PARTITION part1 FOR VALUES IN (1);
CREATE TABLE part2 PARTITION OF whole FOR VALUES IN (2) PARTITION BY LIST (a);
CREATE TABLE part21 PARTITION OF part2 FOR VALUES IN (2);
CREATE TABLE part3 (a int NOT NULL, b int NOT NULL);
ALTER TABLE whole ATTACH PARTITION part3 FOR VALUES IN (3);
SQL
there_and_back "INSERT INTO whole VALUES (1, 1), (2, 2)" "SELECT string_agg(attrelid::regclass || ' ' || attnotnull, ', ' ORDER BY attrelid::regclass::text) FROM pg_attribute WHERE attname = 'b'" \
    "part1 true, part2 false, part21 false, part3 true, whole false"

begin "a column comes to children, with defaults of their own or none, by one parent or two"
write old.sql <<'SQL'
CREATE TABLE parent (a int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE other (a int);
ALTER TABLE other INHERIT parent;
CREATE TABLE grandchild () INHERITS (other, parent);
CREATE TABLE whole (a int) PARTITION BY LIST (a);
CREATE TABLE part PARTITION OF whole FOR VALUES IN (1);
SQL
write new.sql <<'SQL'
CREATE TABLE parent (a int, b int DEFAULT 1, c int, d text);
ALTER TABLE parent ALTER COLUMN d SET STORAGE EXTERNAL;
CREATE TABLE child () INHERITS (parent);
ALTER TABLE child ALTER COLUMN b DROP DEFAULT, ALTER COLUMN c SET DEFAULT 3, ALTER COLUMN d SET STORAGE MAIN;
CREATE TABLE other (a int, b int, c int, d text);
ALTER TABLE other ALTER COLUMN d SET STORAGE EXTERNAL;
ALTER TABLE other INHERIT parent;
CREATE TABLE grandchild () INHERITS (other, parent);
CREATE TABLE whole (a int, b int DEFAULT 1) PARTITION BY LIST (a);
CREATE TABLE part PARTITION OF whole (b DEFAULT 2) FOR VALUES IN (1);
SQL
there_and_back

begin "a generated column is made anew, which a child has as its own, too"
write old.sql <<'SQL'
CREATE TABLE parent (a int, b int GENERATED ALWAYS AS (a + 1) STORED);
CREATE TABLE child (LIKE parent INCLUDING GENERATED);
ALTER TABLE child INHERIT parent;
SQL
write new.sql <<'SQL'
CREATE TABLE parent (a int, b int GENERATED ALWAYS AS (a + 2) STORED);
CREATE TABLE child (LIKE parent INCLUDING GENERATED);
ALTER TABLE child INHERIT parent;
SQL
there_and_back

begin "an attribute takes the place of another, and defaults have it"
write old.sql <<'SQL'
CREATE TYPE point3 AS (x int);
CREATE TYPE places AS (at point3[]);
CREATE TABLE parent (a point3 DEFAULT '(1)', b places DEFAULT '("{(1)}")');
CREATE TABLE child (a point3 DEFAULT '(2)') INHERITS (parent);
SQL
write new.sql <<'SQL'
CREATE TYPE point3 AS (y int);
CREATE TYPE places AS (at point3[]);
CREATE TABLE parent (a point3 DEFAULT '(1)', b places DEFAULT '("{(1)}")');
CREATE TABLE child (a point3 DEFAULT '(2)') INHERITS (parent);
SQL
there_and_back "" "INSERT INTO child DEFAULT VALUES RETURNING (a).y" 2

begin "what an inherited column has to be, by a name that another table has, too"
write old.sql <<'SQL'
CREATE TABLE parent (a int);
SQL
write new.sql <<'SQL'
CREATE TABLE parent (a int);
CREATE TABLE later (PRIMARY KEY (a)) INHERITS (parent);
CREATE TABLE early (LIKE later);
SQL
there_and_back

begin "a type changes under a check that a child alone has validated"
write old.sql <<'SQL'
CREATE TABLE parent (a int, b int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
ALTER TABLE parent ADD CONSTRAINT small CHECK (a < 9) NOT VALID;
ALTER TABLE child VALIDATE CONSTRAINT small;
SQL
write new.sql <<'SQL'
CREATE TABLE parent (a bigint, b int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
ALTER TABLE parent ADD CONSTRAINT small CHECK (a < 9) NOT VALID;
ALTER TABLE child VALIDATE CONSTRAINT small;
SQL
there_and_back

finish
