# The real Sqitch, in both directions: what one began the other goes on with, and the registries hold the same.
. "$(dirname "$0")/../lib.sh"

if ! command -v sqitch >/dev/null 2>&1; then
    skip "the real Sqitch" "sqitch is not installed"
    exit 0
fi
# Sqitch rewrites its configuration by renaming: files of our own, never /dev/null.
export SQITCH_USER_CONFIG="$test_root/user.conf" SQITCH_SYSTEM_CONFIG="$test_root/system.conf" HOME="$test_root" SQITCH_FULLNAME="Tester" SQITCH_EMAIL="tester@example.com"

target() {
    echo "db:pg://$PGUSER@/$PGDATABASE?host=$PGHOST"
}

sqitch_project() {
    project sqitch
    sed -i 's|^%project.*|&\n%uri=HTTPS://Example.com:443/shop/%7e|' sqitch.plan
    printf '[core]\n\tengine = pg\n' >sqitch.conf
    change appschema; change users appschema; change orders 'users !legacy:orders'; tag v1.0; change totals '@v1.0'
    tag v1.1
    change orders 'orders@v1.0 shop:users'
    cp deploy/orders.sql deploy/orders@v1.0.sql; cp verify/orders.sql verify/orders@v1.0.sql
    cp revert/orders.sql revert/orders@v1.0.sql
    echo 'ALTER TABLE orders ADD COLUMN total numeric;' >deploy/orders.sql
    echo 'SELECT total FROM orders WHERE false;' >verify/orders.sql
    echo 'ALTER TABLE orders DROP COLUMN total;' >revert/orders.sql
}

registry() {
    sql "SELECT change_id, script_hash, change, project, note, committer_name, committer_email, planned_at, planner_name
           FROM sqitch.changes ORDER BY committed_at"
    sql "SELECT tag_id, tag, change_id, note, planned_at FROM sqitch.tags ORDER BY tag_id"
    sql "SELECT * FROM sqitch.dependencies ORDER BY 1, 2, 3"
    sql "SELECT event, change_id, change, requires, conflicts, tags FROM sqitch.events ORDER BY committed_at"
    sql "SELECT project, uri FROM sqitch.projects"
    sql "SELECT version FROM sqitch.releases"
}

begin "our registry is the one that Sqitch would have written"
sqitch_project
run "$PGWRIGHT" deploy
expect_status 0
ours=$(registry)
psql -XAtq -d postgres -c "DROP DATABASE \"$PGDATABASE\"" -c "CREATE DATABASE \"$PGDATABASE\""
run sqitch deploy "$(target)"
expect_status 0
expect_same "$(registry)" "$ours" "the registry"
end

begin "Sqitch goes on where we stopped: status, verify, deploy, revert"
sqitch_project
run "$PGWRIGHT" deploy --to @v1.0
expect_status 0
run sqitch status "$(target)"
expect_status 0
expect_out "orders"
expect_out "Undeployed changes"
run sqitch verify "$(target)"
expect_status 0
run sqitch deploy "$(target)"
expect_status 0
run "$PGWRIGHT" status --check
expect_status 0
run sqitch revert -y "$(target)"
expect_status 0
expect_sql "SELECT count(*) FROM sqitch.changes" 0
end

begin "we go on where Sqitch stopped: status, verify, deploy, revert"
sqitch_project
run sqitch deploy --to @v1.0 "$(target)"
expect_status 0
run "$PGWRIGHT" status --check
expect_status 18
run "$PGWRIGHT" verify
expect_status 0
run "$PGWRIGHT" deploy
expect_status 0
run sqitch status "$(target)"
expect_out "Nothing to deploy"
run "$PGWRIGHT" revert --to @v1.0 --yes
expect_status 0
run sqitch verify "$(target)"
expect_status 0
end

begin "a plan line that was edited behind deployed changes is told, as Sqitch could not go on either"
sqitch_project
run sqitch deploy "$(target)"
sed -i 's/# appschema/# edited/' sqitch.plan
run "$PGWRIGHT" deploy
expect_status 18
expect_errors "which the plan does not give"
end

begin "a history of Sqitch, untagged changes too, is adopted into pgpm's tables"
sqitch_project
run sqitch deploy "$(target)"
run "$PGWRIGHT" adopt --from sqitch --history pgpm
expect_status 0
expect_out "Adopted 5 changes"
run "$PGWRIGHT" status --history pgpm --check
expect_status 0
run "$PGWRIGHT" adopt --from sqitch --history pgpm
expect_out "5 were known"
end

begin "add and tag write lines that Sqitch reads"
run sqitch init shop --engine pg
run "$PGWRIGHT" add users -n 'the people' -r nosuch
expect_status 2
run "$PGWRIGHT" add users -n 'the people'
expect_status 0
run "$PGWRIGHT" add orders -r users -x legacy:orders
expect_status 0
run "$PGWRIGHT" tag v1 -m first
expect_status 0
run sqitch plan
expect_status 0
run sqitch tag
expect_out "v1"
run "$PGWRIGHT" deploy
expect_status 0
end

finish
