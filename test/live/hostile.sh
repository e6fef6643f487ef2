# Servers, roles and scripts that do not play along.
. "$(dirname "$0")/../lib.sh"

begin "names that shadow the system's are not taken for them"
sql "CREATE SCHEMA mine; CREATE TABLE mine.pg_class (); CREATE TABLE mine.changes (); CREATE TABLE mine.events ();
     CREATE TABLE mine.pg_database ()"
for f in "now() RETURNS timestamptz" "clock_timestamp() RETURNS timestamptz" "sha256(bytea) RETURNS bytea" \
    "unnest(text[]) RETURNS SETOF text" "string_agg(text, text) RETURNS text" "count(bigint) RETURNS bigint" \
    "pg_try_advisory_lock(bigint) RETURNS boolean" "to_char(timestamp, text) RETURNS text" "lag(bigint) RETURNS bigint"; do
    sql "CREATE FUNCTION mine.$f LANGUAGE plpgsql AS 'BEGIN RAISE ''that was mine''; END'"
done
sql "ALTER DATABASE \"$PGDATABASE\" SET search_path = mine, pg_catalog, public"
project pgpm; change a; tag v1; change b a
sed -i 's/TABLE \(IF EXISTS \)*/TABLE public./' deploy/* revert/*; sed -i 's/FROM /FROM public./' verify/*
for history in pgpm pgwright sqitch; do
    run "$PGWRIGHT" deploy --history $history
    expect_status 0
    run "$PGWRIGHT" status --history $history
    expect_out "^shop: 2 of 2 deployed, at @v1"
    run "$PGWRIGHT" verify --history $history
    expect_status 0
    run "$PGWRIGHT" revert --all --yes --history $history
    expect_status 0
done
run "$PGWRIGHT" history --verify
expect_status 0
end

begin "an empty search_path is the scripts' affair alone"
project pgwright; change a
sed -i 's/TABLE /TABLE public./' deploy/a.sql revert/a.sql; sed -i 's/FROM /FROM public./' verify/a.sql
sql "ALTER DATABASE \"$PGDATABASE\" SET search_path = ''"
for command in deploy verify "revert --yes"; do
    run "$PGWRIGHT" $command
    expect_status 0
done
end

begin "a database that only reads: reading works, writing says why not"
project pgwright; change a; change b
run "$PGWRIGHT" deploy --to a
export PGOPTIONS="-c default_transaction_read_only=on"
for command in status plan verify check "history --verify" "deploy --to a" "deploy --dry-run"; do
    run "$PGWRIGHT" $command
    expect_status 0
done
for command in deploy "revert --yes"; do
    run "$PGWRIGHT" $command
    expect_status 13
    expect_errors "read-only transaction (SQLSTATE 25006)"
    expect_errors "hint: this server only reads"
done
unset PGOPTIONS
expect_sql "SELECT string_agg(change, ' ') FROM pgwright.changes" a
end

# A server of its own in $data, as $as; leads there by PGHOST.
start_server() {
    $as "$SERVER_BIN/pg_ctl" -D "$data/data" -w -l "$data/log" -o "-k $data -c listen_addresses= -c unix_socket_permissions=0777" \
        start >/dev/null 2>&1 || fail "the server does not start: $(cat "$data/log")"
}

stop_server() {
    $as "$SERVER_BIN/pg_ctl" -D "$data/data" -m fast -w stop >/dev/null 2>&1
}

begin "a standby: reading works, writing names it"
project pgwright; change a; change b
data=$(mktemp -d /tmp/pgwright-standby.XXXXXX)
as=
[ "$(id -u)" != 0 ] || { as='setpriv --reuid=postgres --regid=postgres --clear-groups --'; chown postgres "$data"; }
$as "$SERVER_BIN/initdb" -D "$data/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null 2>&1
start_server
run "$PGWRIGHT" deploy --to a --createdb -h "$data"
expect_status 0
stop_server
$as touch "$data/data/standby.signal" 2>/dev/null
start_server
for command in status plan verify check "history --verify" "deploy --to a"; do
    run "$PGWRIGHT" $command -h "$data"
    expect_status 0
done
for command in deploy "revert --yes"; do
    run "$PGWRIGHT" $command -h "$data"
    expect_status 13
    expect_errors "is a standby: it can only be read"
    expect_errors "connect to the primary"
done
stop_server
rm -rf "$data"
end

begin "a role that may not make the history is told the grant, and with it needs no more"
project pgwright; change a
echo 'CREATE SCHEMA own; CREATE TABLE own.a (id int);' >deploy/a.sql
echo 'SELECT id FROM own.a;' >verify/a.sql; echo 'DROP SCHEMA own CASCADE;' >revert/a.sql
sql "CREATE ROLE low_$$ LOGIN"
for history in pgwright pgpm sqitch; do
    run "$PGWRIGHT" deploy -U low_$$ --history $history
    expect_status 13
    expect_errors "GRANT CREATE ON DATABASE $PGDATABASE TO low_$$"
done
sql "GRANT CREATE ON DATABASE $PGDATABASE TO low_$$"
for history in pgwright pgpm sqitch; do
    for command in deploy verify "revert --yes"; do
        run "$PGWRIGHT" $command -U low_$$ --history $history
        expect_status 0
    done
done
sql "DROP OWNED BY low_$$; DROP ROLE low_$$"
end

begin "a history that belongs to somebody else: who, and what that one must grant"
project pgwright; change a; change b
sql "CREATE ROLE low_$$ LOGIN; GRANT CREATE ON SCHEMA public TO low_$$"
for history in pgwright pgpm sqitch; do
    run "$PGWRIGHT" deploy --log-only --history $history --to a
done
for history in pgwright pgpm sqitch; do
    i=0
    run "$PGWRIGHT" deploy -U low_$$ --history $history
    expect_status 13
    while [ "$status" != 0 ] && [ $i -lt 4 ]; do
        expect_errors "belongs to postgres"
        sql "$(printf '%s\n' "$errors" | sed -n 's/.*have it grant: //p')" | grep . && fail "its own hint: $errors"
        run "$PGWRIGHT" deploy -U low_$$ --history $history
        i=$((i + 1))
    done
    expect_status 0
    run "$PGWRIGHT" revert --yes --no-verify -U low_$$ --history $history
    expect_status 0
done
sql "DROP OWNED BY low_$$; DROP ROLE low_$$"
end

begin "tables of somebody else's in the history's schema are not written to"
project pgwright; change a
sql "CREATE SCHEMA pgwright; CREATE TABLE pgwright.changes (x int)"
for command in status deploy; do
    run "$PGWRIGHT" $command
    expect_status 10
    expect_errors "--history-schema"
done
run "$PGWRIGHT" deploy --history-schema other
expect_status 0
expect_sql "SELECT count(*) FROM pgwright.changes" 0
expect_sql "SELECT change FROM other.changes" a
end

begin "a role that acts as another one by default"
project pgpm; change a; change i a
echo 'CREATE INDEX CONCURRENTLY i ON a (id);' >deploy/i.sql; echo 'DROP INDEX i;' >revert/i.sql; rm verify/i.sql
sql "CREATE ROLE owner_$$; CREATE ROLE low_$$ LOGIN IN ROLE owner_$$; ALTER ROLE low_$$ SET role = owner_$$;
     GRANT CREATE ON DATABASE $PGDATABASE TO owner_$$; GRANT CREATE ON SCHEMA public TO owner_$$"
run "$PGWRIGHT" deploy -U low_$$
expect_status 0
expect_sql "SELECT relowner::regrole FROM pg_class WHERE oid = 'a'::regclass" "owner_$$"
expect_sql "SELECT DISTINCT deployed_by FROM pgpm_migrate.changes" "low_$$"
run "$PGWRIGHT" revert --all --yes -U low_$$
expect_status 0
sql "DROP OWNED BY owner_$$ CASCADE; DROP ROLE low_$$; DROP ROLE owner_$$" >/dev/null 2>&1
end

begin "whatever the database says of dates, strings, isolation and quoting"
project pgpm; change a; tag v1; change b a
write deploy/b.sql <<'SQL'
CREATE TABLE b (id text DEFAULT 'a\b');
INSERT INTO b VALUES ('x\');
SQL
for setting in "datestyle = 'German, DMY'" "intervalstyle = sql_standard" "timezone = 'Asia/Kathmandu'" \
    "bytea_output = escape" "quote_all_identifiers = on" "default_transaction_isolation = serializable" \
    "row_security = off" "client_min_messages = error" "array_nulls = off" "default_transaction_deferrable = on"; do
    sql "ALTER DATABASE $PGDATABASE SET $setting"
done
for history in pgpm pgwright sqitch; do
    for command in deploy verify "check" "revert --all --yes"; do
        run "$PGWRIGHT" $command --history $history
        expect_status 0
        [ "$command" != deploy ] || expect_sql "SELECT id FROM b" 'x\'
    done
done
run "$PGWRIGHT" history --verify
expect_status 0
end

begin "names that need quotes, of database, role and project"
printf '%%syntax-version=1.0.0\n%%project=Ünï_cøde\n\n' >pgwright.plan; change a
psql -XAtqc "CREATE ROLE \"Bob O'\"\"H$$\" SUPERUSER LOGIN"
run "$PGWRIGHT" deploy -d "we'ird \"Ü%s$$" -U "Bob O'\"H$$" --createdb
expect_status 0
run "$PGWRIGHT" status -d "we'ird \"Ü%s$$" -U "Bob O'\"H$$"
expect_out "^Ünï_cøde: 1 of 1 deployed, last a .* by Bob O'\"H$$"
psql -XAtqc "DROP DATABASE \"we'ird \"\"Ü%s$$\"" -c "DROP ROLE \"Bob O'\"\"H$$\""
end

begin "prepared statements, cursors and subscriptions of one script are unknown to the next"
project pgwright; change a; change b; change c
for change in a b; do
    echo "PREPARE p AS SELECT 1; DECLARE c CURSOR WITH HOLD FOR SELECT 1; LISTEN l; CREATE TABLE $change (id int);" >deploy/$change.sql
done
echo 'SELECT 1 / (1 - count(*)) FROM pg_listening_channels(); CREATE TABLE c (id int);' >deploy/c.sql
run "$PGWRIGHT" deploy
expect_status 0
end

for tx in run change none; do
    begin "scripts that throw the session's state away, --tx=$tx"
    project pgwright; change a; change b; change c; change d; change e
    echo 'DEALLOCATE ALL; CREATE TABLE b (id int);' >deploy/b.sql
    echo 'DISCARD ALL; CREATE TABLE c (id int);' >deploy/c.sql
    echo "RESET ALL; SELECT pg_advisory_unlock_all(); CREATE TABLE d (id int);" >deploy/d.sql
    run "$PGWRIGHT" deploy --tx=$tx --lock-timeout 7s
    expect_status 0
    expect_no_errors "no transaction in progress"
    expect_sql "SELECT string_agg(change, '' ORDER BY deployed_at) FROM pgwright.changes" abcde
    run "$PGWRIGHT" history --verify
    expect_status 0
    end

    begin "limits, paths and roles that a script sets end with it, --tx=$tx"
    project pgwright; change a; change b
    sql "CREATE ROLE other_$$; GRANT CREATE ON SCHEMA public TO other_$$"
    echo "SET lock_timeout = 1; SET statement_timeout = '9s'; SET search_path = nowhere; SET ROLE other_$$;
        SET SESSION AUTHORIZATION other_$$; CREATE TABLE public.a (id int);" >deploy/a.sql
    write deploy/b.sql <<'SQL'
DO $$
BEGIN
    ASSERT current_setting('lock_timeout') = '7s', current_setting('lock_timeout');
    ASSERT current_setting('statement_timeout') = '0', current_setting('statement_timeout');
    ASSERT current_setting('search_path') LIKE '%public%', current_setting('search_path');
    ASSERT current_user = 'postgres' AND session_user = 'postgres', current_user;
END $$;
CREATE TABLE b (id int);
SQL
    run "$PGWRIGHT" deploy --tx=$tx --lock-timeout 7s
    expect_status 0
    expect_sql "SELECT string_agg(DISTINCT deployed_by, ' ') FROM pgwright.changes" postgres
    run "$PGWRIGHT" revert --all --yes --tx=$tx
    expect_status 0
    sql "DROP OWNED BY other_$$; DROP ROLE other_$$"
    end

    begin "a script's own transactions, closed or not, --tx=$tx"
    project pgwright; change a; change b; change c
    echo 'BEGIN; CREATE TABLE a (id int); SAVEPOINT s; CREATE TABLE x (); ROLLBACK TO s; RELEASE s; COMMIT AND CHAIN;
        CREATE TABLE a2 (id int); COMMIT;' >deploy/a.sql
    echo 'START TRANSACTION ISOLATION LEVEL SERIALIZABLE; CREATE TABLE b (id int); END; BEGIN WORK; CREATE TABLE y (); ABORT;' >deploy/b.sql
    echo 'BEGIN; CREATE TABLE c (id int);' >deploy/c.sql
    run "$PGWRIGHT" deploy --tx=$tx
    expect_status 0
    expect_sql "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
                 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace" "a a2 b c"
    end

    begin "a script that fails within its own transaction, --tx=$tx"
    project pgwright; change a; change b
    echo 'BEGIN; CREATE TABLE b (id int); SELECT 1/0; COMMIT; CREATE TABLE never ();' >deploy/b.sql
    run "$PGWRIGHT" deploy --tx=$tx
    expect_status 13
    expect_errors "division by zero"
    expect_sql "SELECT to_regclass('b') IS NULL AND to_regclass('never') IS NULL" t
    run "$PGWRIGHT" status
    expect_status 0
    end
done

begin "COPY in a script whose role has no rights, or whose data is wrong, is rolled back"
project pgwright; change a
printf 'CREATE TABLE a (id int);\nCOPY a FROM stdin;\n1\nx\n\\.\nINSERT INTO a VALUES (3);\n' >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 13
expect_errors "deploy/a.sql:2:1: invalid input syntax for type integer"
expect_errors "COPY a, line 2, column id"
expect_sql "SELECT to_regclass('a') IS NULL" t
end

begin "fifty thousand notices do not stand in the way, and -q keeps them away"
project pgwright; change a
echo "DO \$\$ BEGIN FOR i IN 1..50000 LOOP RAISE NOTICE 'line %', i; END LOOP; END \$\$; CREATE TABLE a (id int);" >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 0
expect_same 50000 "$(grep -c 'notice: line' "$test_root/errors")" "how many notices were told"
cp deploy/a.sql verify/a.sql; sed -i 's/CREATE.*//' verify/a.sql
run "$PGWRIGHT" verify -q
expect_status 0
expect_no_errors .
end

begin "a statement_timeout of the role ends a script with exit code 16 and a way out"
project pgwright; change a
sql "ALTER DATABASE \"$PGDATABASE\" SET statement_timeout = '200ms'"
echo 'SELECT pg_sleep(1); CREATE TABLE a (id int);' >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 16
expect_errors "deploy/a.sql:1:1: .* (SQLSTATE 57014)"
expect_errors "--statement-timeout"
run "$PGWRIGHT" deploy --statement-timeout 1min
expect_status 0
end

begin "short timeouts for idle sessions do not end a run, nor one that waits for another"
project pgwright; change a; change b
echo 'SELECT pg_sleep(1); CREATE TABLE a (id int);' >deploy/a.sql
{ echo 'CREATE TABLE b (id int);'; echo 'COPY b FROM stdin;'; seq 1 2000; echo '\.'; } >deploy/b.sql
sql "ALTER DATABASE \"$PGDATABASE\" SET idle_in_transaction_session_timeout = '300ms'"
[ "$(sql 'SHOW server_version_num')" -lt 140000 ] || sql "ALTER DATABASE \"$PGDATABASE\" SET idle_session_timeout = '300ms'"
"$PGWRIGHT" deploy --to a >first.out 2>&1 &
first=$!
sleep 0.3
run "$PGWRIGHT" deploy
expect_status 0
wait $first || fail "the first: $(cat first.out)"
end

begin "event triggers see the changes, and one that forbids is named"
project pgwright; change a; change b
sql "CREATE TABLE seen (tag text);
     CREATE FUNCTION see() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.seen SELECT tg_tag; END';
     CREATE EVENT TRIGGER see ON ddl_command_end EXECUTE FUNCTION see()"
run "$PGWRIGHT" deploy --to a
expect_status 0
expect_sql "SELECT count(*) > 0 FROM seen WHERE tag = 'CREATE TABLE'" t
sql "CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''no tables today''; END';
     CREATE EVENT TRIGGER forbid ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION forbid()"
run "$PGWRIGHT" deploy
expect_status 13
expect_errors "deploy/b.sql:4:1: no tables today"
expect_errors "PL/pgSQL function .*forbid()"
end

begin "one project in two databases of a server: neither waits for the other"
project pgwright; change a; echo 'SELECT pg_sleep(1.5); CREATE TABLE a (id int);' >deploy/a.sql
psql -XAtqc "CREATE DATABASE \"${PGDATABASE}_2\""
"$PGWRIGHT" deploy -d "${PGDATABASE}_2" >first.out 2>&1 &
first=$!
sleep 0.5
run "$PGWRIGHT" deploy --no-wait
expect_status 0
wait $first || fail "the other: $(cat first.out)"
psql -XAtqc "DROP DATABASE \"${PGDATABASE}_2\""
end

for history in pgwright pgpm sqitch; do
    begin "a clock that went back does not change the order of deployment, $history"
    project pgpm; change a; change b a
    run "$PGWRIGHT" deploy --history $history
    case $history in
    pgwright) rows=pgwright.changes column=deployed_at ;;
    pgpm) rows=pgpm_migrate.changes column=deployed_at ;;
    sqitch) rows=sqitch.changes column=committed_at ;;
    esac
    sql "UPDATE $rows SET $column = $column + interval '1 year'"
    change c b; change d
    run "$PGWRIGHT" deploy --history $history
    expect_status 0
    run "$PGWRIGHT" verify --history $history
    expect_status 0
    run "$PGWRIGHT" revert --dry-run --history $history
    expect_out "revert shop:d"
    run "$PGWRIGHT" revert --to b --yes --history $history
    expect_status 0
    expect_sql "SELECT count(*) FROM $rows" 2
    end
done

begin "an index that was not built to its end is not taken for the one that was asked for"
project pgwright; change a; change i a
echo 'CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1);' >deploy/a.sql
echo 'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON a (id);' >deploy/i.sql; rm verify/i.sql
run "$PGWRIGHT" deploy
expect_status 13
expect_errors "DROP INDEX CONCURRENTLY"
sql 'DELETE FROM a'
run "$PGWRIGHT" deploy
expect_status 17
expect_errors "index i is invalid"
expect_errors "DROP INDEX CONCURRENTLY i, then pgwright deploy --settle shop:i=pending"
sql 'DROP INDEX CONCURRENTLY i'
run "$PGWRIGHT" deploy --settle shop:i=pending
expect_status 0
expect_sql "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass" t
end

begin "a script outside a transaction may act as another role, or as a replica"
project pgwright; change a; change i a; change r
sql "CREATE ROLE other_$$; GRANT CREATE ON SCHEMA public TO other_$$"
echo "SET ROLE other_$$; CREATE TABLE a (id int);" >deploy/a.sql
echo "SET ROLE other_$$; CREATE INDEX CONCURRENTLY i ON a (id);" >deploy/i.sql; rm verify/i.sql
printf -- '-- transaction: none\nSET session_replication_role = replica;\nCREATE TABLE r (id int);\n' >deploy/r.sql
run "$PGWRIGHT" deploy
expect_status 0
run "$PGWRIGHT" history --verify
expect_status 0
sql "DROP OWNED BY other_$$; DROP ROLE other_$$"
end

begin "a run whose script gave up the lock stops when another one has it"
project pgwright; change a
echo 'SELECT pg_advisory_unlock_all(); SELECT pg_sleep(1.5); CREATE TABLE a (id int);' >deploy/a.sql
"$PGWRIGHT" deploy >first.out 2>&1 &
first=$!
sleep 0.7
mkdir other; cd other; project pgwright other; change o; echo 'SELECT pg_sleep(2);' >deploy/o.sql; rm verify/o.sql
run "$PGWRIGHT" deploy --no-wait
expect_status 0
cd ..
wait $first
expect_same 15 $? "the exit code of the one that gave it up: $(cat first.out)"
expect_sql "SELECT to_regclass('a') IS NULL" t
end

finish
