# A hundred pairs of made-up schemas, of which each law must hold; more, and others: build/test/madeup/madeup --help.
. "$(dirname "$0")/../lib.sh"

FIRST=${MADEUP_FIRST:-1}
COUNT=${MADEUP_COUNT:-100}

begin "made-up schemas are dumped, and become one another"
timeout "${TEST_LIMIT:-1200}" "$BUILD/test/madeup/madeup" --url "postgresql:///postgres?host=$PGHOST&user=$PGUSER" --first "$FIRST" --count "$COUNT" \
    --jobs 2 --tries 60 >pairs 2>errors || fail "$(cat pairs errors)"
name="$name ($(tail -n 1 pairs))"
end

finish
