# --dry-run --execute: everything runs, and nothing stays.
. "$(dirname "$0")/../lib.sh"

untouched() {
    expect_sql "SELECT count(*) FROM pg_namespace WHERE nspname IN ('pgwright', 'sqitch', 'pgpm_migrate')" 0
    expect_sql "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace" 0
}

for format in pgwright pgpm sqitch; do
    begin "a rehearsal runs all and keeps nothing, not even the history's tables ($format)"
    project $format; change a; change b a
    run "$PGWRIGHT" deploy --dry-run --execute
    expect_status 0
    expect_out "rehearsed shop:b"
    expect_out "the database is as it was before"
    expect_no_errors WARNING
    untouched
    run "$PGWRIGHT" deploy --dry-run --execute --json
    expect_status 0
    expect_json "(d->>'rehearsed') || (d->>'committed') || (d->'steps'->1->>'state')" true0rolled-back
    run "$PGWRIGHT" deploy --to a
    expect_status 0
    run "$PGWRIGHT" deploy --dry-run --execute
    expect_status 0
    run "$PGWRIGHT" revert --dry-run --execute
    expect_status 0
    expect_out "rehearsed shop:a"
    run "$PGWRIGHT" deploy
    expect_status 0
    expect_out "deployed shop:b"
    run "$PGWRIGHT" history --verify
    expect_status 0
    end
done

begin "what fails is told as a deploy would tell it: a script, a verify script, a deferred constraint"
project pgwright; change a
echo 'SELECT 1/0;' >deploy/a.sql
run "$PGWRIGHT" deploy --dry-run --execute
expect_status 13
expect_errors "deploy/a.sql:1"
untouched
change b; echo 'CREATE TABLE a (id int);' >deploy/a.sql; echo 'SELECT nosuch;' >verify/b.sql
run "$PGWRIGHT" deploy --dry-run --execute
expect_status 17
expect_errors "verify/b.sql:1"
untouched
cat >deploy/b.sql <<'SQL'
CREATE TABLE b (id int PRIMARY KEY, parent int REFERENCES b DEFERRABLE INITIALLY DEFERRED);
INSERT INTO b VALUES (1, 2);
SQL
echo 'SELECT FROM b;' >verify/b.sql
run "$PGWRIGHT" deploy --dry-run --execute
expect_status 13
expect_errors "violates foreign key"
untouched
end

begin "what cannot run in a transaction is named and left out"
project pgwright; change a; change b a; change c
echo 'CREATE INDEX CONCURRENTLY by_id ON a (id);' >deploy/b.sql
run "$PGWRIGHT" deploy --dry-run --execute
expect_status 0
expect_errors "shop:b is not rehearsed: CREATE INDEX CONCURRENTLY cannot run inside a transaction"
expect_out "rehearsed shop:c"
untouched
run "$PGWRIGHT" deploy --execute
expect_status 2
run "$PGWRIGHT" deploy --execute --dry-run --output x.sql
expect_status 2
end

finish
