# Google's connector: the administration interface and an instance's proxy are stand-ins, the server behind it is PostgreSQL.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../cloud/lib.sh"
unset PGPASSWORD # whether signing in sets one is asked below

# Port 3307 of an address of this test's own, so that tests beside it have theirs.
ADDRESS=127.$((1 + $$ / 65536 % 250)).$(($$ / 256 % 256)).$((1 + $$ % 254))
SOCKET=$PGHOST/.s.PGSQL.${PGPORT:-5432}
export ADDRESS SOCKET

# authority NAME – a certificate authority: NAME.pem, NAME.key
authority() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -days 2 -subj "/CN=$1" 2>openssl.log ||
        fail "$(cat openssl.log)"
}

# certificate NAME SUBJECT [EXTENSION] – one for a server, by the authority "server"
certificate() {
    openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" ${3:+-addext "$3"} 2>openssl.log &&
        openssl x509 -req -in "$1.csr" -CA server.pem -CAkey server.key -days 2 -copy_extensions copy -out "$1.pem" 2>openssl.log ||
        fail "$(cat openssl.log)"
}

json_text() {
    awk '{ printf "%s\\n", $0 }' "$1"
}

# settings [CHANGE] – what the interface says of the instance, through a sed script
settings() {
    answer 2 200 <<EOF
{"kind": "sql#connectSettings", "region": "europe-west1", "backendType": "SECOND_GEN", "databaseVersion": "POSTGRES_15",
 "ipAddresses": [{"type": "OUTGOING", "ipAddress": "192.0.2.1"}, {"type": "PRIMARY", "ipAddress": "$ADDRESS"}],
 "serverCaCert": {"cert": "$(json_text server.pem)"}}
EOF
    sed -i "${1:-}" answer.2
}

# The interface, for the whole dialogue: token, settings, token, certificate.
interface() {
    authority server
    authority client
    certificate instance /CN=shop:main
    for i in 1 3; do
        answer $i 200 <<EOF
{"access_token": "ya29.token$i"}
EOF
    done
    settings
    answer_with 4 <<'EOF'
#!/bin/sh
sed '1,/^$/d' | sed 's/.*"public_key":"\([^"]*\)".*/\1/; s/\\n/\n/g' >asked.pem
openssl x509 -new -force_pubkey asked.pem -subj /CN=deployer@shop.iam -days 1 -CA client.pem -CAkey client.key -out given.pem 2>openssl.log
printf '200\n{"ephemeralCert": {"cert": "%s"}}\n' "$(awk '{ printf "%s\\n", $0 }' given.pem)"
EOF
}

begin "the dialogue with the interface is the connector's, and behind it is the server"
interface
try <<'EOF'
export GCE_METADATA_HOST=${STANDIN#http://} CSQL_PROXY_SQLADMIN_API_ENDPOINT=$STANDIN/
instance $ADDRESS instance.pem instance.key client.pem $SOCKET -- \
    sign_in google instance=shop:europe-west1:main user=postgres.gserviceaccount.com -- \
    psql -XAtc 'SELECT current_user, 6 * 7'
EOF
expect_status 0
expect_out '^postgres|42$'
expect_requests 4
grep -q 'token?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fsqlservice.admin ' request.1 || fail "$(cat request.1)"
expect_request 2 <<'EOF'
GET /sql/v1beta4/projects/shop/instances/main/connectSettings HTTP/1.1
Host: STANDIN
Authorization: Bearer ya29.token1
EOF
grep -q 'token?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fsqlservice.login ' request.3 || fail "$(cat request.3)"
expect_request 4 's/^Content-Length: .*/Content-Length: N/; s/-----BEGIN PUBLIC KEY-----.*-----END PUBLIC KEY-----/KEY/' <<'EOF'
POST /sql/v1beta4/projects/shop/instances/main:generateEphemeralCert HTTP/1.1
Host: STANDIN
Authorization: Bearer ya29.token1
Content-Type: application/json
Content-Length: N

{"public_key":"KEY\n","access_token":"ya29.token3"}
EOF
openssl pkey -pubin -in asked.pem -noout -text | grep -q '2048 bit' || fail "$(openssl pkey -pubin -in asked.pem -noout -text)"
end

# in_relay COMMAND [CERTIFICATE] – runs it with a relay to the instance, which has this certificate
in_relay() {
    try <<EOF
mkdir -p run
export GCE_METADATA_HOST=\${STANDIN#http://} CSQL_PROXY_SQLADMIN_API_ENDPOINT=\$STANDIN XDG_RUNTIME_DIR=\$PWD/run
instance \$ADDRESS ${2:-instance}.pem ${2:-instance}.key client.pem \$SOCKET -- \
    sign_in google instance=shop:europe-west1:main user=postgres -- sh -c '$1'
EOF
}

begin "nobody else can enter, nothing is left, and the identity is no password"
interface
in_relay 'stat -c "%a %F" "$PGHOST"; echo "password ${PGPASSWORD-none}"; psql -XAtc "SELECT 1"; ps -eo args | grep "[y]a29" >ps || true'
expect_status 0
expect_out '^700 directory$'
expect_out '^password none$'
expect_same '' "$(ls run)" "what is left"
expect_same "" "$(cat ps)" "tokens in the process list"
end

begin "megabytes in both directions arrive unchanged; several connections at once"
interface
psql -XAtqc "COPY (SELECT repeat(md5(i::text), 10) FROM generate_series(1, 30000) i) TO STDOUT" >sent
in_relay 'psql -Xqc "CREATE TABLE t (x text)" -c "\copy t from sent" && psql -Xqc "\copy t to received" && \
    for i in 1 2 3 4; do psql -XAtc "SELECT $i + count(*) FROM t" & done; wait'
expect_status 0
cmp sent received || fail "they differ"
for i in 1 2 3 4; do expect_out "^3000$i\$"; done
expect_requests 4
end

begin "a cancel request takes the same way"
interface
in_relay 'timeout -s INT 1 psql -XAtc "SELECT pg_sleep(60)"; psql -XAtc "SELECT count(*) FROM pg_stat_activity WHERE query ~ \$\$^SELECT pg_sleep\$\$"'
expect_errors 'canceling statement due to user request'
expect_out '^0$'
end

begin "killed: the folder goes, and the session with it"
interface
in_relay 'psql -XAtc "SET application_name = left_over" -c "\! sleep 20" & sleep 0.7; kill -9 $PPID $!; sleep 0.3'
expect_status 137
sleep 1
expect_same '' "$(ls run)" "what is left"
expect_sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'left_over'" 0
end

begin "who is not the instance is refused: another name, another authority, older TLS; a DNS name counts as the name"
interface
certificate other /CN=shop:other
certificate dns /CN=x subjectAltName=DNS:abc.europe-west1.sql.goog
in_relay 'psql -XAtc "SELECT 1"' other
expect_status 2
expect_errors "the server's certificate is not that of shop:main"
in_relay 'psql -XAtc "SELECT 1"' dns
expect_errors "not that of shop:main"
settings 's/"kind"/"dnsName": "abc.europe-west1.sql.goog.", "kind"/'
in_relay 'psql -XAtc "SELECT 1"' dns
expect_status 0
mv server.pem first.pem
mv server.key first.key
authority server
certificate foreign /CN=shop:main
mv first.pem server.pem
in_relay 'psql -XAtc "SELECT 1"' foreign
expect_status 2
expect_errors "the instance's certificate is refused"
end

begin "an instance that cannot be reached: each address says why; a private one is tried behind the public one"
interface
settings "s/\"$ADDRESS\"/\"127.255.255.1\"}, {\"type\": \"PRIVATE\", \"ipAddress\": \"127.255.255.2\"/"
in_relay 'psql -XAtc "SELECT 1"'
expect_status 2
expect_errors 'cannot reach the instance'
expect_errors '127.255.255.1:3307: Connection refused; 127.255.255.2:3307: Connection refused'
settings "s/\"$ADDRESS\"/\"127.255.255.1\"}, {\"type\": \"PRIVATE\", \"ipAddress\": \"$ADDRESS\"/"
in_relay 'psql -XAtc "SELECT 1"'
expect_status 0
expect_out '^1$'
end

begin "what the interface says against it"
interface
for case in 's/europe-west1/us-east1/=10=in the region us-east1' 's/SECOND_GEN/FIRST_GEN/=10=second generation' \
    's/"ipAddresses": \[.*\]/"ipAddresses": []/=11=has no address' 's/-----BEGIN CERT/-----BEGIN/=11=authority cannot be read'; do
    settings "${case%%=*}"
    rest=${case#*=}
    in_relay 'echo never'
    expect_status "${rest%%=*}"
    expect_errors "${rest#*=}"
    expect_errors 'asking for the Cloud SQL instance shop:europe-west1:main'
done
answer 2 403 <<'EOF'
{"error": {"code": 403, "message": "The client is not authorized to make this request."}}
EOF
in_relay 'echo never'
expect_status 11
expect_errors 'not authorized to make this request'
settings
answer 4 200 <<'EOF'
{"ephemeralCert": {"cert": "nothing"}}
EOF
in_relay 'echo never'
expect_status 11
expect_errors 'certificate that was given to us'
expect_no_errors 'ya29'
end

begin "a certificate that has run out is renewed for the next connection"
interface
sed -i 's/-days 1/-not_before 20200101000000Z -not_after 20200102000000Z/' answer.4
openssl x509 -help 2>&1 | grep -q not_before || sed -i 's/-not_before.*-not_after [^ ]*/-days 0/' answer.4
for i in 1 2 3; do cp answer.$i answer.$((4 + i)); done
sed 's/-days 0/-days 1/; s/-not_before.*-not_after [^ ]*/-days 1/' answer.4 >answer.8
chmod +x answer.8
in_relay 'psql -XAtc "SELECT 1"'
expect_status 0
expect_out '^1$'
expect_requests 8
end

finish
