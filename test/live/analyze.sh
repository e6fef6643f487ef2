. "$(dirname "$0")/../lib.sh"

begin "a project without faults is OK, and says nothing else"
project pgwright shop; change users; change orders users
run "$PGWRIGHT" analyze
expect_status 0
expect_same "OK shop" "$out" "analyze"
end

begin "faults are named and make it fail"
project pgwright shop; change users; change orders
rm deploy/orders.sql
printf "SELECT 'never ends;\n" >deploy/users.sql
run "$PGWRIGHT" analyze
expect_status 10
expect_out "NOT OK shop"
expect_out "missing_deploy_script deploy/orders.sql"
expect_out "unreadable_script deploy/users.sql:1"
end

begin "what is likely a mistake is advice, and a failure with --strict"
project pgwright shop; change users; change orders users; change copy; change other
rm verify/users.sql
: >revert/users.sql
printf -- '-- Verify orders on pg\nBEGIN;\nROLLBACK;\n' >verify/orders.sql
cp deploy/copy.sql deploy/other.sql
write deploy/forgotten.sql </dev/null
printf -- '-- Deploy shop:orders to pg\n-- requires: accounts\nSELECT 1;\n' >deploy/orders.sql
run "$PGWRIGHT" analyze
expect_status 0
for issue in "missing_verify_script verify/users.sql" "empty_revert_script revert/users.sql" \
    "empty_verify_script verify/orders.sql" "duplicate_script deploy/other.sql" "orphan_script deploy/forgotten.sql" \
    "header_name_mismatch deploy/other.sql:1" "in the plan alone: users; in the header alone: accounts"; do
    expect_out "$issue"
done
run "$PGWRIGHT" analyze --strict --json
expect_status 10
expect_json "(d->>'ok') || jsonb_array_length(d->'modules'->0->'issues')" false7
end

begin "at the root of a workspace every module is looked at"
echo 'packages: ["packages/*"]' >pgwright.yaml
for m in a b; do (mkdir -p packages/$m && cd packages/$m && project pgwright $m && change "t_$m"); done
rm packages/b/deploy/t_b.sql
run "$PGWRIGHT" analyze
expect_status 10
expect_out "^OK a"
expect_out "NOT OK b"
run "$PGWRIGHT" analyze a
expect_status 0
end

begin "a Makefile, a package.json and a uri that say something else are told; none of them is missed"
project pgpm shop; change users
printf "default_version = '0.0.2'\n" >shop.control
run "$PGWRIGHT" analyze
expect_same "OK shop" "$out" "analyze"
printf 'EXTENSION = shop\nDATA = sql/shop--0.0.2.sql  # made by packaging\n\nPG_CONFIG = pg_config\n' >Makefile
printf '{"name": "@acme/shop", "version": "0.0.2"}' >package.json
run "$PGWRIGHT" analyze
expect_same "OK shop" "$out" "analyze"
printf '# EXTENSION = shop\nEXTENSION := store\nDATA = sql/shop--0.0.1.sql\n' >Makefile
printf '{"name": "@acme/shop", "version": "0.1.0"}' >package.json
sed -i '2a %uri=https://example.com/shop' pgpm.plan
run "$PGWRIGHT" analyze
expect_status 10
for issue in "makefile_extension_mismatch Makefile:2: .* (store)" "makefile_data_mismatch Makefile:3: .* (sql/shop--0.0.1.sql)" \
    "package_version_mismatch package.json: .* (0.1.0 and 0.0.2)" "plan_uri_mismatch pgpm.plan"; do
    expect_out "$issue"
done
: >Makefile
run "$PGWRIGHT" analyze
expect_out makefile_missing_extension
expect_out makefile_missing_data
end

finish
