# Session deployments through TLS, with passwords and certificates: a server of its own on the loopback, with a CA made here.
. "$(dirname "$0")/../lib.sh"

if ! command -v openssl >/dev/null; then
    skip "TLS" "no openssl"
    finish
fi

tls=$test_root/tls
port=$((20000 + $$ % 20000))
as=
[ "$(id -u)" != 0 ] || as='setpriv --reuid=postgres --regid=postgres --clear-groups --'

# certificate NAME SUBJECT EXTENSION – a key and a certificate of our CA.
certificate() {
    openssl req -new -newkey rsa:2048 -nodes -keyout "$1.key" -subj "$2" -out "$1.csr" 2>/dev/null &&
        printf '%s\n' "$3" >"$1.ext" &&
        openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile "$1.ext" -out "$1.crt" 2>/dev/null
}

make_certificates() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=ca -days 2 -out ca.crt 2>/dev/null
    openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -subj /CN=other -days 2 -out other.crt 2>/dev/null
    certificate server /CN=localhost subjectAltName=DNS:localhost
    certificate client /CN=bob extendedKeyUsage=clientAuth
    openssl rsa -aes256 -passout pass:canary-key -in client.key -out locked.key 2>/dev/null
    chmod 600 ./*.key
}

start_server() {
    mkdir "$tls" && cd "$tls" && make_certificates
    [ -z "$as" ] || chown -R postgres "$tls"
    $as "$SERVER_BIN/initdb" -D "$tls/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$tls/initdb.log" 2>&1
    cat >"$tls/data/pg_hba.conf" <<END
local all all trust
hostssl certified bob 127.0.0.1/32 cert
hostnossl all clear 127.0.0.1/32 trust
hostssl all all 127.0.0.1/32 scram-sha-256
END
    printf "ssl = on\nssl_cert_file = '%s'\nssl_key_file = '%s'\nssl_ca_file = '%s'\n" "$tls/server.crt" "$tls/server.key" "$tls/ca.crt" \
        >>"$tls/data/postgresql.conf"
    $as "$SERVER_BIN/postgres" -D "$tls/data" -k "$tls" -p $port -c listen_addresses=127.0.0.1 -c fsync=off >"$tls/log" 2>&1 &
    for _ in $(seq 100); do
        psql -XAtq -h "$tls" -p $port -U postgres -d postgres -c 'SELECT 1' >/dev/null 2>&1 && return
        sleep 0.1
    done
    cat "$tls/log"
}

# The server's own tables, through its socket.
there() {
    psql -XAtq -h "$tls" -p $port -U postgres -d postgres -v ON_ERROR_STOP=1 -c "$1"
}

start_server
there "CREATE ROLE bob LOGIN CREATEDB PASSWORD 'canary-bob'" && there "CREATE ROLE clear LOGIN" &&
    there "CREATE DATABASE certified OWNER bob" && there "CREATE DATABASE shop OWNER bob"
unset PGUSER PGPASSWORD
export PGHOST=localhost PGPORT=$port PGHOSTADDR=
unset PGHOSTADDR

project_here() {
    write deploy.sql <<'END'
DO $$ BEGIN
  RAISE NOTICE 'tls % client % as % called %', (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()),
      (SELECT coalesce(client_dn, '-') FROM pg_stat_ssl WHERE pid = pg_backend_pid()), current_user, current_setting('application_name');
END $$;
END
}

# The cases have no database on test/run's server.
case_of() {
    name=$1 why=
    test_number=$((test_number + 1))
    mkdir "$test_root/$test_number" && cd "$test_root/$test_number" || exit 1
    project_here
    unset PGDATABASE
}

done_with() {
    if [ -z "$why" ]; then
        echo "ok - $test_script: $name"
    else
        echo "not ok - $test_script: $name"
        printf '%s\n' "$why" | sed 's/^/    /'
        failures=$((failures + 1))
    fi
}

bob="env PGPASSWORD=canary-bob"

case_of "each TLS mode means what libpq says it does"
for mode in allow prefer require; do
    run $bob "$PGWRIGHT" deploy . -U bob -d shop --sslmode $mode
    expect_status 0
    expect_errors "tls t client - as bob"
done
run $bob "$PGWRIGHT" deploy . -U bob -d shop
expect_errors "tls t"
run $bob "$PGWRIGHT" deploy . -U bob -d shop --sslmode disable
expect_status 11
expect_errors "(SQLSTATE 28000)"
expect_errors "pg_hba.conf"
run "$PGWRIGHT" deploy . -U clear -d shop --sslmode disable
expect_status 0
expect_errors "tls f"
run "$PGWRIGHT" deploy . -U clear -d shop --sslmode allow
expect_errors "tls f"
done_with

case_of "the server's certificate is looked at"
for mode in verify-ca verify-full; do
    run $bob "$PGWRIGHT" deploy . -U bob -d shop --sslmode $mode --sslrootcert "$tls/ca.crt"
    expect_status 0
    run $bob "$PGWRIGHT" deploy . -U bob -d shop --sslmode $mode --sslrootcert "$tls/other.crt"
    expect_status 11
    expect_errors "certificate verify failed"
    expect_errors "hint: check --sslmode"
done
run $bob "$PGWRIGHT" deploy . -h 127.0.0.1 -U bob -d shop --sslmode verify-ca --sslrootcert "$tls/ca.crt"
expect_status 0
run $bob "$PGWRIGHT" deploy . -h 127.0.0.1 -U bob -d shop --sslmode verify-full --sslrootcert "$tls/ca.crt"
expect_status 11
run env HOME=/nonexistent $bob "$PGWRIGHT" deploy . -U bob -d shop --sslmode verify-full
expect_status 11
done_with

case_of "a client certificate signs in, its key in the clear or locked"
run "$PGWRIGHT" deploy . -U bob -d certified --sslmode verify-full --sslrootcert "$tls/ca.crt" --sslcert "$tls/client.crt" --sslkey "$tls/client.key"
expect_status 0
expect_errors "tls t client /CN=bob as bob"
run env PGSSLPASSWORD=canary-key PGSSLCERT="$tls/client.crt" PGSSLKEY="$tls/locked.key" PGSSLROOTCERT="$tls/ca.crt" \
    "$PGWRIGHT" deploy . -U bob -d certified --sslmode verify-full
expect_status 0
cat >pgmi.yaml <<END
connection: {username: bob, database: certified, sslmode: require, sslcert: $tls/client.crt, sslkey: $tls/locked.key}
END
run env PGSSLPASSWORD=canary-key "$PGWRIGHT" deploy .
expect_status 0
run env PGSSLPASSWORD=canary-wrong "$PGWRIGHT" deploy . --verbose
expect_status 11
expect_no_errors canary
run "$PGWRIGHT" deploy . </dev/null
expect_status 11
rm pgmi.yaml
run "$PGWRIGHT" deploy . -U bob -d certified --sslmode require
expect_status 11
done_with

case_of "a client certificate beside a connection string, and within it"
run "$PGWRIGHT" deploy . --connection "postgresql://bob@localhost:$port/certified?sslmode=require" --sslcert "$tls/client.crt" --sslkey "$tls/client.key"
expect_status 0
run env PGSSLPASSWORD=canary-wrong "$PGWRIGHT" deploy . --connection \
    "postgresql://bob@localhost:$port/certified?sslmode=verify-full&sslrootcert=$tls/ca.crt&sslcert=$tls/client.crt&sslkey=$tls/locked.key&sslpassword=canary-key"
expect_status 0
run "$PGWRIGHT" deploy . --connection \
    "Host=localhost;Port=$port;Database=certified;Username=bob;SSL Mode=VerifyFull;Root Certificate=$tls/ca.crt;SSL Cert=$tls/client.crt;SSL Key=$tls/locked.key;SSL Password=canary-key"
expect_status 0
expect_errors "client /CN=bob"
done_with

case_of "the commands over schemas sign in with a client certificate"
there "ALTER DATABASE certified SET search_path = public"
psql -XAtq -h "$tls" -p "$port" -U postgres -d certified -c "GRANT CREATE ON SCHEMA public TO bob" >/dev/null
rm deploy.sql
echo 'CREATE TABLE item (id int PRIMARY KEY, signed text DEFAULT current_user);' >schema.sql
planning="postgresql:///postgres?host=$tls&port=$port&user=postgres"
flags="-U bob -d certified --sslmode verify-full --sslrootcert $tls/ca.crt --sslcert $tls/client.crt"
run "$PGWRIGHT" plan $flags --sslkey "$tls/client.key" --file schema.sql --plan-url "$planning"
expect_status 0
expect_out "CREATE TABLE item"
run env PGSSLPASSWORD=canary-key "$PGWRIGHT" deploy $flags --sslkey "$tls/locked.key" --file schema.sql --plan-url "$planning" --yes
expect_status 0
run env PGSSLCERT="$tls/client.crt" PGSSLKEY="$tls/client.key" PGSSLROOTCERT="$tls/ca.crt" "$PGWRIGHT" dump -U bob -d certified --sslmode verify-full
expect_status 0
expect_out "CREATE TABLE item"
url="postgresql://bob@localhost:$port/certified?sslmode=verify-full&sslrootcert=$tls/ca.crt&sslcert=$tls/client.crt&sslkey=$tls/client.key"
run "$PGWRIGHT" drift --url "$url"
expect_status 0
run "$PGWRIGHT" diff --plan-url "$planning" schema.sql "$url"
expect_status 0
run "$PGWRIGHT" dump -U bob -d certified --sslmode verify-full --sslrootcert "$tls/other.crt" --sslcert "$tls/client.crt" --sslkey "$tls/client.key"
expect_status 11
run env PGSSLPASSWORD=canary-wrong "$PGWRIGHT" dump $flags --sslkey "$tls/locked.key" --verbose
expect_status 11
expect_no_errors canary
done_with

case_of "a key that others may read is refused"
cp "$tls/client.key" open.key && chmod 644 open.key
run "$PGWRIGHT" deploy . -U bob -d certified --sslmode require --sslcert "$tls/client.crt" --sslkey open.key
expect_status 11
expect_errors "private key file"
done_with

case_of "a password from the environment, a string, a password file; a wrong one is told and not shown"
run $bob "$PGWRIGHT" deploy . -U bob -d shop
expect_status 0
run "$PGWRIGHT" deploy . --connection "postgresql://bob:canary%2Dbob@localhost:$port/shop"
expect_status 0
run env PGPASSWORD=canary-wrong "$PGWRIGHT" deploy . --connection "postgresql://bob:canary-bob@localhost:$port/shop"
expect_status 0
printf 'localhost:%s:*:bob:canary-bob\n' $port >pass && chmod 600 pass
run env PGPASSFILE="$PWD/pass" "$PGWRIGHT" deploy . -U bob -d shop
expect_status 0
run env PGPASSFILE="$PWD/pass" "$PGWRIGHT" deploy . --connection "postgresql://bob@localhost:$port/shop"
expect_status 0
run env PGPASSFILE="$PWD/pass" "$PGWRIGHT" deploy . -U bob -d "made_$$"
expect_status 0
expect_errors "Created database"
run env PGPASSWORD=canary-wrong "$PGWRIGHT" deploy . -U bob -d shop --verbose
expect_status 11
expect_errors "(SQLSTATE 28P01)"
expect_no_errors canary
expect_no_errors "trying again"
run "$PGWRIGHT" deploy . -U bob -d shop
expect_status 11
expect_errors "PGPASSWORD"
done_with

case_of "tokens of clouds are passwords: each recipe signs in, and where none is had it is a failed connection"
# What stands in for a cloud's service answers each request with a token.
token=canary-token-0123456789abcdef
mkdir cloud && cd cloud
printf '200\n{"access_token": "%s", "expires_in": 3599, "token_type": "Bearer"}\n' $token >answer.1
there "CREATE ROLE entra LOGIN CREATEDB PASSWORD '$token'"
cp ../deploy.sql .
cat >azure.sh <<'END'
export AZURE_AUTHORITY_HOST=$STANDIN AZURE_CLIENT_SECRET=canary-client
exec "$PGWRIGHT" deploy . --host localhost -U entra -d shop --azure --azure-tenant-id contoso --azure-client-id ci --sslmode require --verbose
END
run "$BUILD/test/cloud/standin" . -- sh ./azure.sh
expect_status 0
expect_errors "as entra"
expect_no_errors canary
grep -q 'POST /contoso/oauth2/v2.0/token' request.1 || fail "another tenant: $(cat request.1)"
grep -q 'client_id=ci&' request.1 || fail "another client: $(cat request.1)"
cat >google.sh <<'END'
export GOOGLE_APPLICATION_CREDENTIALS=$PWD/adc.json HOME=$PWD
printf '{"type": "authorized_user", "client_id": "c", "client_secret": "canary-client", "refresh_token": "canary-refresh", "token_uri": "%s/token"}' \
    "$STANDIN" >adc.json
exec "$PGWRIGHT" deploy . --host localhost -U entra -d shop --google --sslmode require --verbose
END
run "$BUILD/test/cloud/standin" . -- sh ./google.sh
expect_status 0
expect_errors "as entra"
expect_no_errors canary
# a token of AWS holds the second in which it was made, so that the password must be set within it
there "CREATE ROLE rds LOGIN CREATEDB"
export AWS_ACCESS_KEY_ID=AKID AWS_SECRET_ACCESS_KEY=canary-aws
for _ in 1 2 3 4 5 6 7 8 9 10; do
    password=$("$BUILD/test/cloud/sign_in" aws host=localhost port=$port user=rds region=eu-west-1 sslmode=require | sed -n 's/^password //p')
    there "ALTER ROLE rds PASSWORD '$password'"
    run "$PGWRIGHT" deploy . --host localhost -U rds -d shop --aws --aws-region eu-west-1 --sslmode require --verbose
    [ "$status" != 0 ] || break
done
expect_status 0
expect_errors "as rds"
expect_no_errors 'canary\|X-Amz-Signature'
run env AWS_ACCESS_KEY_ID= AWS_EC2_METADATA_DISABLED=true HOME="$PWD" "$PGWRIGHT" deploy . -U rds -d shop --aws --aws-region eu-west-1 --sslmode require
expect_status 11
expect_no_errors canary
run env AWS_REGION= AWS_DEFAULT_REGION= "$PGWRIGHT" deploy . -U rds -d shop --aws --sslmode require
expect_status 10
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
cd ..
done_with

case_of "a service file with a password, and the application's name"
printf '[shop]\nhost=localhost\nport=%s\nuser=bob\npassword=canary-bob\ndbname=shop\nsslmode=require\n' $port >service.conf
run env -u PGHOST -u PGPORT PGSERVICEFILE="$PWD/service.conf" PGSERVICE=shop PGAPPNAME=mine "$PGWRIGHT" deploy .
expect_status 0
expect_errors "as bob called mine"
run env PGAPPNAME=mine "$PGWRIGHT" deploy . --connection "postgresql://bob:canary-bob@localhost:$port/shop"
expect_errors "called mine"
run env PGAPPNAME=mine "$PGWRIGHT" deploy . --connection "postgresql://bob:canary-bob@localhost:$port/shop?application_name=theirs"
expect_errors "called theirs"
done_with

case_of "several hosts: the one that answers is taken"
run $bob "$PGWRIGHT" deploy . --connection "postgresql://bob@127.0.0.1:1,localhost:$port/shop"
expect_status 0
run $bob "$PGWRIGHT" deploy . -h 127.0.0.1,localhost -p "1,$port" -U bob -d shop
expect_status 0
done_with

case_of "a server without TLS"
run "$PGWRIGHT" deploy . -h "$tls" -U postgres -d shop
expect_status 0
expect_errors "tls f"
there "ALTER SYSTEM SET ssl = off" && there "SELECT pg_reload_conf()" >/dev/null && sleep 0.5
run $bob "$PGWRIGHT" deploy . -U bob -d shop --sslmode require
expect_status 11
expect_errors "the server has no TLS"
run "$PGWRIGHT" deploy . -U clear -d shop
expect_status 0
done_with

finish
