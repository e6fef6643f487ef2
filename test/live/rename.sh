# Other names for changes and modules: in the files, and in the history.
. "$(dirname "$0")/../lib.sh"

# Two modules: shop with a reworked change and a tag, and billing, which requires it. $1 is the format.
two_modules() {
    printf 'packages:\n  - packages/*\n' >pgwright.yaml
    mkdir -p packages/shop packages/billing
    cd packages/shop || exit 1
    project "$1" shop; change app/users; change orders app/users; tag v1
    echo 'SELECT 1; -- reworked' >deploy/orders.sql.new
    printf '%s\n' '-- Deploy shop:orders to pg' '-- requires: app/users' '-- requires: shop:app/users' '' 'BEGIN;' \
        'CREATE TABLE orders (id int); -- app/users stays here' 'COMMIT;' >deploy/orders.sql
    rm deploy/orders.sql.new
    mkdir sql; echo "comment = 'orders'" >shop.control
    printf 'EXTENSION = shop\nDATA = sql/shop--0.0.1.sql\n' >Makefile
    printf '{\n  "name": "@acme/shop",\n  "version": "0.0.1"\n}\n' >package.json
    touch sql/shop--0.0.1.sql
    cd ../billing || exit 1
    project "$1" billing; change invoices "shop:orders shop:app/users@v1 !shop:legacy"
    printf '%s\n' '-- Deploy billing:invoices to pg' '-- requires: shop:orders' 'CREATE TABLE invoices (id int);' >deploy/invoices.sql
    echo "requires = 'plpgsql,shop'" >billing.control
    cd ../..
}

# What a plan and the history say of one another, for all three formats.
in_step() {
    run "$PGWRIGHT" status --workspace --check
    expect_status 0
    run "$PGWRIGHT" verify --workspace --strict
    expect_status 0
    run "$PGWRIGHT" history --verify
    expect_status 0
}

# A second database that holds what the first does.
second() {
    other=${PGDATABASE}_2
    psql -XAtq -d postgres -c "CREATE DATABASE \"$other\"" || fail "no second database"
    run "$PGWRIGHT" deploy --workspace -d "$other"
    expect_status 0
}

drop_second() {
    psql -XAtq -d postgres -c "DROP DATABASE \"$other\""
}

for format in pgwright pgpm sqitch; do
    begin "a change has another name in plans, scripts, headers and the history ($format)"
    two_modules $format
    run "$PGWRIGHT" deploy --workspace
    expect_status 0
    second
    run "$PGWRIGHT" rename --package shop --change app/users people --dry-run
    expect_status 0
    expect_out "packages/shop/deploy/app/users.sql -> packages/shop/deploy/people.sql"
    in_step
    run "$PGWRIGHT" rename --package shop --change app/users people -d "$PGDATABASE"
    expect_status 0
    expect_out "renamed change app/users to people in 6 files and 1 row of the history"
    [ ! -e packages/shop/deploy/app ] || fail "an empty folder is left"
    expect_same "-- Deploy people to pg" "$(head -n 1 packages/shop/deploy/people.sql)" "its header"
    expect_same "-- Deploy shop:orders to pg -- requires: people -- requires: shop:people" \
        "$(head -n 3 packages/shop/deploy/orders.sql | tr '\n' ' ' | sed 's/ $//')" "the header of what requires it"
    grep -q 'app/users stays here' packages/shop/deploy/orders.sql || fail "the script itself was changed"
    grep -q '^invoices \[shop:orders shop:people@v1 !shop:legacy\] ' packages/billing/$format.plan || fail "$(cat packages/billing/$format.plan)"
    in_step
    run "$PGWRIGHT" status --workspace --check -d "$other"
    expect_status 18
    run "$PGWRIGHT" rename --package shop --change app/users people --log-only -d "$other"
    expect_status 0
    run "$PGWRIGHT" status --workspace --check -d "$other"
    expect_status 0
    drop_second
    run "$PGWRIGHT" revert --workspace --all --yes
    expect_status 0
    run "$PGWRIGHT" deploy --workspace
    expect_status 0
    end

    begin "a module has another name everywhere ($format)"
    two_modules $format
    run "$PGWRIGHT" deploy --workspace
    expect_status 0
    second
    run "$PGWRIGHT" rename web-shop --package shop --sync-pkg-name -d "$PGDATABASE"
    expect_status 0
    expect_out "and 2 rows of the history"
    expect_same "%project=web-shop" "$(grep %project packages/shop/$format.plan)" "the plan"
    expect_same "requires = 'plpgsql,web-shop'" "$(cat packages/billing/billing.control)" "what requires it"
    expect_same "EXTENSION = web-shop DATA = sql/web-shop--0.0.1.sql " "$(tr '\n' ' ' <packages/shop/Makefile)" "the Makefile"
    grep -q '"name": "@acme/web-shop",' packages/shop/package.json || fail "$(cat packages/shop/package.json)"
    [ -f packages/shop/web-shop.control ] && [ -f packages/shop/sql/web-shop--0.0.1.sql ] || fail "$(find packages)"
    in_step
    run "$PGWRIGHT" rename web-shop --package shop --log-only -d "$other"
    expect_status 0
    run "$PGWRIGHT" verify --workspace --strict -d "$other"
    expect_status 0
    drop_second
    run "$PGWRIGHT" revert web-shop --all --yes
    expect_status 2
    expect_errors "billing:invoices"
    run "$PGWRIGHT" revert web-shop --all --cascade --yes
    expect_status 0
    end
done

begin "Sqitch goes on after a reworked change was renamed"
if command -v sqitch >/dev/null; then
    export SQITCH_FULLNAME=Tester SQITCH_EMAIL=t@example.com
    printf '[core]\n\tengine = pg\n' >sqitch.conf
    project sqitch; change a; change f a; tag v1
    run "$PGWRIGHT" rework f
    printf -- '-- Deploy f to pg\n-- requires: f@v1\nSELECT 2;\n' >deploy/f.sql
    printf -- '-- Revert f from pg\nSELECT 1;\n' >revert/f.sql
    change last f
    run "$PGWRIGHT" deploy
    expect_status 0
    run "$PGWRIGHT" rename --change f g -d "$PGDATABASE"
    expect_status 0
    expect_out "2 rows"
    [ -f deploy/g.sql ] && [ -f deploy/g@v1.sql ] && [ ! -e deploy/f.sql ] || fail "$(ls deploy)"
    run sqitch status "db:pg:$PGDATABASE"
    expect_out "Nothing to deploy (up-to-date)"
    run sqitch check "db:pg:$PGDATABASE"
    expect_status 0
    run sqitch verify "db:pg:$PGDATABASE"
    expect_status 0
    run sqitch revert -y --to a "db:pg:$PGDATABASE"
    expect_status 0
    run "$PGWRIGHT" status
    expect_out "1 of 4 deployed"
fi
end

begin "an edited script stays an edited one"
project pgwright; change a; change b a
run "$PGWRIGHT" deploy
echo '-- edited' >>deploy/a.sql
run "$PGWRIGHT" rename --change a c -d "$PGDATABASE"
expect_status 0
run "$PGWRIGHT" check
expect_status 18
expect_out "shop:c"
end

begin "what cannot be renamed leaves files and history as they were"
two_modules pgwright
cp -r packages before
run "$PGWRIGHT" deploy --workspace
run "$PGWRIGHT" rename --package shop --change app/users orders
expect_status 2
run "$PGWRIGHT" rename --package shop --change nosuch x
expect_status 2
run "$PGWRIGHT" rename billing --package shop
expect_status 2
run "$PGWRIGHT" rename 'a b' --package shop
expect_status 2
sql "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'
     ; CREATE TRIGGER refuse BEFORE UPDATE ON pgwright.changes EXECUTE FUNCTION refuse()" >/dev/null
run "$PGWRIGHT" rename --package shop --change app/users people -d "$PGDATABASE"
expect_status 13
diff -r before packages >log || fail "$(cat log)"
in_step
end

finish
