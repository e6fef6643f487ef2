# dump: what it writes makes the same schema again, whatever there is in it; files of many folders; what is ignored; .env.
. "$(dirname "$0")/../lib.sh"

CASES=$PGWRIGHT_SOURCE/test/cases/schemas

load() {
    psql -Xq -v ON_ERROR_STOP=1 "$@" >"$test_root/load" 2>&1 || fail "loading with psql $*:
$(grep ERROR "$test_root/load")"
}

# A second database, to load dumps into; its name is in $other.
other_database() {
    other="${PGDATABASE}_b"
    psql -XAtq -d postgres -c "DROP DATABASE IF EXISTS \"$other\"" -c "CREATE DATABASE \"$other\" TEMPLATE template0" 2>/dev/null
}

drop_other() {
    psql -XAtq -d postgres -c "DROP DATABASE IF EXISTS \"$other\"" 2>/dev/null
}

# What pg_dump says of a database; without its random keys (15.14 and later). Nothing where there is no pg_dump.
judged() {
    [ ! -x "$SERVER_BIN/pg_dump" ] || "$SERVER_BIN/pg_dump" -s -d "$1" | grep -v '^\\'
}

expect_alike() {
    expect_same "$(judged "$PGDATABASE")" "$(judged "$other")" "what pg_dump says of the database that the dump made"
}

for case in kinds:public names:public "database:*"; do
    schemas=${case#*:}
    begin "every kind of object, every name: ${case%:*}"
    load -f "$CASES/${case%:*}.sql"
    other_database
    run "$PGWRIGHT" dump --schema "$schemas"
    expect_status 0
    printf '%s\n' "$out" >single.sql
    load -d "$other" -f single.sql
    expect_alike
    run "$PGWRIGHT" dump --schema "$schemas" -d "$other"
    expect_same "$(cat single.sql)" "$out" "the dump of what the dump made"
    drop_other
    end

    begin "the same, as files: ${case%:*}"
    load -f "$CASES/${case%:*}.sql"
    other_database
    run "$PGWRIGHT" dump --schema "$schemas" --multi-file --file tree/main.sql
    expect_status 0
    cd tree && load -d "$other" -f main.sql
    cd ..
    expect_alike
    run "$PGWRIGHT" dump --schema "$schemas" --multi-file --file again/main.sql -d "$other"
    expect_same "" "$(diff -r tree again)" "the files of what the files made"
    [ -z "$(find tree -name '*[!a-z0-9_.-]*')" ] || fail "names of files: $(find tree -name '*[!a-z0-9_.-]*')"
    drop_other
    end
done

begin "names in full"
load -f "$CASES/kinds.sql"
other_database
run "$PGWRIGHT" dump --qualify-schema
expect_status 0
expect_out '^CREATE TABLE public.plain ($'
expect_out 'REFERENCES public.parent(id)'
expect_no_out '^CREATE SCHEMA'
printf '%s\n' "$out" >single.sql
load -d "$other" -f single.sql
expect_alike
drop_other
end

begin "one schema's names are written without it, so that the file serves any schema"
sql "CREATE SCHEMA one; CREATE SCHEMA two; CREATE TABLE one.a (x int PRIMARY KEY); CREATE TABLE one.b (x int REFERENCES one.a); CREATE VIEW one.c AS SELECT * FROM one.b" >/dev/null
run "$PGWRIGHT" dump --schema one
expect_no_out 'one'
printf 'SET search_path = two;\n%s\n' "$out" | psql -Xq -v ON_ERROR_STOP=1 >/dev/null || fail "loading"
expect_sql "SELECT count(*) FROM pg_class WHERE relnamespace = 'two'::regnamespace AND relkind IN ('r', 'v')" 3
first=$out
run "$PGWRIGHT" dump --schema two
expect_same "$first" "$out" "the dump of the second schema"
end

begin "headings can be left out, comments of objects stay"
sql "CREATE TABLE a (); COMMENT ON TABLE a IS 'said'" >/dev/null
run "$PGWRIGHT" dump
expect_out '^-- Name: a; Type: TABLE; Schema: -; Owner: -$'
run "$PGWRIGHT" dump --no-comments
expect_no_out '^-- Name'
expect_out "^COMMENT ON TABLE a IS 'said';"
end

begin "folders and their order"
sql "CREATE TYPE mood AS ENUM ('sad'); CREATE DOMAIN d AS int; CREATE SEQUENCE s; CREATE TABLE t (id serial PRIMARY KEY, m mood);
     CREATE INDEX i ON t (m); CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
     CREATE PROCEDURE p() LANGUAGE sql AS ''; CREATE AGGREGATE g(int) (SFUNC = int4larger, STYPE = int); CREATE VIEW v AS SELECT * FROM t;
     CREATE MATERIALIZED VIEW mv AS SELECT * FROM v; GRANT SELECT ON t, v TO pg_monitor; COMMENT ON TABLE t IS 'c';
     ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor" >/dev/null
run "$PGWRIGHT" dump --multi-file --file main.sql
expect_status 0
expect_same "\\i types/mood.sql
\\i domains/d.sql
\\i sequences/s.sql
\\i sequences/t_id_seq.sql
\\i functions/f.sql
\\i procedures/p.sql
\\i tables/t.sql
\\i aggregates/g.sql
\\i views/v.sql
\\i materialized_views/mv.sql
\\i default_privileges/tables.sql
\\i privileges/tables.sql
\\i privileges/views.sql" "$(grep '^.i ' main.sql)" "what main.sql includes"
[ "$(grep -c '^CREATE OR REPLACE FUNCTION' functions/f.sql)" = 2 ] || fail "overloads share a file"
for word in 'CREATE TABLE t' 'CREATE INDEX i' 'COMMENT ON TABLE t' 'OWNED BY t.id'; do
    grep -q "$word" tables/t.sql || fail "tables/t.sql has no $word"
done
end

begin "files that need later ones stand behind them, and what goes round is deferred"
sql "CREATE TABLE z (id int PRIMARY KEY); CREATE TABLE y (z int REFERENCES z)" >/dev/null
sql "CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a); ALTER TABLE a ADD CONSTRAINT to_b FOREIGN KEY (b) REFERENCES b;
     CREATE FUNCTION of_row(a) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE VIEW v AS SELECT of_row(a) FROM a;
     CREATE FUNCTION of_view(v) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE TABLE c (v v, CHECK (of_view(v) > 0))" >/dev/null
run "$PGWRIGHT" dump --multi-file --file main.sql --no-comments
expect_same "\\i tables/z.sql
\\i tables/y.sql
\\i tables/a.sql
\\i functions/of_row.sql
\\i tables/b.sql
\\i views/v.sql
\\i functions/of_view.sql
\\i tables/c.sql
\\i deferred/statements.sql" "$(grep '^.i ' main.sql)" "what main.sql includes"
expect_same "ALTER TABLE a ADD CONSTRAINT to_b FOREIGN KEY (b) REFERENCES b(id);" "$(cat deferred/statements.sql)" "what is deferred"
end

begin "names that come to the same file name"
sql 'CREATE TABLE "Ab" (); CREATE TABLE ab (); CREATE TABLE aB_2 (); CREATE TABLE "aB" (); CREATE TABLE "a/b" (); CREATE TABLE "../b" ()' >/dev/null
run "$PGWRIGHT" dump --multi-file --file x/main.sql
expect_same "___b.sql a_b.sql ab.sql ab_2.sql ab_3.sql ab_4.sql" "$(ls x/tables | tr '\n' ' ' | sed 's/ $//')" "the files"
grep -q 'CREATE TABLE ab ' x/tables/ab.sql || fail "ab.sql is that of ab"
grep -q 'CREATE TABLE ab_2 ' x/tables/ab_2.sql || fail "ab_2.sql is that of ab_2"
end

begin "files that are as they shall be are left alone"
sql 'CREATE TABLE a (); CREATE TABLE b ()' >/dev/null
run "$PGWRIGHT" dump --multi-file --file x/main.sql
touch -d 2020-01-01 x/tables/a.sql x/tables/b.sql
sql 'ALTER TABLE b ADD c int' >/dev/null
run "$PGWRIGHT" dump --multi-file --file x/main.sql
expect_same "x/tables/a.sql" "$(find x -not -newermt 2021-01-01 -name '*.sql')" "the files with their old times"
end

begin "many files need a main file"
sql 'CREATE TABLE a ()' >/dev/null
run "$PGWRIGHT" dump --multi-file
expect_status 0
expect_errors 'warning: --multi-file needs --file'
expect_out '^CREATE TABLE a'
end

# ---- ignore files ----

ignored_schema() {
    sql "CREATE SCHEMA other; CREATE TABLE other.tmp_x (id int); CREATE TABLE tmp_a (id serial PRIMARY KEY, x int, y int); CREATE TABLE tmp_keep (id int); CREATE TABLE users (id int PRIMARY KEY, a int REFERENCES tmp_a, search int, CHECK (search > 0));
         CREATE INDEX users_search ON users (search); CREATE INDEX users_a ON users (a); CREATE VIEW over_tmp AS SELECT * FROM tmp_a;
         CREATE STATISTICS tmp_stats ON x, y FROM tmp_a;
         CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE PROCEDURE p() LANGUAGE sql AS '';
         CREATE AGGREGATE agg(int) (SFUNC = int4larger, STYPE = int); CREATE TYPE mood AS ENUM ('sad'); CREATE SEQUENCE seq; CREATE TRIGGER trg BEFORE INSERT ON tmp_a FOR EACH ROW EXECUTE FUNCTION g();
         CREATE TRIGGER trg BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION g(); CREATE POLICY pol ON users USING (true);
         GRANT SELECT ON users, tmp_keep TO pg_monitor, pg_read_all_stats; GRANT SELECT (a) ON users TO pg_monitor;
         ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor" >/dev/null
}

begin "an ignored table goes with all that is its own, and what points at it stays"
ignored_schema
write .pgschemaignore <<'END'
# what the jobs make
[tables]
patterns = [
    "tmp_*",     # all of them
    '!tmp_keep', # but this
]
END
run "$PGWRIGHT" dump --verbose
expect_status 0
expect_no_out 'CREATE TABLE tmp_a'
expect_no_out 'tmp_a_id_seq'
expect_no_out 'tmp_stats'
expect_no_out 'TRIGGER trg BEFORE INSERT ON tmp_a'
expect_out 'CREATE TABLE tmp_keep'
expect_out 'REFERENCES tmp_a'
expect_out 'CREATE OR REPLACE VIEW over_tmp'
expect_errors '^1 objects and grants are ignored$'
expect_errors 'the triggers of tmp_a are left out'
end

for rule in 'views=over*:VIEW over_tmp' 'functions=f:FUNCTION f(' 'functions=f(integer):FUNCTION f(' 'procedures=public.p:PROCEDURE p' \
    'aggregates=?gg:CREATE AGGREGATE' 'types=m[m-p]od:CREATE TYPE mood' 'sequences=seq:CREATE SEQUENCE seq' 'indexes=users_a:CREATE INDEX users_a' \
    'constraints=users.*_fkey:FOREIGN KEY' 'triggers=public.users.trg:TRIGGER trg BEFORE INSERT ON users' 'policies=pol:CREATE POLICY' \
    'columns=users.search:search' 'privileges=pg_monitor:TO pg_monitor;$' 'statistics=tmp_*:CREATE STATISTICS'; do
    begin "ignored: ${rule%%:*}"
    ignored_schema
    sql "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM pg_monitor" >/dev/null
    run "$PGWRIGHT" dump
    expect_out "${rule#*:}"
    run "$PGWRIGHT" dump --ignore "${rule%%:*}"
    expect_status 0
    expect_no_out "${rule#*:}"
    expect_out 'CREATE TABLE users'
    end
done

begin "default privileges of a role, and PUBLIC"
ignored_schema
sql "GRANT SELECT ON users TO PUBLIC" >/dev/null
run "$PGWRIGHT" dump --ignore default_privileges=pg_mon* --ignore 'privileges=PUBLIC'
expect_no_out 'ALTER DEFAULT PRIVILEGES'
expect_no_out 'TO PUBLIC;$'
expect_out 'GRANT SELECT ON TABLE users TO pg_monitor'
end

begin "whole schemas, and names with their schema"
ignored_schema
run "$PGWRIGHT" dump --schema '*' --ignore 'schemas=oth*'
expect_no_out 'other'
run "$PGWRIGHT" dump --schema '*' --ignore 'tables=other.*'
expect_out 'CREATE SCHEMA IF NOT EXISTS other'
expect_no_out 'other.tmp_x'
expect_out 'CREATE TABLE public.tmp_a'
end

begin "extensions, also with what stands in them"
sql "CREATE EXTENSION hstore; CREATE TABLE a (h hstore)" >/dev/null
run "$PGWRIGHT" dump --schema '*' --ignore extensions=hstore
expect_no_out 'CREATE EXTENSION'
expect_out 'CREATE TABLE public.a'
end

begin "both files count, or the one that is named"
sql "CREATE TABLE a (); CREATE TABLE b (); CREATE TABLE c ()" >/dev/null
printf '[tables]\npatterns = ["a"]\n' >.pgschemaignore
printf 'tables.patterns = "b"\n' >.pgwrightignore
printf '[tables]\npatterns = ["c"]\n' >third
run "$PGWRIGHT" dump
expect_same "CREATE TABLE c ();" "$(echo "$out" | grep '^CREATE')" "what is left"
run "$PGWRIGHT" dump --ignore-file third
expect_same "CREATE TABLE a ();
CREATE TABLE b ();" "$(echo "$out" | grep '^CREATE')" "what is left"
run "$PGWRIGHT" dump --ignore-file nowhere
expect_status 10
end

begin "what cannot be understood is an error with its place"
printf '[tables]\npatterns = ["a", b]\n' >.pgschemaignore
run "$PGWRIGHT" dump
expect_status 10
expect_errors '.pgschemaignore:2:18: .*a string in quotes is expected'
expect_errors '.pgschemaignore could not be loaded'
printf '[table]\npatterns = []\n' >.pgschemaignore
run "$PGWRIGHT" dump
expect_errors '.pgschemaignore:1:1: there is no section "table"'
expect_errors 'did you mean tables'
run "$PGWRIGHT" dump --ignore tables
expect_status 2
end

begin "objects of ignored names are not told apart by case or quotes of the pattern"
sql 'CREATE TABLE "Tmp ""x" (); CREATE TABLE tmp (); CREATE FUNCTION "F ""x"(int) RETURNS int LANGUAGE sql AS $$SELECT 1$$' >/dev/null
run "$PGWRIGHT" dump --ignore 'tables=Tmp "x' --ignore 'functions=F "*'
expect_same "CREATE TABLE tmp ();" "$(echo "$out" | grep '^CREATE')" "what is left"
end

# ---- many objects ----

begin "a large database is read over two sessions, and over one where there is no other: with the same result"
sql 'CREATE TABLE t (id int PRIMARY KEY, a text CHECK (a > $$x$$)); CREATE INDEX ON t (a) WHERE id > 0;
     CREATE VIEW v AS SELECT id FROM t; CREATE RULE r AS ON DELETE TO t DO ALSO SELECT 1' >/dev/null
sql 'DO $$ BEGIN FOR i IN 1..10000 LOOP
         EXECUTE format($f$CREATE TYPE c%s AS (a int)$f$, i);
         IF i % 1000 = 0 THEN COMMIT; END IF;
     END LOOP; END $$' >/dev/null
role=reader_$$
sql "CREATE ROLE $role LOGIN CONNECTION LIMIT 1" >/dev/null
run "$PGWRIGHT" dump --verbose
two=$out
expect_status 0
expect_no_errors 'one session reads'
run "$PGWRIGHT" dump --verbose --username "$role"
expect_status 0
expect_errors "one session reads the schema: .*too many connections for role"
expect_same "$two" "$out" "what one session reads"
sql "DROP ROLE $role" >/dev/null
end

# ---- .env ----

begin ".env says where, what is set already wins"
sql "CREATE TABLE here ()" >/dev/null
wanted=$PGDATABASE host=$PGHOST
write .env <<END
# the database
export PGDATABASE="$wanted"   # of this test
PGHOST='$host'
OTHER=\$(not a command)
this is no line
PATH=/nowhere
END
run env -u PGDATABASE -u PGHOST "$PGWRIGHT" dump --verbose
expect_status 0
expect_out 'CREATE TABLE here'
expect_errors '.env:5: = is expected; the line is passed over'
run env -u PGDATABASE -u PGHOST "$PGWRIGHT" dump
expect_no_errors '.env'
run env PGDATABASE=postgres "$PGWRIGHT" dump
expect_no_out 'CREATE TABLE here'
mkdir below
run env -u PGDATABASE "$PGWRIGHT" dump --cwd below
expect_status 2
cd below && run env -u PGDATABASE -u PGHOST "$PGWRIGHT" dump --cwd ..
expect_out 'CREATE TABLE here'
end

begin ".env is not for plans of changes"
project sqitch; change users
echo "PGDATABASE=$PGDATABASE" >.env
run env -u PGDATABASE "$PGWRIGHT" status
expect_status 2
run env -u PGDATABASE "$PGWRIGHT" plan
expect_status 2
end

finish
