# list, deps, baseline: what a plan holds, and what of it is there.
. "$(dirname "$0")/../lib.sh"

two_modules() {
    printf 'packages:\n  - packages/*\n' >pgwright.yaml
    mkdir -p packages/shop packages/billing
    cd packages/shop || exit 1
    project pgwright shop; change users; change orders users; tag v1
    cd ../billing || exit 1
    project pgwright billing; change invoices "shop:orders !shop:users"; change items invoices
    echo "requires = 'shop'" >billing.control
    cd ../..
}

begin "list tells of every change whether it is deployed, edited or pending"
two_modules
run "$PGWRIGHT" deploy billing --to invoices
expect_status 10
sed -i 's/ !shop:users//' packages/billing/pgwright.plan
run "$PGWRIGHT" deploy billing --to invoices
expect_status 0
echo '-- edited' >>packages/shop/deploy/users.sql
run "$PGWRIGHT" migrate list --workspace
expect_status 0
expect_out "edited *shop:users"
expect_out "deployed *shop:orders @v1 .*Z  users"
expect_out "pending *billing:items"
run "$PGWRIGHT" list --workspace --json
expect_json "(SELECT string_agg(c->>'state' || (c->>'edited'), ',') FROM jsonb_array_elements(d->'changes') c)" "deployedfalse,pendingfalse,deployedtrue,deployedfalse"
run "$PGWRIGHT" list --workspace --pending
expect_out "billing:items"
expect_no_out "shop:"
run "$PGWRIGHT" list shop --all
expect_no_out "billing"
end

begin "deps goes both ways, across modules, with and without a database"
two_modules
run env -u PGDATABASE "$PGWRIGHT" deps billing:invoices
expect_status 0
expect_same "billing:invoices
  requires
    shop:orders
      shop:users
    shop:users  (conflicts)
  is required by
    billing:items" "$out" "deps"
run "$PGWRIGHT" deploy shop
run "$PGWRIGHT" deps shop:users
expect_out "^shop:users  deployed"
expect_out "^      billing:invoices  pending"
run "$PGWRIGHT" migrate deps --all --workspace
expect_out "^      billing:items  pending"
run "$PGWRIGHT" deps shop:orders --json
expect_json "(d->'changes'->0->'required_by'->>0) || (d->'changes'->0->'requires'->>0)" "billing:invoicesshop:users"
run "$PGWRIGHT" deps shop:nosuch
expect_status 2
end

begin "baseline records without running, here or as a script"
project pgpm; change a; change b a; tag v1; change c
run "$PGWRIGHT" baseline --to @v1 --emit-ledger baseline.sql
expect_status 0
run psql -Xqf baseline.sql
expect_status 0
expect_sql "SELECT to_regclass('a') IS NULL" t
run "$PGWRIGHT" status
expect_out "2 of 3 deployed, at @v1"
run "$PGWRIGHT" migrate baseline
expect_status 0
run "$PGWRIGHT" status --check
expect_status 0
run "$PGWRIGHT" verify
expect_status 17
end

finish
