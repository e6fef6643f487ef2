# The wire that the fault tests hold does what they think it does.
. "$(dirname "$0")/../lib.sh"

RELAY=$BUILD/test/relay
SOCKET=$PGHOST/.s.PGSQL.5432

value() {
    sed -n "s/^$1 //p" report
}

begin "passes everything on, counts messages and round trips"
run "$RELAY" "$SOCKET" --report report -- psql -XAtc 'SELECT 42'
expect_status 0
expect_out '^42$'
expect_same 3 "$(value 'round trips')" "round trips: to connect, to ask, and to say goodbye"
one=$(value messages)
run "$RELAY" "$SOCKET" --report report -- psql -XAtc 'SELECT 42' -c 'SELECT 43'
expect_same 4 "$(value 'round trips')" "round trips with a second question"
expect_same 5 "$(($(value messages) - one))" "messages of a question and its reply"
end

begin "megabytes in both directions arrive unchanged, also late"
psql -XAtqc "COPY (SELECT repeat(i::text, 100) FROM generate_series(1, 20000) i) TO STDOUT" >sent
sql 'CREATE TABLE t (x text)'
run "$RELAY" "$SOCKET" --delay 5 -- psql -XAtqc '\copy t FROM sent' -c '\copy t TO received'
expect_status 0
cmp sent received || fail "they differ"
end

begin "delays in both directions, however many pieces are under way"
run "$RELAY" "$SOCKET" --delay 50 -- psql -XAtc 'SELECT 42'
before=$(date +%s%N)
run "$RELAY" "$SOCKET" --delay 50 -- psql -XAtc "SELECT repeat('x', 1000) FROM generate_series(1, 1000)"
took=$((($(date +%s%N) - before) / 1000000))
[ $took -ge 200 ] || fail "two round trips took $took ms"
[ $took -lt 1000 ] || fail "it took $took ms"
end

begin "cuts behind the message that was asked for: it arrives, the next one does not"
sql 'CREATE TABLE t ()'
run "$RELAY" "$SOCKET" --report report -- psql -XAtc 'SELECT FROM t'
told=$(($(value messages) - 4)) # four messages follow the question: description, end, ready, goodbye
run "$RELAY" "$SOCKET" --cut $((told - 1)) -- psql -XAtc 'DROP TABLE t'
expect_errors "closed the connection"
expect_sql "SELECT to_regclass('t')" t
run "$RELAY" "$SOCKET" --cut $told -- psql -XAtc 'DROP TABLE t'
expect_errors "closed the connection"
sleep 0.2
expect_sql "SELECT to_regclass('t')" ""
end

begin "kills the command there"
sql 'CREATE TABLE t ()'
run "$RELAY" "$SOCKET" --kill $told -- psql -XAtc 'DROP TABLE t'
expect_status 137
sleep 0.2
expect_sql "SELECT to_regclass('t')" ""
end

begin "gives the command's own status back, and says how it is used"
run "$RELAY" "$SOCKET" -- sh -c 'exit 7'
expect_status 7
run "$RELAY" "$SOCKET" --nonsense
expect_status 125
expect_errors usage
end

finish
