# Writing projects: what is made, and that only the lines that are meant change.
. "$(dirname "$0")/../lib.sh"
export SQITCH_FULLNAME=Tester SQITCH_EMAIL=t@example.com

begin "init, add, deploy: a project from nothing"
run "$PGWRIGHT" init shop
expect_status 0
run "$PGWRIGHT" add app/users -n 'the people
who buy'
expect_status 0
run "$PGWRIGHT" add app/orders -r app/users -x legacy:orders
expect_status 0
expect_same "-- requires: app/users" "$(grep requires deploy/app/orders.sql)" "the header"
grep -q '# the people\\nwho buy$' pgwright.plan || fail "the note: $(cat pgwright.plan)"
run "$PGWRIGHT" deploy
expect_status 0
run "$PGWRIGHT" init shop
expect_status 2
run "$PGWRIGHT" add app/users
expect_status 2
run "$PGWRIGHT" add 'bad name'
expect_status 2
end

begin "a workspace of modules, in pgpm's format too"
run "$PGWRIGHT" init workspace acme --format pgpm
expect_status 0
cd acme || exit 1
run "$PGWRIGHT" init billing --extensions pgcrypto
expect_status 0
[ -f packages/billing/pgpm.plan ] && [ -f packages/billing/billing.control ] || fail "no module: $(find .)"
run "$PGWRIGHT" add invoices --package billing
expect_status 0
run "$PGWRIGHT" deploy billing
expect_status 0
expect_sql "SELECT count(*) FROM pg_extension WHERE extname = 'pgcrypto'" 1
cd packages/billing/deploy || exit 1
run "$PGWRIGHT" status --check
expect_status 0
end

begin "adding and tagging leaves every other byte as it was"
printf '%%syntax-version=1.0.0\r\n%%project = shop\r\n\r\n# a comment\r\n\r\na   2024-01-01T00:00:00Z  T <t@e> #  odd   spacing\r\n  \r\nb 2024-01-01T00:00:00Z T <t@e>' >sqitch.plan
mkdir deploy; touch deploy/a.sql deploy/b.sql
cp sqitch.plan before
run "$PGWRIGHT" tag v1 --change a -m first
expect_status 0
expect_same "$(sed '6q' before | cksum)" "$(sed '6q' sqitch.plan | cksum)" "what stands before the tag"
expect_same "$(sed '1,6d' before | cksum)" "$(sed '1,7d' sqitch.plan | cksum)" "what stands behind it"
sed -n 7p sqitch.plan | grep -q '^@v1 .* # first' || fail "the tag's line: $(sed -n 7p sqitch.plan)"
run "$PGWRIGHT" add c -r b
expect_status 0
run "$PGWRIGHT" tag v1
expect_status 2
end

begin "rework keeps the old scripts under the tag's name"
project pgwright; change f
run "$PGWRIGHT" rework f
expect_status 2
expect_errors "tag it first"
tag v1
run "$PGWRIGHT" rework f -n 'once more'
expect_status 0
[ -f deploy/f@v1.sql ] && [ -f revert/f@v1.sql ] && [ -f verify/f@v1.sql ] || fail "no old scripts"
grep -q '^f \[f@v1\] ' pgwright.plan || fail "$(cat pgwright.plan)"
end

for format in pgwright pgpm sqitch; do
    begin "a tag that moves, in the plan and in the history ($format)"
    project $format; change a; change b; tag v1; change c
    run "$PGWRIGHT" deploy
    run "$PGWRIGHT" tag v1 --change a
    expect_status 2
    expect_errors "--force"
    run "$PGWRIGHT" tag v1 --change a --force
    expect_status 0
    expect_same "a @v1 b c" "$(sed -n '4,$s/ .*//p' $format.plan | tr '\n' ' ' | sed 's/ $//')" "the plan"
    run "$PGWRIGHT" tag v1 --force
    expect_status 0
    expect_same "a b c @v1" "$(sed -n '4,$s/ .*//p' $format.plan | tr '\n' ' ' | sed 's/ $//')" "the plan"
    run "$PGWRIGHT" deploy
    expect_status 0
    run "$PGWRIGHT" status --show-tags
    expect_out "tag @v1 on c"
    expect_no_out "on [ab]$"
    end
done

begin "a tag stays where something needs it"
project pgwright; change a; tag v1; change b @v1
cp pgwright.plan before
run "$PGWRIGHT" tag v1 --force
expect_status 10
expect_errors "moving the tag @v1"
cmp before pgwright.plan || fail "the plan was changed"
end

begin "scripts that were written first get their lines, each behind what its header requires"
project pgpm; change a; tag v1
printf -- '-- Deploy shop:b to pg\n-- requires: shop:c/d\n-- conflicts: legacy:x\nCREATE TABLE b ();\n' >deploy/b.sql
mkdir deploy/c; printf -- '-- Deploy: c/d\n\n-- requires: @v1\nCREATE TABLE d ();\n' >deploy/c/d.sql
echo 'CREATE TABLE e ();' >deploy/e.sql; echo 'SELECT FROM e;' >verify/e.sql
cp pgpm.plan before
run "$PGWRIGHT" add --scripts
expect_status 0
expect_same "$(cat before)" "$(head -n 5 pgpm.plan)" "the lines before"
expect_same "c/d [@v1]|b [shop:c/d !legacy:x]|e|" "$(sed -n '6,$s/ 20[0-9][0-9]-.*/|/p' pgpm.plan | tr -d '\n')" "the lines behind"
[ -f revert/c/d.sql ] && [ -f verify/b.sql ] || fail "$(find verify revert)"
run "$PGWRIGHT" add --scripts
expect_out "Nothing to add"
run "$PGWRIGHT" deploy
expect_status 0
printf -- '-- requires: g\n' >deploy/f.sql; printf -- '-- requires: f\n' >deploy/g.sql
run "$PGWRIGHT" add --scripts
expect_status 10
expect_errors "f → g → f"
printf -- '-- requires: nosuch\n' >deploy/f.sql
run "$PGWRIGHT" add --scripts
expect_status 2
expect_errors "deploy/f.sql: there is no change nosuch"
run "$PGWRIGHT" add
expect_status 2
end

finish
