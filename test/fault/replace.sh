# A run that replaces a database loses its connection, or is killed, behind every protocol message in turn. Whatever the point:
# the database is the old one, or the new one with all that it was set to, or the next run puts that in its place.
. "$(dirname "$0")/../lib.sh"

RELAY=$BUILD/test/relay
SOCKET=$PGHOST/.s.PGSQL.5432

settings() {
    psql -XAtq -d postgres -v name="$shop" <<'END'
SELECT datconnlimit, datacl, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = :'name';
SELECT unnest(setconfig) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase WHERE datname = :'name' ORDER BY 1;
END
}

make_shop() {
    psql -XAtq -d postgres -v ON_ERROR_STOP=1 <<END
DROP DATABASE IF EXISTS $shop WITH (FORCE);
CREATE DATABASE $shop CONNECTION LIMIT 7;
ALTER DATABASE $shop SET search_path = a, b;
ALTER DATABASE $shop SET work_mem = '7MB';
COMMENT ON DATABASE $shop IS 'the shop';
REVOKE ALL ON DATABASE $shop FROM PUBLIC;
END
    psql -XAtq -d "$shop" -c "CREATE TABLE old ()"
}

replacements() {
    psql -XAtq -d postgres -c "SELECT count(*) FROM pg_database WHERE datname = '$replacement'"
}

# The server notices a client that is gone only when it next reads: what it has begun it ends.
settle() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ "$(psql -XAtq -d postgres -c "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
            AND database = (SELECT oid FROM pg_database WHERE datname = 'postgres')")" = 0 ] && return
        sleep 0.1
    done
}

# every_point --cut|--kill STEP
every_point() {
    shop=${PGDATABASE}_x
    replacement=pgwright_replacement_$(printf %s "$shop" | sha256sum | cut -c1-16)
    echo 'SELECT 1;' >deploy.sql
    make_shop >/dev/null 2>&1
    wanted=$(settings)
    "$RELAY" "$SOCKET" --report report -- "$PGWRIGHT" deploy . -d "$shop" --overwrite --force >log 2>&1 || fail "$(cat log)"
    expect_same "$wanted" "$(settings)" "undisturbed"
    total=$(sed -n 's/^messages //p' report)
    point=1
    tried=0
    while [ "$point" -lt "$total" ]; do
        make_shop >/dev/null 2>&1
        "$RELAY" "$SOCKET" "$1" "$point" -- "$PGWRIGHT" deploy . -d "$shop" --overwrite --force >log 2>&1
        settle
        # a plain run keeps the old one if it is there; the others replace it
        flags=
        [ $((tried % 2)) = 0 ] || flags="--overwrite --force"
        run "$PGWRIGHT" deploy . -d "$shop" $flags
        [ "$status" = 0 ] || fail "$1 $point: the next run ended with $status: $errors"
        expect_same "$wanted" "$(settings)" "$1 $point: what the next run left"
        [ -z "$flags" ] || expect_same 0 "$(replacements)" "$1 $point: another database is left"
        tried=$((tried + 1))
        point=$((point + $2))
    done
    psql -XAtq -d postgres -c "DROP DATABASE IF EXISTS $shop WITH (FORCE)" -c "DROP DATABASE IF EXISTS $replacement" >/dev/null 2>&1
    name="$name ($tried of $total points)"
}

begin "cut off behind each message"
every_point --cut "${FAULT_STEP:-7}"
end

begin "killed behind each message"
every_point --kill "${FAULT_STEP:-7}"
end

finish
