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

# Without comments and transaction control, does the script hold anything?
says_something() {
    sed 's/--.*//; s/^ *\(BEGIN\|COMMIT\|ROLLBACK\) *;//I' "$1" | grep -q '[^[:space:]]'
}

# Leaves out the first statement but for BEGIN.
drop_statement() {
    awk '{
        line = $0
        if (!done && !inside && toupper(line) !~ /^[ \t]*(--|BEGIN|$)/) inside = 1
        if (!inside) { print; next }
        quotes = (quotes + gsub(/\$[A-Za-z_]*\$/, "&", line)) % 2
        if (!quotes && line ~ /;[ \t]*$/) { inside = 0; done = 1 }
    }' "$1" >dropped && mv dropped "$1"
}

# sabotaged WHAT MODULE FOLDER CHANGE – the change must be named with a reason, and fail the run.
sabotaged() {
    run "$PGWRIGHT" test "$2" --prefix "s$$_"
    [ "$status" = 17 ] || fail "$1 $4: it ended with $status
$out"
    printf '%s\n' "$out" | grep -v -e '^  empty-' | grep -qF "$4" || fail "$1 $4: it is not named
$out"
    for kind in deploy verify revert; do cp "original/$kind/$4.sql" "packages/$3/$kind/$4.sql"; done
}

# The first, the middle and the last change of the plan whose three scripts say something.
chosen_changes() {
    grep -v -e '^[%#@]' -e '^ *$' "packages/$1/pgpm.plan" | cut -d ' ' -f 1 | while read -r change; do
        for kind in deploy verify revert; do
            says_something "packages/$1/$kind/$change.sql" || continue 2
        done
        echo "$change"
    done | awk '{ c[NR] = $0 } END { print c[1]; print c[int((NR + 1) / 2)]; print c[NR] }' | sort -u
}

for module in pgpm-verify pgpm-types pgpm-base32 pgpm-inflection pgpm-database-jobs; do
    begin "$module sabotaged in one script: the change is named"
    workspace
    folder=${module#pgpm-}
    cp -r "packages/$folder" original
    for change in $(chosen_changes "$folder"); do
        printf -- '-- Revert\n\nBEGIN;\n\nCOMMIT;\n' >"packages/$folder/revert/$change.sql"
        sabotaged "emptied revert script of" $module "$folder" "$change"
        drop_statement "packages/$folder/deploy/$change.sql"
        sabotaged "dropped statement of" $module "$folder" "$change"
        echo 'SELECT 1;' >"packages/$folder/verify/$change.sql"
        sabotaged "vacuous verify script of" $module "$folder" "$change"
    done
    end
done

finish
