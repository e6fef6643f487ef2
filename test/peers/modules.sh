# Published modules of pgpm's makers, fetched by npm pack: the full cycle of each, what is left behind, and what a
# sabotaged copy is told.
. "$(dirname "$0")/../lib.sh"

FACTS=$PGWRIGHT_SOURCE/../shared/tools/catalog-facts.sql
store=${XDG_CACHE_HOME:-/tmp}/pgwright-modules
mkdir -p "$store"
for module in verify types base32 inflection database-jobs metaschema-schema services; do
    ls "$store"/pgpm-$module-[0-9]*.tgz >/dev/null 2>&1 ||
        (cd "$store" && timeout 120 npm pack --silent "@pgpm/$module" >/dev/null 2>&1)
done
if [ "$(ls "$store"/*.tgz 2>/dev/null | wc -l)" -lt 7 ]; then
    skip "published modules" "they cannot be fetched here"
    exit 0
fi
"$PGWRIGHT" roles bootstrap -d postgres >/dev/null 2>&1

workspace() {
    echo '{"packages": ["packages/*"]}' >pgpm.json
    for file in "$store"/*.tgz; do
        folder=$(basename "$file" | sed 's/^pgpm-//; s/-[0-9].*//')
        mkdir -p "packages/$folder"
        tar xzf "$file" -C "packages/$folder" --strip-components=1
    done
}

# Everything but the history's own schemas.
facts() {
    psql -XAtq -v schemas='*' -f "$FACTS" 2>&1 | grep -v -e pgpm_migrate -e 'pgwright\.' -e 'schema pgwright\b'
}

for module in pgpm-verify pgpm-types pgpm-base32 pgpm-inflection pgpm-database-jobs; do
    begin "$module passes the full cycle"
    workspace
    run "$PGWRIGHT" test $module --prefix "c$$_"
    expect_status 0
    expect_out "passed $module"
    end

    begin "$module leaves nothing behind, by an independent judge"
    if [ ! -f "$FACTS" ]; then
        skip "$module by an independent judge" "the judge is not here"
        end >/dev/null
        continue
    fi
    workspace
    for extension in citext uuid-ossp pgcrypto unaccent hstore; do sql "CREATE EXTENSION \"$extension\"" >/dev/null; done
    wanted=$(facts)
    for round in first second; do
        run "$PGWRIGHT" deploy $module
        expect_status 0
        run "$PGWRIGHT" verify $module
        expect_status 0
        run "$PGWRIGHT" revert --workspace --all --yes
        expect_status 0
        expect_same "$wanted" "$(facts)" "the $round revert"
    done
    end
done

begin "the five as one workspace, deployed, verified, reverted and deployed again"
workspace
rm -r packages/metaschema-schema packages/services
run "$PGWRIGHT" deploy --workspace --all
expect_status 0
run "$PGWRIGHT" verify --workspace --all
expect_status 0
run "$PGWRIGHT" revert --workspace --all --yes
expect_status 0
run "$PGWRIGHT" deploy --workspace --all
expect_status 0
end

begin "a module whose extension is missing is refused before anything runs, with the chain"
workspace
if [ "$(sql "SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'")" = 0 ]; then
    run "$PGWRIGHT" deploy services
    expect_status 10
    expect_errors "services → metaschema-schema → postgis"
    expect_sql "SELECT to_regclass('pgpm_migrate.changes') IS NULL" t
fi
end

# sabotage NAME COMMAND: the copy's cycle must name the change.
sabotage() {
    run "$PGWRIGHT" test pgpm-base32 --prefix "s$$_"
    [ "$status" = 17 ] || fail "the copy passed: $1"
    expect_out "$2"
}

begin "an emptied revert script is named"
workspace
printf -- '-- Revert\n\nBEGIN;\n\nCOMMIT;\n' >packages/base32/revert/schemas/base32/procedures/encode.sql
run "$PGWRIGHT" test pgpm-base32 --prefix "s$$_"
expect_out "schemas/base32/procedures/encode"
end

begin "a verify script that proves nothing is named"
workspace
echo 'SELECT 1;' >packages/base32/verify/schemas/base32/procedures/encode.sql
sabotage "a vacuous verify script" "unproven.* pgpm-base32:schemas/base32/procedures/encode"
end

begin "a dropped deploy statement is named"
workspace
echo 'SELECT 1;' >packages/base32/deploy/schemas/base32/schema.sql
sabotage "a dropped statement" "schemas/base32"
end

finish
