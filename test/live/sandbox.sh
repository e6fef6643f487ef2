# The throwaway server: started, stopped, killed and repaired; and what a pooler in transaction mode is told.
. "$(dirname "$0")/../lib.sh"

export PGWRIGHT_PG_BIN="$SERVER_BIN"

running() {
    "$PGWRIGHT" sandbox status | sed -n 's/.*runs as process //p'
}

begin "started, used, stopped; its data stays"
unset PGDATABASE
project pgwright; change a
run "$PGWRIGHT" sandbox start
expect_status 0
run "$PGWRIGHT" deploy --sandbox -d shop --createdb
expect_status 0
run "$PGWRIGHT" sandbox stop
expect_out "does not run"
run "$PGWRIGHT" status --sandbox -d shop --check
expect_status 0
run "$PGWRIGHT" sandbox psql -- -Atc 'SELECT 40 + 2'
expect_out 42
before=$(date +%s%N)
"$PGWRIGHT" sandbox stop >/dev/null; "$PGWRIGHT" sandbox start >/dev/null
name="$name (it took $(( ($(date +%s%N) - before) / 1000000 )) ms to stop and start)"
kill -9 "$(running)"; sleep 0.3
run "$PGWRIGHT" status --sandbox -d shop --check
expect_status 0
run "$PGWRIGHT" sandbox stop
end

begin "killed, or its data broken, it repairs itself"
unset PGDATABASE
project pgwright; change a
run "$PGWRIGHT" sandbox start
kill -9 "$(running)"; sleep 0.3
run "$PGWRIGHT" deploy --sandbox -d postgres
expect_status 0
run "$PGWRIGHT" sandbox stop
data=$("$PGWRIGHT" sandbox status | sed -n 's/.*would be in //p')
rm -rf "$data/global"
run "$PGWRIGHT" deploy --sandbox -d postgres
expect_status 0
expect_errors "making it anew"
run "$PGWRIGHT" sandbox reset --yes
expect_status 0
run "$PGWRIGHT" sandbox stop
expect_status 0
[ -z "$(running)" ] || fail "it still runs"
end

begin "two that start it at once both find it running"
unset PGDATABASE
project pgwright; change a
"$PGWRIGHT" sandbox start >one 2>&1 & one=$!
"$PGWRIGHT" sandbox start >two 2>&1 & two=$!
wait $one || fail "$(cat one)"
wait $two || fail "$(cat two)"
expect_same "$(grep process one)" "$(grep process two)" "the process"
run "$PGWRIGHT" sandbox stop
end

if ! command -v pgbouncer >/dev/null 2>&1 && [ ! -x /usr/sbin/pgbouncer ]; then
    skip "a pooler in transaction mode" "pgbouncer is not installed"
    finish
fi

pooler() {
    mkdir -p pool && chmod 777 pool
    printf '"postgres" ""\n' >pool/users
    printf '[databases]\n* = host=%s port=5432\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = %s\nlisten_port = 6432\nauth_type = any\nauth_file = %s\npool_mode = %s\nlogfile = %s\npidfile = %s\n' \
        "$PGHOST" "$PWD/pool" "$PWD/pool/users" "$1" "$PWD/pool/log" "$PWD/pool/pid" >pool/ini
    sed -i 's/^\* = .*/& user=postgres/' pool/ini
    chmod -R a+rwX pool
    as=
    [ "$(id -u)" != 0 ] || as='setpriv --reuid=postgres --regid=postgres --clear-groups --'
    PATH=$PATH:/usr/sbin $as pgbouncer -q pool/ini &
    pooler=$!
    sleep 1
}

begin "a pooler in transaction mode is told, one in session mode is fine"
project pgwright; change a
pooler transaction
run "$PGWRIGHT" deploy -h "$PWD/pool" -p 6432
expect_status 11
expect_errors "a pooler in transaction mode"
kill $pooler; wait $pooler 2>/dev/null
rm -rf pool
pooler session
run "$PGWRIGHT" deploy -h "$PWD/pool" -p 6432
expect_status 0
kill $pooler; wait $pooler 2>/dev/null
end

finish
