# deploy --output: a script for psql that does what the run would have done.
. "$(dirname "$0")/../lib.sh"

# The history without what no two runs share.
history_of() {
    case $1 in
    pgwright) sql "SELECT project, change, change_id, script_sha256, note, planner FROM pgwright.changes ORDER BY deployed_at
                   ; SELECT * FROM pgwright.dependencies ORDER BY 1, 2; SELECT project, tag, change_id FROM pgwright.tags" ;;
    pgpm) sql "SELECT package, change_name, change_id, script_hash, deployed_by FROM pgpm_migrate.changes ORDER BY deployed_at
               ; SELECT * FROM pgpm_migrate.dependencies ORDER BY 1, 2; SELECT event_type, change_name FROM pgpm_migrate.events
               ; SELECT package, tag, change_name FROM pgpm_migrate.tags" ;;
    sqitch) sql "SELECT project, change, change_id, script_hash FROM sqitch.changes ORDER BY committed_at
                 ; SELECT * FROM sqitch.dependencies ORDER BY 1, 3; SELECT event, change, requires, tags FROM sqitch.events
                 ; SELECT tag, change_id FROM sqitch.tags; SELECT version FROM sqitch.releases" ;;
    esac
    sql "SELECT kind, project, change, change_id, script_sha256, detail FROM pgwright.events ORDER BY seq
         ; SELECT outcome FROM pgwright.deployments"
}

odd_project() {
    project "$1" "it's"; change users; tag v1; change orders users
    cat >deploy/orders.sql <<'SQL'
\set limit 7
\echo 'it''s begun'
BEGIN;
CREATE TABLE orders (id int CHECK (id < :limit), note text); -- a comment
INSERT INTO orders VALUES (1, 'back\slash'), (2, E'semi;colon\n'), (3, $$do"llar$$);
COPY orders FROM stdin;
4	tab\tand ünicode
5	\N
\.
SET search_path = nowhere;
COMMIT
SQL
    change quick
    echo 'CREATE INDEX CONCURRENTLY by_note ON orders (note);' >deploy/quick.sql
    echo "SELECT 1 / (indisvalid::int) FROM pg_index WHERE indexrelid = 'by_note'::regclass -- end" >verify/quick.sql
    change last
}

for format in pgwright pgpm sqitch; do
    begin "psql makes of the script what deploy makes of the plan ($format)"
    odd_project $format
    run "$PGWRIGHT" deploy --output run.sql
    expect_status 0
    expect_out "4 steps in 3 transactions"
    expect_sql "SELECT count(*) FROM pg_namespace WHERE nspname IN ('pgwright', 'sqitch', 'pgpm_migrate')" 0
    run psql -Xf run.sql
    expect_status 0
    expect_out "it's begun"
    expect_out "it's:last"
    expect_sql "SELECT string_agg(concat(id, note), ',' ORDER BY id) FROM orders" "1back\\slash,2semi;colon
,3do\"llar,4tab	and ünicode,5"
    by_psql=$(history_of $format)
    run "$PGWRIGHT" status --check
    expect_status 0
    run "$PGWRIGHT" verify
    expect_status 0
    run "$PGWRIGHT" history --verify
    expect_status 0
    run psql -Xf run.sql
    expect_status 3
    expect_errors "the history is not what it was when this script was written"
    sql "DROP TABLE users, orders, last; DROP SCHEMA pgwright CASCADE; DROP SCHEMA IF EXISTS pgpm_migrate CASCADE
         ; DROP SCHEMA IF EXISTS sqitch CASCADE" >/dev/null
    run "$PGWRIGHT" deploy
    expect_status 0
    expect_same "$(history_of $format)" "$by_psql" "the history"
    end
done

begin "a script that goes on where a deploy stopped, and one to stdout"
project pgwright; change a; change b a
run "$PGWRIGHT" deploy --to a
run "$PGWRIGHT" deploy --output -
expect_status 0
printf '%s\n' "$out" | psql -Xq >log 2>&1 || fail "$(cat log)"
run "$PGWRIGHT" status --check
expect_status 0
run "$PGWRIGHT" deploy --output more.sql
expect_status 0
expect_out "Nothing to deploy"
[ ! -e more.sql ] || fail "an empty script was written"
end

begin "a failing verify script stops the script and rolls it back"
project pgwright; change a; change b
echo 'SELECT 1/0;' >verify/b.sql
run "$PGWRIGHT" deploy --output run.sql
expect_status 0
run psql -Xf run.sql
expect_status 3
expect_sql "SELECT count(*) FROM pgwright.changes" 0
expect_sql "SELECT to_regclass('a') IS NULL" t
end

begin "a file that cannot be written is an error, and none is left"
project pgwright; change a
run "$PGWRIGHT" deploy --output nowhere/run.sql
expect_status 1
expect_errors "cannot write nowhere/run.sql: No such file"
end

finish
