# What a database and its clients feel of a plan and of its run: nothing of the first, of the second no more than the time
# that a lock may take to come.
. "$(dirname "$0")/../lib.sh"

PLANNING="postgresql://$PGUSER:$canary_url@/postgres?host=$PGHOST"
LOCK_MS=1000   # what a statement may wait for a lock
BLOCKED_MS=1500 # what a client may wait at most: that, and a slow machine

plan() {
    run "$PGWRIGHT" plan --file wanted.sql --plan-url "$PLANNING" "$@"
}

# To look at all rows with slow() takes seconds: whoever does that under a strong lock is found out.
rows() {
    cat >old.sql <<'SQL'
CREATE FUNCTION slow(bigint) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS
'BEGIN IF $1 % 40 = 0 THEN PERFORM pg_sleep(0.0002); END IF; RETURN $1; END';
CREATE TABLE owner (id bigint PRIMARY KEY, name text);
CREATE TABLE account (id bigint PRIMARY KEY, owner bigint, balance bigint DEFAULT 0, code text, note text);
CREATE INDEX account_code ON account (code);
SQL
    cat >wanted.sql <<'SQL'
CREATE FUNCTION slow(bigint) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS
'BEGIN IF $1 % 40 = 0 THEN PERFORM pg_sleep(0.0002); END IF; RETURN $1; END';
CREATE TABLE owner (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE account (id bigint PRIMARY KEY, owner bigint NOT NULL REFERENCES owner, balance bigint DEFAULT 0 CHECK (slow(balance) >= 0),
    code text, note text, CONSTRAINT account_code_key UNIQUE (code));
CREATE INDEX account_code ON account (code, slow(id));
CREATE INDEX account_owner ON account (owner, slow(id));
SQL
    psql -XAtq -v ON_ERROR_STOP=1 -f old.sql -c "INSERT INTO owner SELECT i, 'o' FROM generate_series(1, 1000) i" \
        -c "INSERT INTO account SELECT i, 1 + i % 1000, i, i::text, 'x' FROM generate_series(1, 100000) i" || fail "no rows"
}

# Reads and writes the table until the file `over` is there; the longest time of a statement goes to `longest`, in ms.
client() {
    n=100000
    while [ ! -f over ]; do
        n=$((n + 1))
        echo "INSERT INTO account VALUES ($n, 1 + $n % 1000, 1, '$n', 'y');"
        echo "UPDATE account SET balance = balance + 1 WHERE id = $n % 1000 * 90;"
        echo "SELECT count(*) FROM account WHERE id BETWEEN $n - 100 AND $n;"
        echo "DELETE FROM account WHERE id = $n - 5 AND id > 100000;"
    done | psql -XAtq -v ON_ERROR_STOP=1 -c '\timing on' -f - >client.out 2>&1 || echo "the client failed" >>client.out
    awk '/^Time: / { n++; if ($2 > max) max = $2 } END { printf "%d %d\n", max, n }' client.out >longest
}

start_client() {
    rm -f over
    client &
    client=$!
    sleep 0.5
}

end_client() {
    touch over
    wait "$client"
    read -r longest statements <longest
    ! grep -E 'ERROR|failed' client.out >errors.client || fail "the client: $(head -n 3 errors.client)"
    [ "$longest" -lt "$BLOCKED_MS" ] || fail "a statement of the client took $longest ms"
    [ "$statements" -gt 100 ] || fail "the client did nothing: $statements statements"
}

begin "steps that look at every row block no client"
rows
start_client
before=$(date +%s%N)
run "$PGWRIGHT" deploy --file wanted.sql --plan-url "$PLANNING" --lock-timeout ${LOCK_MS}ms --yes
took=$((($(date +%s%N) - before) / 1000000))
end_client
expect_status 0
plan --check
expect_status 0
expect_sql "SELECT count(*) FROM pg_index WHERE NOT indisvalid" 0
[ "$took" -gt $((2 * BLOCKED_MS)) ] || fail "$took ms is too short to find anything out"
name="$name (it took $took ms; of $statements statements the longest took $longest ms)"
end

begin "a lock that does not come is given up, and asked for again"
rows
sed 's/note text/note text, seen date/' old.sql >wanted.sql
: >"$test_root/errors"
rm -f over
(echo "BEGIN; UPDATE account SET note = 'z' WHERE id = 99999; SELECT 'held';"
 until grep -qs "rolled back, trying again" "$test_root/errors" || [ -f over ]; do sleep 0.1; done
 echo "COMMIT;") | psql -XAtq >held 2>&1 &
holder=$!
until grep -qs held held; do sleep 0.1; done
start_client
run "$PGWRIGHT" deploy --file wanted.sql --plan-url "$PLANNING" --lock-timeout ${LOCK_MS}ms --yes
end_client
wait $holder
expect_status 0
expect_errors "canceling statement due to lock timeout; rolled back, trying again in"
expect_sql "SELECT count(*) FROM pg_attribute WHERE attrelid = 'account'::regclass AND attname = 'seen'" 1
name="$name (of $statements statements the longest took $longest ms)"
end

# Only an index is wanted. What it is held up by for as long as it is needed: a build waits for all who may see older rows.
hold() {
    (cat old.sql; echo "CREATE INDEX account_owner ON account (owner);") >wanted.sql
    rm -f held let_go
    (echo "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 'held' FROM owner WHERE id = 1;"
     while [ ! -f let_go ]; do sleep 0.1; done
     echo "COMMIT;") | psql -XAtq >held 2>&1 &
    holder=$!
    until grep -qs held held; do sleep 0.1; done
}

let_go() {
    touch let_go
    wait $holder
}

until_building() {
    tries=0
    until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE%INDEX CONCURRENTLY%' AND state = 'active'")" = 1 ]; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || { fail "no index is being built"; break; }
        sleep 0.1
    done
}

begin "of two runs at once one waits, or refuses"
rows
hold
"$PGWRIGHT" deploy --file wanted.sql --plan-url "$PLANNING" --yes >first.out 2>&1 &
first=$!
until_building
run "$PGWRIGHT" deploy --file wanted.sql --plan-url "$PLANNING" --yes --no-wait
expect_status 15
"$PGWRIGHT" deploy --file wanted.sql --plan-url "$PLANNING" --yes --lock-timeout 60s >second.out 2>&1 &
second=$!
sleep 1
kill -0 $second || fail "the second did not wait: $(cat second.out)"
let_go
wait $first || fail "the first: $(cat first.out)"
wait $second || fail "the second: $(cat second.out)"
grep -q "No changes to apply" second.out || fail "the second found something to do: $(cat second.out)"
end

begin "Ctrl-C during a build leaves no index behind"
rows
hold
"$PGWRIGHT" deploy --file wanted.sql --plan-url "$PLANNING" --yes >first.out 2>&1 &
first=$!
until_building
expect_sql "SELECT count(*) > 0 FROM pg_index WHERE NOT indisvalid" t
kill -INT $first
wait $first
status=$?
let_go
[ $status = 130 ] || fail "it ended with $status: $(cat first.out)"
expect_sql "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid" ""
run "$PGWRIGHT" deploy --file wanted.sql --plan-url "$PLANNING" --yes
expect_status 0
plan --check
expect_status 0
end

begin "a build that fails leaves no index behind"
rows
(cat old.sql; echo "CREATE UNIQUE INDEX account_once ON account (code);") >wanted.sql
sql "UPDATE account SET code = 'twice' WHERE id < 3"
run "$PGWRIGHT" deploy --file wanted.sql --plan-url "$PLANNING" --yes
expect_status 13
expect_errors "could not create unique index"
expect_sql "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid" ""
sql "UPDATE account SET code = id WHERE id < 3"
run "$PGWRIGHT" deploy --file wanted.sql --plan-url "$PLANNING" --yes
expect_status 0
end

# A server on which nobody else does anything.
idle=$test_root/idle
as=
[ "$(id -u)" != 0 ] || as='setpriv --reuid=postgres --regid=postgres --clear-groups --'

start_idle() {
    mkdir -p "$idle/data"
    [ -z "$as" ] || chown postgres "$idle" "$idle/data"
    $as "$SERVER_BIN/initdb" -D "$idle/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$idle/log" 2>&1 || fail "$(cat "$idle/log")"
    $as "$SERVER_BIN/postgres" -D "$idle/data" -k "$idle" -h '' -c fsync=off -c autovacuum=off -c wal_level=minimal -c max_wal_senders=0 \
        >>"$idle/log" 2>&1 &
    tries=0
    until psql -h "$idle" -U postgres -d postgres -Atc 'SELECT 1' >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { fail "$(cat "$idle/log")"; break; }
        sleep 0.1
    done
}

written() {
    psql -XAtq -h "$idle" -d postgres -c "SELECT pg_current_wal_insert_lsn()"
    psql -XAtq -h "$idle" -d postgres -c "SELECT sum(tup_inserted + tup_updated + tup_deleted) FROM pg_stat_database"
}

# Plans as this role, with these settings of the session.
plan_idle() {
    run env PGHOST="$idle" PGDATABASE=postgres PGUSER="$1" PGOPTIONS="$2" "$PGWRIGHT" plan --file wanted.sql --plan-url "$PLANNING"
    expect_status 0
    expect_out "account_owner"
}

begin "a plan writes nothing to its target"
write quiet.sql <<'SQL'
CREATE ROLE reader LOGIN;
VACUUM;
CHECKPOINT;
SQL
rows
start_idle
psql -XAtq -v ON_ERROR_STOP=1 -h "$idle" -d postgres -f old.sql -f quiet.sql || fail "no schema"
sleep 1.5 # until what the sessions counted is there
before=$(written)
plan_idle postgres ""
plan_idle postgres "-c default_transaction_read_only=on"
plan_idle reader ""
plan_idle reader "-c default_transaction_read_only=on"
sleep 1.5
expect_same "$before" "$(written)" "WAL position, and rows written, before and after four plans"
end

finish
