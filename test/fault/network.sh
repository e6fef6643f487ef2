# A slow wire, and two runs at once.
. "$(dirname "$0")/../lib.sh"

RELAY=$BUILD/test/relay
SOCKET=$PGHOST/.s.PGSQL.5432

begin "100 changes over a wire with 20 ms each way cost less than 2 round trips each"
project pgwright
i=1; while [ $i -le 100 ]; do change t$i; i=$((i + 1)); done
run "$RELAY" "$SOCKET" --delay 20 --report report -- "$PGWRIGHT" deploy
expect_status 0
trips=$(sed -n 's/^round trips //p' report)
[ "$trips" -lt 200 ] || fail "it took $trips round trips"
name="$name (it took $trips in all)"
expect_sql "SELECT count(*) FROM pgwright.changes" 100
end

begin "two deploys at once, again and again: each change once, nobody deadlocked"
project pgwright
for i in 1 2 3 4 5; do change t$i; done
echo 'CREATE INDEX CONCURRENTLY t5 ON t4 (id);' >deploy/t5.sql
echo 'SELECT 1;' >verify/t5.sql
echo 'DROP INDEX t5;' >revert/t5.sql
round=1
while [ $round -le "${FAULT_ROUNDS:-20}" ] && [ -z "$why" ]; do
    "$PGWRIGHT" deploy >first.out 2>&1 & first=$!
    "$PGWRIGHT" deploy >second.out 2>&1 & second=$!
    wait $first || fail "round $round, the first: $(cat first.out)"
    wait $second || fail "round $round, the second: $(cat second.out)"
    expect_sql "SELECT count(*) FROM pgwright.events WHERE kind = 'deploy'" "$((round * 5))"
    run "$PGWRIGHT" revert --all --yes --no-verify
    expect_status 0
    round=$((round + 1))
done
name="$name ($((round - 1)) rounds)"
end

finish
