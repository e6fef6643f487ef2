# Other people's schemas, where they are beside this checkout: loaded, dumped, loaded again, planned from nothing, with the same facts
# by a judge that shares no code with us.
. "$(dirname "$0")/../lib.sh"

CASES=$PGWRIGHT_SOURCE/../shared/cases/schemas
FACTS=$PGWRIGHT_SOURCE/../shared/tools/catalog-facts.sql
PLANNING="postgresql://$PGUSER:$canary_url@/postgres?host=$PGHOST"
if [ ! -d "$CASES" ] || [ ! -f "$FACTS" ]; then
    skip "other people's schemas" "they are not here"
    exit 0
fi

# The judge lists the tables of a publication of all tables in the order in which they were made.
facts() {
    psql -XAtq -v schemas="$schemas" -v order=on -d "$1" -f "$FACTS" | sed '/^publication .* all=t/s/ tables=.*//'
}

# Loads a dump into an empty database and compares: round_trip NAME-OF-FORM FILE
round_trip() {
    other="${PGDATABASE}_b"
    psql -XAtq -d postgres -c "CREATE DATABASE \"$other\" TEMPLATE template0"
    (cd "$(dirname "$2")" && psql -Xq -v ON_ERROR_STOP=1 -d "$other" -f "$(basename "$2")") >"$test_root/load" 2>&1 ||
        fail "$1 cannot be loaded: $(grep ERROR "$test_root/load")"
    facts "$other" >got.facts
    expect_same "" "$(diff wanted.facts got.facts)" "facts of what $1 made"
    psql -XAtq -d postgres -c "DROP DATABASE \"$other\""
}

# Applies a dump to an empty database and compares; against the database that it was taken from there is nothing to do.
planned() {
    run "$PGWRIGHT" plan --schema "$schemas" --file "$1" --plan-url "$PLANNING" --output-sql stdout
    expect_same "" "$out" "a plan of the dump against its own database"
    ours=$PGDATABASE PGDATABASE="${PGDATABASE}_c"
    psql -XAtq -d postgres -c "CREATE DATABASE \"$PGDATABASE\" TEMPLATE template0"
    run "$PGWRIGHT" apply --yes --schema "$schemas" --file "$1" --plan-url "$PLANNING"
    expect_status 0
    psql -XAtq -c "SET client_min_messages = warning; DROP SCHEMA pgwright CASCADE" # where the run is written down
    facts "$PGDATABASE" >got.facts
    expect_same "" "$(diff wanted.facts got.facts)" "facts of what a plan from nothing made"
    psql -XAtq -d postgres -c "DROP DATABASE \"$PGDATABASE\""
    PGDATABASE=$ours
}

for file in "$CASES"/*.sql "$PGWRIGHT_SOURCE"/test/cases/schemas/*.sql; do
    for schemas in public '*'; do
        # what needs other schemas cannot be loaded as one
        [ "$schemas/$(basename "$file")" != public/database.sql ] || continue
        begin "dump, load and plan: $(basename "$file" .sql), schema $schemas"
        psql -Xq -f "$file" >/dev/null 2>&1
        facts "$PGDATABASE" >wanted.facts
        [ -s wanted.facts ] || fail "no facts"
        run "$PGWRIGHT" dump --schema "$schemas" -f one.sql
        expect_status 0
        round_trip "the dump" one.sql
        run "$PGWRIGHT" dump --schema "$schemas" --multi-file -f many/main.sql
        round_trip "the dump of many files" many/main.sql
        run "$PGWRIGHT" dump --schema "$schemas" --qualify-schema -f full.sql
        round_trip "the dump with names in full" full.sql
        run "$PGWRIGHT" dump --schema "$schemas" -f again.sql
        cmp -s one.sql again.sql || fail "two dumps of one schema differ"
        planned one.sql
        end
    done
done

finish
