# A deploy is killed, or its connection cut, behind every protocol message in turn. Whatever the point, the next deploy
# must end with the database and history of an undisturbed run, or stop and name the one change to look at.
. "$(dirname "$0")/../lib.sh"

RELAY=$BUILD/test/relay
SOCKET=$PGHOST/.s.PGSQL.5432

# Twenty changes; with "alone" every fifth cannot run in a transaction.
twenty() {
    project pgwright
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        change t$i
        if [ "$1" = alone ] && [ $((i % 5)) = 0 ]; then
            echo "CREATE INDEX CONCURRENTLY t$i ON t$((i - 1)) (id);" >deploy/t$i.sql
            echo "SELECT 1 / count(*) FROM pg_class WHERE relname = 't$i';" >verify/t$i.sql
        fi
    done
}

facts() {
    sql "SELECT change FROM pgwright.changes ORDER BY deployed_at"
    sql "SELECT relname, relkind FROM pg_class WHERE relname ~ '^t[0-9]' ORDER BY 1"
}

again() {
    psql -XAtq -d postgres -c "DROP DATABASE \"$PGDATABASE\" WITH (FORCE)" -c "CREATE DATABASE \"$PGDATABASE\""
}

# Was it left in one of the two ways that are allowed?
check_point() {
    run "$PGWRIGHT" deploy
    if [ "$status" = 18 ]; then
        looked=$((looked + 1))
        expect_errors "was cut off outside a transaction"
        change=$(printf '%s' "$errors" | sed -n 's/.*--settle \(shop:[a-z0-9]*\)=deployed.*/\1/p' | head -n 1)
        there=$(sql "SELECT count(*) FROM pg_class WHERE relname = '${change#shop:}'")
        run "$PGWRIGHT" deploy --settle "$change=$([ "$there" = 1 ] && echo deployed || echo pending)"
    fi
    [ "$status" = 0 ] || fail "$1 $2: the next deploy ended with $status: $errors"
    expect_same "$wanted" "$(facts)" "$1 $2: what the next deploy left"
}

every_point() {
    twenty "$1"
    run "$RELAY" "$SOCKET" --report report -- "$PGWRIGHT" deploy
    expect_status 0
    wanted=$(facts)
    total=$(sed -n 's/^messages //p' report)
    looked=0
    points=0
    k=1
    while [ $k -le "$total" ] && [ -z "$why" ]; do
        again
        timeout 60 "$RELAY" "$SOCKET" "$2" $k -- "$PGWRIGHT" deploy >/dev/null 2>&1
        check_point "$2" $k
        points=$((points + 1))
        k=$((k + $3))
    done
    name="$name ($points of $total points, $looked named a change)"
}

begin "cut behind each message, in one transaction"
every_point together --cut ${FAULT_STEP:-7}
end
begin "killed behind each message, in one transaction"
every_point together --kill ${FAULT_STEP:-7}
end
begin "cut behind each message, with changes outside transactions"
every_point alone --cut ${FAULT_STEP:-7}
end
begin "killed behind each message, with changes outside transactions"
every_point alone --kill ${FAULT_STEP:-7}
end

finish
