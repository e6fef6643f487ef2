# The cases of pgschema's own tests, where they are beside this checkout: planned, applied and judged by the state that is left, by a
# judge that shares no code with us. DECLARATIVE_STEP=N: every Nth case (6); all of them, DECLARATIVE_STEP=1, want TEST_LIMIT=3600.
. "$(dirname "$0")/../lib.sh"

cases=$PGWRIGHT_SOURCE/../shared/cases/declarative
judge=$PGWRIGHT_SOURCE/../shared/tools/judge-declarative
if [ ! -d "$cases" ] || [ ! -f "$judge" ] || ! command -v python3 >/dev/null; then
    skip "cases of pgschema's tests" "they, or python3, are not here"
    finish
fi

begin "cases of pgschema's tests"
alone_with testuser
mkdir chosen
find "$cases" -name new.sql | sort | awk -v step="${DECLARATIVE_STEP:-6}" 'NR % step == 0' | while read -r file; do
    folder=$(dirname "$file")
    cp -r "$folder" "chosen/$(basename "$(dirname "$folder")")-$(basename "$folder")"
done
timeout 3600 python3 "$judge" --server "host=$PGHOST port=5432 user=$PGUSER" --tool "$PGWRIGHT" --plan-arg=--plan-url \
    --plan-arg="postgresql:///postgres?host=$PGHOST&user=$PGUSER" chosen >verdict 2>&1 || fail "$(grep '^fail\|Error' verdict)"
name="$name ($(tail -n 1 verdict))"
end

finish
