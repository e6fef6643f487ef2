# Session deployments: how their database is connected to, made and replaced.
. "$(dirname "$0")/../lib.sh"

# A database of its own for each case beside $PGDATABASE, which the flags and variables name; gone at its end.
shop=

# case NAME – a project that says where it runs; $shop is not there yet.
case_of() {
    begin "$1"
    shop=${PGDATABASE}_x
    write deploy.sql <<'END'
DO $$ BEGIN RAISE NOTICE 'deployed to %', current_database(); END $$;
END
}

done_with() {
    for database in "$shop" "$(replacement)" "$@"; do
        psql -XAtq -d postgres -c "DROP DATABASE IF EXISTS \"$database\" WITH (FORCE)" >/dev/null 2>&1 ||
            psql -XAtq -d postgres -c "DROP DATABASE IF EXISTS \"$database\"" >/dev/null 2>&1 # before 13
    done
    for role in $roles; do
        psql -XAtq -d postgres -c "DROP OWNED BY $role" -c "DROP ROLE IF EXISTS $role" >/dev/null 2>&1
    done
    roles=
    end
}

roles=
# role NAME ATTRIBUTES – a role of this file; $role is its name.
role() {
    role=r$$_$1
    roles="$roles $role"
    sql "CREATE ROLE $role LOGIN $2"
}

# What the replacement of $shop is called until it is in its place.
replacement() {
    printf 'pgwright_replacement_%s' "$(printf %s "$shop" | sha256sum | cut -c1-16)"
}

is_there() {
    [ "$(psql -XAtq -d postgres -c "SELECT count(*) FROM pg_database WHERE datname = '$1'")" = 1 ]
}

# All that a database is beside its content.
settings() {
    psql -XAtq -d postgres -v name="$1" <<'END'
SELECT to_jsonb(d) - 'oid' - 'datname' - 'datlastsysoid' - 'datfrozenxid' - 'datminmxid' - 'datacl' || jsonb_build_object('owner', datdba::regrole::text,
       'comment', shobj_description(oid, 'pg_database'), 'tablespace', (SELECT spcname FROM pg_tablespace t WHERE t.oid = dattablespace))
  FROM pg_database d WHERE datname = :'name';
SELECT unnest(datacl)::text FROM pg_database WHERE datname = :'name' ORDER BY 1;
SELECT setrole::regrole, unnest(setconfig) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase WHERE datname = :'name' ORDER BY 1, 2;
END
}

# ---- made ----

case_of "a database that is missing is made, and nobody is asked"
run "$PGWRIGHT" deploy . -d "$shop"
expect_status 0
expect_errors "Created database \"$shop\""
expect_errors "deployed to $shop"
run "$PGWRIGHT" deploy . -d "$shop"
expect_status 0
expect_no_errors "Created"
done_with

case_of "names of all sorts"
odd="$shop \"it's\" a=b; %"
run "$PGWRIGHT" deploy . -d "$odd"
expect_status 0
run "$PGWRIGHT" deploy . -d "$odd" --overwrite --force
expect_status 0
expect_errors "deployed to $odd"
psql -XAtq -d postgres -v n="$odd" -c '' >/dev/null
printf 'DROP DATABASE :"n";\n' | psql -XAtq -d postgres -v n="$odd" || fail "it is not there"
done_with

case_of "a role that may connect to its database alone needs no other"
role one ""
sql "CREATE DATABASE ${shop}_admin" && sql "REVOKE CONNECT ON DATABASE ${shop}_admin FROM PUBLIC"
sql "CREATE DATABASE $shop"
echo "connection: {maintenance_database: ${shop}_admin}" >pgmi.yaml
run "$PGWRIGHT" deploy . -d "$shop" -U "$role"
expect_status 0
run "$PGWRIGHT" deploy . -d "${shop}2" -U "$role"
expect_status 11
expect_errors "(SQLSTATE 42501)"
expect_errors "connecting to ${shop}_admin, from which ${shop}2 is made"
done_with "${shop}_admin"

case_of "a role without CREATEDB learns what to do"
role poor ""
run "$PGWRIGHT" deploy . -d "$shop" -U "$role"
expect_status 13
expect_errors "a role with CREATEDB"
is_there "$shop" && fail "it was made"
done_with

case_of "a maintenance database that is not there"
echo "connection: {maintenance_database: ${shop}_nowhere}" >pgmi.yaml
run "$PGWRIGHT" deploy . -d "$shop"
expect_status 11
expect_errors "connection.maintenance_database"
done_with

case_of "maintenance_database counts without -d too"
sql "CREATE DATABASE ${shop}_admin"
echo "connection: {database: $shop, maintenance_database: ${shop}_admin}" >pgmi.yaml
unset PGDATABASE
run "$PGWRIGHT" deploy . --verbose
expect_status 0
expect_errors "made from ${shop}_admin"
export PGDATABASE="${shop%_x}"
done_with "${shop}_admin"

case_of "what is wrong offline is found before a database is made"
echo 'params: {seats: {type: integer, required: true, description: how many}}' >pgwright.yaml
run "$PGWRIGHT" deploy . -d "$shop"
expect_status 10
expect_errors "pgwright.yaml:1:.*parameter seats is required"
run "$PGWRIGHT" deploy . -d "$shop" --param seats=many
expect_status 10
expect_no_errors "many$"
run "$PGWRIGHT" deploy . -d "$shop" --param 'a-b=1' --param seats=1
expect_status 10
is_there "$shop" && fail "it was made"
run "$PGWRIGHT" deploy . -d "$shop" --param SEATS=5
expect_status 0
done_with

case_of "parameters reach the session with their types, and unknown ones as text"
cat >pgwright.yaml <<'END'
params:
  seats: {type: integer, required: true, default: 4, description: how many}
  env: test
  later: {type: name}
END
write deploy.sql <<'END'
DO $$ BEGIN
  RAISE NOTICE 'seats % env % later %', current_setting('pgmi.seats'), current_setting('pgmi.env'), current_setting('pgmi.later', true) IS NULL;
  RAISE NOTICE '%', (SELECT string_agg(p::text, ' ' ORDER BY key) FROM pgmi_parameter_view p);
END $$;
END
run "$PGWRIGHT" deploy . -d "$shop" --param ENV=prod
expect_status 0
expect_errors "seats 4 env prod later t"
expect_errors '(env,prod,text,f,,) (later,,name,f,,) (seats,4,integer,t,4,"how many")'
done_with

# ---- which one ----

case_of "a connection string's database is where the other one is made from"
run "$PGWRIGHT" deploy . --connection "postgresql://$PGUSER:$canary_url@/postgres?host=$PGHOST" -d "$shop"
expect_status 0
expect_errors "Created database"
run "$PGWRIGHT" deploy . --connection "Host=$PGHOST;Database=$shop;Username=$PGUSER"
expect_status 0
run "$PGWRIGHT" deploy . --connection "host=$PGHOST dbname=$shop user=$PGUSER"
expect_status 0
run env DATABASE_URL="postgresql://$PGUSER:$canary_url@/$shop?host=$PGHOST" "$PGWRIGHT" deploy .
expect_errors "deployed to $shop"
run env DATABASE_URL="postgresql://nowhere.invalid/$shop" "$PGWRIGHT" deploy . -h "$PGHOST" -d "$shop"
expect_errors "deployed to $shop"
run "$PGWRIGHT" deploy . --connection "postgresql://$PGUSER:$canary_url@/$shop?host=$PGHOST" -h "$PGHOST"
expect_status 10
done_with

case_of "settings of the session in a connection string"
write deploy.sql <<'END'
DO $$ BEGIN RAISE NOTICE 'it is % and % of %', current_setting('search_path'), current_setting('my.note'), current_setting('application_name'); END $$;
END
run env PGAPPNAME=me PGOPTIONS='-c my.note=kept' "$PGWRIGHT" deploy . --connection "postgresql://$PGUSER:$canary_url@/$shop?host=$PGHOST&search_path=%22a%20b%22,c&pool_max_conns=3"
expect_status 0
expect_errors 'it is "a b",c and kept of me'
run "$PGWRIGHT" deploy . --connection "Host=$PGHOST;Database=$shop;Pooling=true;Search Path=x;my.note=a b\\"
expect_errors "it is x and a b.* of pgwright"
expect_errors "warning: the connection string says Pooling"
done_with

case_of "the project folder's .env, and a service file"
mkdir p && mv deploy.sql p/
printf 'PGDATABASE=%s\nPGAPPNAME="of .env"\n' "$shop" >p/.env
unset PGDATABASE
run "$PGWRIGHT" deploy p
expect_status 0
expect_errors "deployed to $shop"
echo "no line of it" >>p/.env
run "$PGWRIGHT" deploy p
expect_status 10
expect_errors "warning: p/.env cannot be read"
expect_no_errors "no line of it"
rm p/.env
printf '[shop]\nhost=%s\nport=5432\nuser=%s\ndbname=%s\n' "$PGHOST" "$PGUSER" "$shop" >service.conf
run env -u PGHOST -u PGUSER -u PGPORT PGSERVICEFILE="$PWD/service.conf" PGSERVICE=shop "$PGWRIGHT" deploy p
expect_errors "deployed to $shop"
run env -u PGHOST -u PGUSER -u PGPORT PGSERVICEFILE="$PWD/service.conf" "$PGWRIGHT" deploy p --connection service=shop
expect_errors "deployed to $shop"
run env PGSERVICEFILE="$PWD/service.conf" PGSERVICE=nope "$PGWRIGHT" deploy p -d "$shop"
expect_status 11
export PGDATABASE="${shop%_x}"
done_with

# ---- replaced ----

case_of "replaced by an empty one with all that it was set to"
role owner "CREATEDB"; owner=$role
role app ""; app=$role
role other ""; other=$role
icu=$(sql "SELECT CASE WHEN EXISTS (SELECT 1 FROM pg_collation WHERE collprovider = 'i') AND current_setting('server_version_num')::int >= 150000 THEN 'LOCALE_PROVIDER icu ICU_LOCALE ''de-AT''' END")
sql "CREATE DATABASE $shop TEMPLATE template0 ENCODING UTF8 $icu LC_COLLATE 'C' LC_CTYPE 'C' OWNER $owner CONNECTION LIMIT 7"
psql -XAtq -d postgres -v ON_ERROR_STOP=1 <<END || fail "no settings"
ALTER DATABASE $shop SET search_path TO "a b", "\$user", public, "q""x";
ALTER DATABASE $shop SET temp_tablespaces = '';
ALTER DATABASE $shop SET work_mem = '7MB';
ALTER DATABASE $shop SET DateStyle = 'ISO, DMY';
ALTER DATABASE $shop SET my.note = 'it''s \\ here';
ALTER ROLE $app IN DATABASE $shop SET search_path = app, public;
ALTER ROLE $app IN DATABASE $shop SET statement_timeout = '3s';
REVOKE ALL ON DATABASE $shop FROM PUBLIC;
GRANT CONNECT ON DATABASE $shop TO $app WITH GRANT OPTION;
GRANT TEMP, CREATE ON DATABASE $shop TO $other;
SET ROLE $app;
GRANT CONNECT ON DATABASE $shop TO $other;
RESET ROLE;
COMMENT ON DATABASE $shop IS 'it''s "the" shop';
END
psql -XAtq -d "$shop" -c "CREATE TABLE gone ()"
settings "$shop" >before
run "$PGWRIGHT" deploy . -d "$shop" --overwrite --force
expect_status 0
expect_errors "Recreated database \"$shop\""
settings "$shop" >after
expect_same "$(cat before)" "$(cat after)" "not all of it was kept"
[ "$(wc -l <after)" -gt 10 ] || fail "there was nothing to keep: $(cat after)"
expect_same "" "$(psql -XAtq -d "$shop" -c "SELECT relname FROM pg_class WHERE relname = 'gone'")" "its tables are still there"
run "$PGWRIGHT" deploy . -d "$shop" --overwrite --force
settings "$shop" >after
expect_same "$(cat before)" "$(cat after)" "not all of it was kept the second time"
done_with

case_of "one of the server's own locale takes template1 as it is"
sql "CREATE DATABASE $shop"
settings "$shop" >before
run "$PGWRIGHT" deploy . -d "$shop" --overwrite --force
expect_status 0
settings "$shop" >after
expect_same "$(cat before)" "$(cat after)" "it is another one"
done_with

case_of "the built-in locale provider is kept"
if [ "$(sql 'SHOW server_version_num')" -ge 170000 ]; then
    sql "CREATE DATABASE $shop TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'" || fail "no such database"
    settings "$shop" >before
    run "$PGWRIGHT" deploy . -d "$shop" --overwrite --force
    expect_status 0
    settings "$shop" >after
    expect_same "$(cat before)" "$(cat after)" "it is another one"
fi
done_with

case_of "an owner that is no superuser replaces its database"
role owner "CREATEDB"
sql "CREATE DATABASE $shop OWNER $role"
sql "ALTER DATABASE $shop SET search_path = a, b"
settings "$shop" >before
run "$PGWRIGHT" deploy . -d "$shop" -U "$role" --overwrite --force
expect_status 0
settings "$shop" >after
expect_same "$(cat before)" "$(cat after)" "it is another one"
done_with

case_of "what cannot be kept is not dropped"
role owner "CREATEDB"
role app ""
sql "CREATE DATABASE $shop OWNER r$$_owner"
sql "ALTER ROLE $role IN DATABASE $shop SET my.secret = 'canary-$$'"
sql "ALTER ROLE $role IN DATABASE $shop SET log_min_messages = 'debug1'"
psql -XAtq -d "$shop" -c "CREATE TABLE kept ()"
run "$PGWRIGHT" deploy . -d "$shop" -U "r$$_owner" --overwrite --force
expect_status 13
expect_errors "nothing was dropped"
expect_no_errors "canary"
expect_same kept "$(psql -XAtq -d "$shop" -c "SELECT relname FROM pg_class WHERE relname = 'kept'")" "it was dropped"
is_there "$(replacement)" && fail "what was begun was left there"
done_with

case_of "a role that could drop, but not make it again, drops nothing"
role owner ""
sql "CREATE DATABASE $shop OWNER $role"
run "$PGWRIGHT" deploy . -d "$shop" -U "$role" --overwrite --force
expect_status 13
expect_errors "may not make databases"
is_there "$shop" || fail "it was dropped"
done_with

case_of "replacing what is not there makes it, and nobody is asked"
run "$PGWRIGHT" deploy . -d "$shop" --overwrite
expect_status 0
expect_errors "Created database"
done_with

case_of "nobody to ask, no --force: nothing is dropped"
sql "CREATE DATABASE $shop"
psql -XAtq -d "$shop" -c "CREATE TABLE kept ()"
run "$PGWRIGHT" deploy . -d "$shop" --overwrite
expect_status 12
expect_errors "say --force"
expect_same kept "$(psql -XAtq -d "$shop" -c "SELECT relname FROM pg_class WHERE relname = 'kept'")" "it was dropped"
done_with

case_of "templates and the maintenance database are never replaced"
for database in template0 template1 postgres Template1; do
    run "$PGWRIGHT" deploy . -d $database --overwrite --force
    expect_status 10
done
sql "CREATE DATABASE $shop IS_TEMPLATE true"
run "$PGWRIGHT" deploy . -d "$shop" --overwrite --force
expect_status 10
expect_errors "template"
is_there "$shop" || fail "it was dropped"
sql "ALTER DATABASE $shop IS_TEMPLATE false"
run "$PGWRIGHT" deploy . --connection "postgresql://$PGUSER:$canary_url@/$shop?host=$PGHOST" -d "$shop" --overwrite --force
expect_status 10
done_with

case_of "clients that are connected, and come back, do not stand in its way"
sql "CREATE DATABASE $shop"
(while :; do psql -XAtq -d "$shop" -c "SELECT pg_sleep(60)"; sleep 0.01; done) >/dev/null 2>&1 &
clients=$!
sleep 0.5
run "$PGWRIGHT" deploy . -d "$shop" --overwrite --force
expect_status 0
kill $clients 2>/dev/null
psql -XAtq -d postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$shop'" >/dev/null
done_with

case_of "a database that somebody deploys to is not dropped under them"
write deploy.sql <<'END'
SELECT pg_sleep(3);
END
sql "CREATE DATABASE $shop"
"$PGWRIGHT" deploy . -d "$shop" >first 2>&1 </dev/null &
first=$!
sleep 1
run "$PGWRIGHT" deploy . -d "$shop" --overwrite --force
expect_status 15
expect_errors "another run deploys to database $shop"
run "$PGWRIGHT" deploy . -d "$shop"
expect_status 15
wait $first || fail "the first one failed: $(cat first)"
done_with

case_of "of several that make one database at once, the others lose in order"
write deploy.sql <<'END'
SELECT pg_sleep(0.3);
END
for i in 1 2 3 4 5; do (timeout 60 "$PGWRIGHT" deploy . -d "$shop" >"log.$i" 2>&1 </dev/null; echo $? >"status.$i") & done
wait
for i in 1 2 3 4 5; do
    case $(cat status.$i) in
    0 | 15) ;;
    *) fail "one ended with $(cat status.$i): $(cat log.$i)" ;;
    esac
done
grep -qx 0 status.* || fail "none of them did it"
[ "$(grep -l Created log.* | wc -l)" = 1 ] || fail "it was made by $(grep -l Created log.* | wc -l) of them"
done_with

case_of "of several that replace one database at once, the others lose in order"
sql "CREATE DATABASE $shop"
sql "ALTER DATABASE $shop SET search_path = a, b"
settings "$shop" >before
for i in 1 2 3 4 5; do (timeout 60 "$PGWRIGHT" deploy . -d "$shop" --overwrite --force >"log.$i" 2>&1 </dev/null; echo $? >"status.$i") & done
wait
for i in 1 2 3 4 5; do
    case $(cat status.$i) in
    0 | 15) ;;
    *) fail "one ended with $(cat status.$i): $(cat log.$i)" ;;
    esac
done
grep -qx 0 status.* || fail "none of them did it"
settings "$shop" >after
expect_same "$(cat before)" "$(cat after)" "it is another one"
is_there "$(replacement)" && fail "a replacement was left there"
done_with

case_of "a replacement that was never put in its place is found by the next run"
for flags in "" "--overwrite"; do
    sql "CREATE DATABASE \"$(replacement)\" CONNECTION LIMIT 7"
    run "$PGWRIGHT" deploy . -d "$shop" $flags
    expect_status 0
    expect_same 7 "$(sql "SELECT datconnlimit FROM pg_database WHERE datname = '$shop'")" "another one was made"
    is_there "$(replacement)" && fail "it is still there"
    sql "DROP DATABASE $shop"
done
done_with

case_of "a replacement of which nobody knows whether it is whole is made anew"
sql "CREATE DATABASE $shop CONNECTION LIMIT 9"
sql "CREATE DATABASE \"$(replacement)\" CONNECTION LIMIT 7"
run "$PGWRIGHT" deploy . -d "$shop" --overwrite --force
expect_status 0
expect_same 9 "$(sql "SELECT datconnlimit FROM pg_database WHERE datname = '$shop'")" "the old one was taken"
done_with

# ---- failures ----

case_of "no server, no such host: at once, with what to do"
run "$PGWRIGHT" deploy . -h /nonexistent -d "$shop"
expect_status 11
expect_errors "is a server running there"
run "$PGWRIGHT" deploy . -h nowhere.invalid -d "$shop"
expect_status 11
expect_errors "check the name of the host"
run "$PGWRIGHT" deploy . -h 127.0.0.1 -p 1 -d "$shop" --verbose
expect_status 11
[ "$(printf '%s' "$errors" | grep -c 'trying again')" = 3 ] || fail "not three more attempts:
$errors"
done_with

case_of "what passes is tried again"
role busy ""
sql "CREATE DATABASE $shop" && sql "ALTER DATABASE $shop CONNECTION LIMIT 0"
(sleep 0.4; sql "ALTER DATABASE $shop CONNECTION LIMIT -1") &
run "$PGWRIGHT" deploy . -d "$shop" -U "$role" --verbose
expect_status 0
expect_errors "too many connections for database.*trying again"
wait
sql "ALTER DATABASE $shop CONNECTION LIMIT 0"
run "$PGWRIGHT" deploy . -d "$shop" -U "$role"
expect_status 11
expect_errors "(SQLSTATE 53300)"
done_with

case_of "a server that does not answer: connect_timeout is a failed connection, --timeout the run's end"
sql "CREATE DATABASE $shop"
run env PGCONNECT_TIMEOUT=1 "$BUILD/test/relay" "$PGHOST/.s.PGSQL.5432" --delay 5000 -- "$PGWRIGHT" deploy . -d "$shop"
expect_status 11
expect_errors "no answer within 1 s"
run "$BUILD/test/relay" "$PGHOST/.s.PGSQL.5432" --delay 5000 -- "$PGWRIGHT" deploy . -d "$shop" --timeout 1s
expect_status 16
run env PGCONNECT_TIMEOUT=soon "$PGWRIGHT" deploy . -d "$shop"
expect_status 10
done_with

case_of "--timeout covers the statements too, and what the settings say counts without it"
write deploy.sql <<'END'
SELECT pg_sleep(60);
END
run "$PGWRIGHT" deploy . -d "$shop" --timeout 1s
expect_status 16
echo 'timeout: 1s' >pgmi.yaml
run "$PGWRIGHT" deploy . -d "$shop"
expect_status 16
done_with

case_of "no secret is printed, and none is in the list of processes"
write deploy.sql <<'END'
SELECT pg_sleep(1.5);
DO $$ BEGIN RAISE EXCEPTION 'it was %', current_setting('pgmi.api_token'); END $$;
END
"$PGWRIGHT" deploy . --verbose --connection "postgresql://$PGUSER:canary-1%21@/$shop?host=$PGHOST&sslpassword=canary-2" \
    --param api_token=canary-3 --param=plain=canary-4 >log 2>&1 </dev/null &
pid=$!
sleep 0.8
tr '\0' ' ' <"/proc/$pid/cmdline" >title
wait $pid
grep -q canary title && fail "the title: $(cat title)"
grep -q deploy title || fail "no title: $(cat title)"
grep -q "it was \*\*\*" log || fail "another error: $(cat log)"
grep canary log && fail "the log: $(cat log)"
run env DATABASE_URL="Host=nowhere.invalid;Password=canary 5;Database=x" "$PGWRIGHT" deploy . --verbose
expect_status 11
expect_no_errors canary
done_with

case_of "two ways to sign in, and a token that would go in the clear"
run "$PGWRIGHT" deploy . -d "$shop" --azure --aws
expect_status 10
run "$PGWRIGHT" deploy . -d "$shop" --aws --aws-region eu --sslmode disable
expect_status 10
done_with

finish
