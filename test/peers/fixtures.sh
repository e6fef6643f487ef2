# Other people's projects, where they are beside this checkout.
. "$(dirname "$0")/../lib.sh"

CASES=$PGWRIGHT_SOURCE/../shared/cases/change-plan
if [ ! -d "$CASES" ]; then
    skip "other people's projects" "they are not here"
    exit 0
fi
"$PGWRIGHT" roles bootstrap -d postgres >/dev/null 2>&1

copy() {
    cp -r "$CASES/$1/." . && chmod -R u+w .
}

begin "three chained modules: the whole cycle"
copy pgpm-fixtures/sqitch/simple
run "$PGWRIGHT" test --workspace --all --prefix "f$$_"
expect_status 0
end

begin "tags across modules: as far as a tag, and what revert --cascade takes"
copy pgpm-fixtures/sqitch/simple-w-tags
run "$PGWRIGHT" deploy my-third --to @v2.0.0
expect_status 0
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 7
expect_sql "SELECT string_agg(d.requires, ' ' ORDER BY d.requires) FROM pgpm_migrate.dependencies d JOIN pgpm_migrate.changes c USING (change_id) WHERE c.package = 'my-third'" "my-first:table_products my-second:create_table"
run "$PGWRIGHT" revert my-first --to @v1.0.0 --yes --cascade
expect_status 0
expect_sql "SELECT string_agg(package || ':' || change_name, ' ' ORDER BY deployed_at) FROM pgpm_migrate.changes WHERE package <> 'my-second'" "my-first:schema_myfirstapp my-first:table_users"
end

begin "an extension in a schema of its own, with grants to mapped roles"
psql -XAtqc 'CREATE ROLE anon; CREATE ROLE service_role' >/dev/null 2>&1
copy pgpm-fixtures/extensions/install
run "$PGWRIGHT" deploy crypto-ext
expect_status 0
expect_sql "SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'pgcrypto'" extensions
expect_sql "SELECT has_schema_privilege('service_role', 'extensions', 'usage')" t
end

begin "modules without control or workspace file"
copy pgpm-fixtures/migrate/simple
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 3
end

begin "a project elsewhere: required from the history, and kept while it is required"
copy pgpm-fixtures/migrate/cross-project
cd project-b; run "$PGWRIGHT" deploy; expect_status 10
cd ../project-a; run "$PGWRIGHT" deploy; expect_status 0
cd ../project-b; run "$PGWRIGHT" deploy; expect_status 0
cd ../project-a; run "$PGWRIGHT" revert --all --yes; expect_status 2
expect_errors "project-b"
end

begin "w1: reverting to a tag leaves other modules alone"
copy made/probes/w1
run "$PGWRIGHT" deploy --workspace
expect_status 0
run "$PGWRIGHT" revert a --to @v1 --yes
expect_status 0
expect_sql "SELECT string_agg(change_name, ' ' ORDER BY change_name) FROM pgpm_migrate.changes" "b1 c1 t1 t2"
end

begin "w2: identical scripts"
copy made/probes/w2
run "$PGWRIGHT" deploy dup --no-verify
expect_status 0
end

begin "w5: concurrent index, enum, COPY, psql variables, a verify script that writes"
copy made/probes/w5
for module in conc enum copy meta vside; do
    run "$PGWRIGHT" deploy $module
    expect_status 0
done
run "$PGWRIGHT" verify vside
expect_sql "SELECT count(*) FROM v1" 0
expect_sql "SELECT count(*) FROM z1" 1
end

begin "golden: identical ids"
copy made/golden-sqitch
run "$PGWRIGHT" deploy
expect_status 0
sql "SELECT change_id FROM sqitch.changes UNION ALL SELECT tag_id FROM sqitch.tags" | while read -r id; do
    grep -q "$id" "$CASES/made/golden-sqitch/EXPECTED.txt" || echo "$id"
done >unknown
[ ! -s unknown ] || fail "ids that are not expected: $(cat unknown)"
expect_sql "SELECT count(*) FROM sqitch.changes" 5
end

begin "circular: headers may lie, the plan decides"
copy pgpm-fixtures/sqitch/resolve/circular
[ -d verify ] || mkdir verify
run "$PGWRIGHT" deploy --no-verify
expect_status 0
end

for file in "$CASES"/pgpm-fixtures/sqitch-plans/plan-invalid/*.plan; do
    begin "invalid plan $(basename "$file")"
    cp "$file" pgpm.plan
    run "$PGWRIGHT" status
    expect_status 10
    expect_errors "pgpm.plan:[0-9]*:[0-9]*: "
    end
done

finish
