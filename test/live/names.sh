# Names that must be quoted, cut or told apart, through plans in both directions and every form of step.
. "$(dirname "$0")/../lib.sh"

PLANNING="postgresql://$PGUSER:$canary_url@/postgres?host=$PGHOST"
long=a_name_that_is_as_long_as_a_name_can_be_that_is_sixty_three_byt

# Tables and parts called $1 (as SQL writes it) in the schema $2, before and after; each change has a form of its own.
files() {
    cat >old.sql <<END
CREATE TABLE $1 ($1 int, two int, three text, gone text, CONSTRAINT "c $3" CHECK ($1 > 0));
CREATE TABLE "p $3" (id int CONSTRAINT "k $3" PRIMARY KEY);
CREATE INDEX "i $3" ON $1 ($1);
CREATE INDEX "j $3" ON $1 (three);
CREATE TYPE "t $3" AS ENUM ('a');
CREATE VIEW "v $3" AS SELECT $1 FROM $1;
CREATE FUNCTION "f $3"($1 int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE "e $3" ($1 int, "b $3" text) PARTITION BY RANGE ($1);
CREATE TABLE "e1 $3" PARTITION OF "e $3" FOR VALUES FROM (1) TO (10);
CREATE TABLE "e2 $3" ($1 int, "b $3" text);
CREATE SEQUENCE "s $3";
END
    cat >new.sql <<END
CREATE TABLE $1 ($1 bigint NOT NULL, two int NOT NULL, three text, CONSTRAINT "c $3" CHECK ($1 > 1), CONSTRAINT "u $3" UNIQUE (three),
    CONSTRAINT "r $3" FOREIGN KEY (two) REFERENCES "p $3", CONSTRAINT "q $3" PRIMARY KEY ($1));
CREATE TABLE "p $3" (id int CONSTRAINT "k $3" PRIMARY KEY);
CREATE INDEX "i $3" ON $1 ($1, two);
CREATE INDEX "l $3" ON $1 (lower(three));
CREATE TYPE "t $3" AS ENUM ('a', '$4', 'it''s \\');
CREATE VIEW "v $3" AS SELECT two, $1 FROM $1;
CREATE FUNCTION "f $3"("x $3" int DEFAULT 1) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
CREATE TABLE "e $3" ($1 int, "b $3" text) PARTITION BY RANGE ($1);
CREATE TABLE "e1 $3" ($1 int, "b $3" text);
CREATE TABLE "e2 $3" PARTITION OF "e $3" FOR VALUES FROM (10) TO (20);
CREATE INDEX "eb $3" ON "e $3" ("b $3");
CREATE SEQUENCE "s $3" OWNED BY "e $3".$1;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER "g $3" BEFORE UPDATE OF $1 ON $1 FOR EACH ROW WHEN (new.$1 > 1) EXECUTE FUNCTION touch('$4');
CREATE POLICY "p $3" ON $1 USING (three <> '$4');
COMMENT ON TABLE $1 IS '$4';
COMMENT ON COLUMN $1.$1 IS 'c';
COMMENT ON CONSTRAINT "u $3" ON $1 IS '$4';
GRANT SELECT ($1) ON $1 TO pg_monitor;
END
}

load() {
    (echo "SET search_path = $1;"; cat "$2") | psql -Xq -v ON_ERROR_STOP=1 2>load.err || fail "$2: $(cat load.err)"
}

deploy() {
    run "$PGWRIGHT" deploy --yes --no-record --file "$1" --schema "$2" --plan-url "$PLANNING"
    expect_status 0
    run "$PGWRIGHT" plan --file "$1" --schema "$2" --plan-url "$PLANNING" --output-sql stdout
    expect_same "" "$out" "a second plan of $1"
    expect_sql "SELECT conname FROM pg_constraint WHERE conname ~ '_[0-9a-f]{8}_' UNION ALL SELECT relname FROM pg_class WHERE relname ~ '_[0-9a-f]{8}_(new|old)'" ""
}

# The name as it is, the same as SQL writes it, what other names end with, and as it stands in a literal.
both_ways() {
    schema=$1 quoted=$2 rest=$3 literal=$4
    begin "names like $quoted in a schema called so, there and back"
    sql "CREATE SCHEMA $quoted; CREATE SCHEMA wanted; CREATE SCHEMA bystander; CREATE TABLE bystander.b (); SET search_path = bystander" >/dev/null
    files "$quoted" "$schema" "$rest" "$literal"
    load "$quoted" old.sql
    schema_facts "$PGDATABASE" "'$(printf '%s' "$schema" | sed "s/'/''/g")'" false >old.facts
    deploy new.sql "$schema"
    deploy old.sql "$schema"
    schema_facts "$PGDATABASE" "'$(printf '%s' "$schema" | sed "s/'/''/g")'" false >back.facts
    expect_same "" "$(diff old.facts back.facts)" "the facts, there and back"
    run "$PGWRIGHT" dump --schema "$schema" -f dump.sql
    load wanted dump.sql
    run "$PGWRIGHT" plan --file dump.sql --schema "$schema" --plan-url "$PLANNING" --check
    expect_status 0
    expect_sql "SELECT count(*) FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'bystander'::regnamespace)" 1
    end
}

both_ways plain plain x 'x'
both_ways 'a"b' '"a""b"' 'a""b' 'a"b'
both_ways 'dot.ted' '"dot.ted"' 'dot.ted' 'dot.ted'
both_ways 'UPPER Case' '"UPPER Case"' 'UPPER' 'UPPER'
both_ways select '"select"' select select
both_ways "it's" "\"it's\"" "it's" "it''s"
both_ways 'back\slash' '"back\slash"' 'back\slash' 'back\slash'
both_ways '$1 %s' '"$1 %s"' '%s $2' '%s $$'
both_ways 'Ünïcödé 你' '"Ünïcödé 你"' 'ü你' 'ü你'
both_ways $long $long "${long%????}" $long

begin "a table called like its schema, a column like its table, a type like a table's row"
sql "CREATE SCHEMA app" >/dev/null
write a.sql <<'END'
CREATE TABLE app (app int PRIMARY KEY, name text);
COMMENT ON COLUMN app.app IS 'app';
CREATE TABLE name (app int REFERENCES app, name name, CONSTRAINT app CHECK (app > 0));
CREATE VIEW public AS SELECT app.app, n.name AS public FROM app JOIN name n ON n.app = app.app;
CREATE FUNCTION app(app app) RETURNS int LANGUAGE sql RETURN (app).app;
END
deploy a.sql app
sed -e 's/name text/name text NOT NULL/' -e 's/app > 0/app > 1/' a.sql >b.sql
deploy b.sql app
deploy a.sql app
end

begin "names that are told apart by case, quotes or the last byte alone"
cat >a.sql <<END
CREATE TABLE "Ab" (a int);
CREATE TABLE ab (a int);
CREATE TABLE "AB" (a int);
CREATE TABLE ${long%?}1 (a int);
CREATE TABLE ${long%?}2 (a int);
END
deploy a.sql public
cat >b.sql <<END
CREATE TABLE "Ab" (a int NOT NULL);
CREATE INDEX "Ab_i" ON "Ab" (a);
CREATE TABLE ab (a int CHECK (a > 0));
CREATE INDEX ab_i ON ab (a);
CREATE TABLE ${long%?}1 (a int NOT NULL);
CREATE INDEX ${long%?}3 ON ${long%?}1 (a);
CREATE TABLE ${long%?}2 (a int NOT NULL, UNIQUE (a));
CREATE INDEX ${long%?}4 ON ${long%?}2 (a);
END
deploy b.sql public
sed -i -e 's/1 (a);/1 (a DESC);/' -e 's/2 (a);/2 (a DESC);/' b.sql
deploy b.sql public
deploy a.sql public
end

begin "a search_path of the role or the database leads nothing astray"
sql "ALTER DATABASE \"$PGDATABASE\" SET search_path = elsewhere, pg_temp; CREATE SCHEMA elsewhere" >/dev/null
echo 'CREATE TABLE a (id int PRIMARY KEY); CREATE INDEX a_i ON a ((id + 1)); CREATE VIEW v AS SELECT id FROM a;' >a.sql
deploy a.sql public
expect_sql "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace" 'a,a_i,a_pkey,v'
expect_sql "SELECT count(*) FROM pg_class WHERE relnamespace = 'elsewhere'::regnamespace" 0
end

finish
