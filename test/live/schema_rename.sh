# Renames of objects and their parts are said, and keep what is in them.
. "$(dirname "$0")/../lib.sh"

PLANNING="postgresql://$PGUSER:$canary_url@/postgres?host=$PGHOST"

plan() {
    run "$PGWRIGHT" plan --plan-url "$PLANNING" --file "$@"
}

deploy() {
    run "$PGWRIGHT" deploy --yes --plan-url "$PLANNING" --file "$@"
    expect_status 0
}

files() {
    write old.sql <<'END'
CREATE TYPE mood AS ENUM ('bad', 'ok');
CREATE TYPE pair AS (a int, b int);
CREATE DOMAIN amount AS int CONSTRAINT positive CHECK (VALUE > 0);
CREATE SEQUENCE counter;
CREATE TABLE person (id int CONSTRAINT person_key PRIMARY KEY, name text, mood mood, CONSTRAINT named CHECK (name <> ''));
CREATE INDEX by_name ON person (name);
CREATE VIEW names AS SELECT name FROM person;
CREATE MATERIALIZED VIEW counts AS SELECT count(*) AS n FROM person;
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2';
CREATE PROCEDURE nothing() LANGUAGE sql AS '';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION touch();
CREATE POLICY mine ON person USING (true);
CREATE RULE quiet AS ON DELETE TO person DO INSTEAD NOTHING;
CREATE STATISTICS stats ON id, name FROM person;
END
    sed -e "s/'ok'/'fine'/" -e 's/(a int, b int)/(a int, c int)/' -e 's/mood/feeling/g' -e 's/DOMAIN amount/DOMAIN sum/' -e 's/ positive/ more/' \
        -e 's/counter/tally/' -e 's/person_key/client_key/' -e 's/person/client/g' -e 's/by_name/by_label/' -e 's/VIEW names AS SELECT name/VIEW labels AS SELECT label AS name/' \
        -e 's/\bname text/label text/' -e "s/(name <> '')/(label <> '')/" -e 's/named/labelled/' -e 's/(name)/(label)/' -e 's/id, name/id, label/' -e 's/VIEW counts/VIEW totals/' \
        -e 's/twice/double/' -e 's/nothing()/naught()/' -e 's/TRIGGER touched/TRIGGER stamped/' -e 's/POLICY mine/POLICY ours/' -e 's/RULE quiet/RULE calm/' \
        -e 's/STATISTICS stats/STATISTICS numbers/' -e 's/PROCEDURE nothing/PROCEDURE naught/' -e 's/TYPE pair/TYPE couple/' old.sql >new.sql
}

renames="type:mood=feeling label:feeling.ok=fine type:pair=couple attribute:couple.b=c domain:amount=sum constraint:sum.positive=more sequence:counter=tally
    table:person=client column:client.name=label column:client.mood=feeling constraint:client.person_key=client_key constraint:client.named=labelled index:by_name=by_label
    view:names=labels view:counts=totals function:twice=double procedure:nothing=naught trigger:client.touched=stamped policy:client.mine=ours
    rule:client.quiet=calm statistics:stats=numbers"

begin "every kind of object and part can be renamed, with what hangs on it"
files
psql -Xq -v ON_ERROR_STOP=1 -f old.sql -c "INSERT INTO person VALUES (1, 'Ada', 'ok')" -c "SELECT nextval('counter')" -c "COMMENT ON TABLE person IS 'who'" >/dev/null || fail "old.sql"
(cat new.sql; echo "COMMENT ON TABLE client IS 'who';") >wanted.sql
flags=
for rename in $renames; do flags="$flags --rename $rename"; done
# shellcheck disable=SC2086
plan wanted.sql --output-sql stdout $flags
expect_status 0
expect_no_out DROP
expect_no_out '^CREATE TABLE'
# shellcheck disable=SC2086
deploy wanted.sql $flags
expect_sql "SELECT label || ' ' || feeling FROM client" 'Ada fine'
expect_sql "SELECT last_value FROM tally" 1
plan wanted.sql --check
expect_status 0
# said once more it says nothing
# shellcheck disable=SC2086
plan wanted.sql --check $flags
expect_status 0
end

begin "what looks renamed is told and not guessed, what is misspelt is an error"
sql "CREATE TABLE person (id int, name text)" >/dev/null
echo 'CREATE TABLE client (id int, name text);' >new.sql
plan new.sql
expect_status 0
expect_out 'renamed from person'
expect_out 'DROP TABLE person'
plan new.sql --rename tabel:person=client
expect_status 2
expect_errors 'tabel'
plan new.sql --rename client
expect_status 2
end

finish
