# A session deployment with a file outside of transactions loses its connection, or is killed, behind protocol messages: the next run
# ends with each row once, and with an index that is whole.
. "$(dirname "$0")/../lib.sh"

RELAY=$BUILD/test/relay
SOCKET=$PGHOST/.s.PGSQL.5432

project_files() {
    mkdir -p steps
    echo 'CREATE TABLE a (id int); INSERT INTO a VALUES (1);' >steps/1.sql
    write steps/2.sql <<'SQL'
INSERT INTO a VALUES (2);
CREATE INDEX CONCURRENTLY a_id ON a (id);
INSERT INTO a VALUES (3);
VACUUM a;
INSERT INTO a VALUES (4);
SQL
    echo 'INSERT INTO a VALUES (5);' >steps/3.sql
    printf 'transactions:\n  2.sql: none\n' >pgwright.yaml
    printf "COMMIT;\nCALL pg_temp.pgwright_deploy_files('^./steps/');\n" >deploy.sql
}

# The server notices a client that is gone only when it next reads: what it has begun it ends.
settle() {
    for _ in $(seq 50); do
        [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")" = 0 ] && return
        sleep 0.1
    done
    fail "$1: the session is still there"
}

# every_point --cut|--kill STEP
every_point() {
    project_files
    run "$RELAY" "$SOCKET" --report .report -- "$PGWRIGHT" deploy .
    expect_status 0
    total=$(sed -n 's/^messages //p' .report)
    point=1 tried=0
    while [ "$point" -le "$total" ] && [ -z "$why" ]; do
        psql -XAtq -d postgres -c "DROP DATABASE \"$PGDATABASE\" WITH (FORCE)" -c "CREATE DATABASE \"$PGDATABASE\""
        timeout 60 "$RELAY" "$SOCKET" "$1" "$point" -- "$PGWRIGHT" deploy . >/dev/null 2>&1
        done=$?
        settle "$1 $point"
        if [ $done != 0 ] && [ "$(sql "SELECT to_regclass('pgwright.session_files') IS NULL OR EXISTS (SELECT FROM pgwright.session_files)")" != f ]; then
            run "$PGWRIGHT" deploy .
            [ "$status" = 0 ] || fail "$1 $point: the next run ended with $status: $errors"
        fi
        expect_sql "SELECT string_agg(id::text, ',' ORDER BY id) FROM a" 1,2,3,4,5
        expect_sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass" t
        tried=$((tried + 1))
        point=$((point + $2))
    done
    name="$name ($tried of $total points)"
}

begin "cut off behind messages of a deployment with a file outside of transactions"
every_point --cut "${FAULT_STEP:-3}"
end

begin "killed behind messages of a deployment with a file outside of transactions"
every_point --kill "${FAULT_STEP:-3}"
end

finish
