# No difference goes unnoticed: every attribute of every kind of object is changed, one in each schema, and the plan must make it good,
# there and back, by the facts that the catalogs hold.
. "$(dirname "$0")/../lib.sh"

PLANNING="postgresql://$PGUSER:$canary_url@/postgres?host=$PGHOST"
major=$(($(psql -XAtq -d postgres -c "SHOW server_version_num") / 10000))

# Writes `as_is` and `to_be`: c0 in a case is the schema of that case.
split_cases() {
    awk -v major="$major" '
        /^-- CASE / {
            n++
            needs = match($0, /\([0-9]+\)$/) ? substr($0, RSTART + 1, RLENGTH - 2) : 0
            skipped = needs + 0 > major
            head = "CREATE SCHEMA c" n ";\nSET search_path = c" n ";"
            if (!skipped) { print head >"as_is"; print head >"to_be"; print n, substr($0, 9) >"names" }
            late = 0
            next
        }
        /^-- BECOMES/ { late = 1; next }
        !n || skipped { next }
        { gsub(/c0/, "c" n); if (!late) print >"as_is"; print >"to_be" }' "$PGWRIGHT_SOURCE/test/cases/attributes/attributes.sql"
}

all_facts() {
    schema_facts "$1" NULL false >all
    grep -vE '^(namespace|acl namespace|class|attribute|index|constraint|type|comment)[^ ]* "?pgwright' all | sort -u
}

load() {
    psql -Xq -v ON_ERROR_STOP=1 -d "$1" -c 'SET client_min_messages = error' -f "$2" >load.log 2>&1 || fail "$2: $(cat load.log)"
}

# The names of the cases that the lines of a diff speak of.
cases_of() {
    grep -oE '\bc[0-9]+\b' "$1" | sort -u | sed 's/^c//' | while read -r n; do sed -n "s/^$n /    /p" names; done
}

# reach DUMP FACTS: the database comes to be as the dump says, and has these facts.
reach() {
    run "$PGWRIGHT" deploy --yes --no-record --file "$1" --schema '*' --plan-url "$PLANNING"
    expect_status 0
    all_facts "$PGDATABASE" >found
    diff "$2" found >difference || fail "$1 is not reached in: $(cases_of difference)
$(cat difference)"
    run "$PGWRIGHT" plan --file "$1" --schema '*' --plan-url "$PLANNING" --output-sql stdout
    expect_same "" "$out" "a second plan of $1"
}

begin "every attribute of every kind is compared, and changed in both directions"
split_cases
other=${PGDATABASE}_to_be
psql -XAtq -d postgres -c "CREATE DATABASE \"$other\""
load "$PGDATABASE" as_is
load "$other" to_be
all_facts "$PGDATABASE" >as_is.facts
all_facts "$other" >to_be.facts
diff as_is.facts to_be.facts >difference
while read -r n case; do
    grep -qE "\bc$n\b" difference || fail "the facts do not tell: $case"
done <names
run "$PGWRIGHT" dump --schema '*' --owners -f as_is.sql
expect_status 0
run "$PGWRIGHT" dump --schema '*' --owners -f to_be.sql -d "$other"
expect_status 0
reach to_be.sql to_be.facts
reach as_is.sql as_is.facts
psql -XAtq -d postgres -c "DROP DATABASE \"$other\""
name="$name ($(wc -l <names) cases)"
end

finish
