# Signing in with Microsoft Entra ID, against stand-ins for its services and tools.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../cloud/lib.sh"

TENANT=11111111-2222-3333-4444-555555555555 CLIENT=66666666-7777-8888-9999-000000000000
RESOURCE=https%3A%2F%2Fossrdbms-aad.database.windows.net
export TENANT CLIENT

token_answer() {
    answer "$1" 200 <<'EOF'
{"token_type": "Bearer", "expires_in": 3599, "access_token": "eyJ0.token.x"}
EOF
}

expect_token() {
    expect_status 0
    expect_out '^password eyJ0\.token\.x$'
    expect_out '^sslmode require$'
}

# A tool of Azure's: it notes its arguments and goes on with what is on stdin.
tool() {
    mkdir -p bin
    { printf '#!/bin/sh\nprintf "%%s\\n" "$@" >%s/arguments\n' "$PWD"; cat; } >"bin/$1"
    chmod +x "bin/$1"
}

begin "an application's secret, from the environment"
token_answer 1
try <<'EOF'
export AZURE_AUTHORITY_HOST=$STANDIN/ AZURE_TENANT_ID=$TENANT AZURE_CLIENT_ID=$CLIENT AZURE_CLIENT_SECRET='s3~cr/t &x'
sign_in azure host=h user=me
EOF
expect_token
expect_request 1 's/^Content-Length: .*/Content-Length: N/' <<EOF
POST /$TENANT/oauth2/v2.0/token HTTP/1.1
Host: STANDIN
Content-Length: N
Content-Type: application/x-www-form-urlencoded

grant_type=client_credentials&client_id=$CLIENT&client_secret=s3~cr%2Ft%20%26x&scope=$RESOURCE%2F.default
EOF
end

begin "what the options name stands over the environment"
token_answer 1
try <<'EOF'
export AZURE_AUTHORITY_HOST=$STANDIN AZURE_TENANT_ID=other AZURE_CLIENT_ID=other AZURE_CLIENT_SECRET=s3cr3t
sign_in azure host=h user=me tenant=$TENANT client=$CLIENT
EOF
expect_token
expect_same "$CLIENT" "$(form 1 client_id)" "client"
grep -q "^POST /$TENANT/" request.1 || fail "another tenant: $(head -n 1 request.1)"
end

begin "what Entra ID refuses is told in its words, ends the search, and is no secret"
answer 1 401 <<'EOF'
{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided. Ensure that s3cr3t is right"}
EOF
tool az <<'EOF'
echo '{"accessToken": "eyJ0.token.x"}'
EOF
try <<'EOF'
export AZURE_AUTHORITY_HOST=$STANDIN AZURE_TENANT_ID=$TENANT AZURE_CLIENT_ID=$CLIENT AZURE_CLIENT_SECRET=s3cr3t PATH=$PWD/bin:$PATH
sign_in azure host=h user=me
EOF
expect_status 11
expect_errors 'answered 401'
expect_errors 'AADSTS7000215: Invalid client secret provided'
expect_no_errors 's3cr3t'
[ ! -f arguments ] || fail "az was asked as well"
end

begin "an application's certificate: PEM, PKCS #12, with a password; the assertion is right"
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=app 2>openssl.log || fail "$(cat openssl.log)"
openssl x509 -in cert.pem -noout -pubkey >public.pem
cat cert.pem key.pem >both.pem
openssl pkcs12 -export -in cert.pem -inkey key.pem -out app.pfx -passout pass:hunter2
openssl pkcs12 -export -in cert.pem -inkey key.pem -out plain.pfx -passout pass:
openssl rsa -in key.pem -aes128 -passout pass:hunter2 -out locked.key 2>openssl.log
cat locked.key cert.pem >locked.pem
for i in 1 2 3 4; do token_answer $i; done
try <<'EOF'
export AZURE_AUTHORITY_HOST=$STANDIN AZURE_TENANT_ID=$TENANT AZURE_CLIENT_ID=$CLIENT
AZURE_CLIENT_CERTIFICATE_PATH=both.pem sign_in azure host=h user=me
AZURE_CLIENT_CERTIFICATE_PATH=plain.pfx sign_in azure host=h user=me
export AZURE_CLIENT_CERTIFICATE_PASSWORD=hunter2
AZURE_CLIENT_CERTIFICATE_PATH=app.pfx sign_in azure host=h user=me
AZURE_CLIENT_SEND_CERTIFICATE_CHAIN=true AZURE_CLIENT_CERTIFICATE_PATH=locked.pem sign_in azure host=h user=me
EOF
expect_token
expect_requests 4
expect_request 1 's/^Content-Length: .*/Content-Length: N/; s/client_assertion=[A-Za-z0-9_.-]*/client_assertion=JWT/' <<EOF
POST /$TENANT/oauth2/v2.0/token HTTP/1.1
Host: STANDIN
Content-Length: N
Content-Type: application/x-www-form-urlencoded

grant_type=client_credentials&client_id=$CLIENT&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=JWT&scope=$RESOURCE%2F.default
EOF
thumbprint=$(openssl x509 -in cert.pem -outform DER | openssl sha1 -binary | base64 | tr '+/' '-_' | tr -d =)
for i in 1 2 3 4; do
    expect_assertion "$(form $i client_assertion)" public.pem
    out=$header
    expect_json "(d->>'alg') || ' ' || (d->>'x5t')" "RS256 $thumbprint"
    expect_json "d ? 'x5c'" "$([ $i = 4 ] && echo t || echo f)"
    out=$claims
    expect_json "(d->>'iss') || ' ' || (d->>'sub')" "$CLIENT $CLIENT"
    expect_json "(d->>'aud') ~ '^http://127.0.0.1:[0-9]+/$TENANT/oauth2/v2.0/token\$'" t
    expect_json "(d->>'exp')::int - (d->>'nbf')::int" 600
    expect_json "abs(extract(epoch FROM now()) - (d->>'nbf')::int) < 60" t
done
expect_same 4 "$(for i in 1 2 3 4; do form $i client_assertion; done | sort -u | wc -l)" "assertions, each of its own"
for file in app.pfx locked.pem key.pem nothing.pem; do
    try <<EOF
export AZURE_TENANT_ID=$TENANT AZURE_CLIENT_ID=$CLIENT
AZURE_CLIENT_CERTIFICATE_PATH=$file sign_in azure host=h user=me
EOF
    expect_status 10
    expect_errors "$file"
done
end

begin "workload identity: the federated token is the assertion; tenant and client may come by option"
echo federated.jwt.x >token
token_answer 1
try <<'EOF'
export AZURE_AUTHORITY_HOST=$STANDIN AZURE_FEDERATED_TOKEN_FILE=token
sign_in azure host=h user=me tenant=$TENANT client=$CLIENT
EOF
expect_token
expect_request 1 's/^Content-Length: .*/Content-Length: N/' <<EOF
POST /$TENANT/oauth2/v2.0/token HTTP/1.1
Host: STANDIN
Content-Length: N
Content-Type: application/x-www-form-urlencoded

grant_type=client_credentials&client_id=$CLIENT&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=federated.jwt.x&scope=$RESOURCE%2F.default
EOF
end

begin "managed identity of an App Service"
token_answer 1
token_answer 2
try <<'EOF'
export IDENTITY_ENDPOINT=$STANDIN/msi/token IDENTITY_HEADER=header-secret
sign_in azure host=h user=me
sign_in azure host=h user=me client=$CLIENT
EOF
expect_token
expect_request 1 <<EOF
GET /msi/token?api-version=2019-08-01&resource=$RESOURCE HTTP/1.1
Host: STANDIN
X-IDENTITY-HEADER: header-secret
EOF
expect_request 2 <<EOF
GET /msi/token?api-version=2019-08-01&resource=$RESOURCE&client_id=$CLIENT HTTP/1.1
Host: STANDIN
X-IDENTITY-HEADER: header-secret
EOF
answer 1 403 <<'EOF'
{"error": {"message": "no such identity"}}
EOF
try <<'EOF'
IDENTITY_ENDPOINT=$STANDIN/msi/token IDENTITY_HEADER=header-secret sign_in azure host=h user=me
EOF
expect_status 11
expect_errors 'no such identity'
end

begin "managed identity of a machine; one that has none is passed over"
token_answer 1
answer 2 400 <<'EOF'
{"error": "invalid_request", "error_description": "Identity not found"}
EOF
try <<'EOF'
export AZURE_POD_IDENTITY_AUTHORITY_HOST=$STANDIN/
sign_in azure host=h user=me client=$CLIENT
AZURE_TOKEN_CREDENTIALS=prod sign_in azure host=h user=me
EOF
expect_out '^password eyJ0\.token\.x$'
expect_status 11
expect_errors 'managed identity: 127.0.0.1:[0-9]* answered 400 (Identity not found)'
expect_request 1 <<EOF
GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=$RESOURCE&client_id=$CLIENT HTTP/1.1
Host: STANDIN
Metadata: true
EOF
expect_request 2 <<EOF
GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=$RESOURCE HTTP/1.1
Host: STANDIN
Metadata: true
EOF
end

begin "az: asked for the resource, in the tenant that is named; its warnings are no part of the answer"
tool az <<'EOF'
echo 'WARNING: a new version is out' >&2
echo '{"accessToken": "eyJ0.token.x", "expires_on": 1900000000}'
EOF
try <<'EOF'
export PATH=$PWD/bin:$PATH
sign_in azure host=h user=me tenant=$TENANT
EOF
expect_token
expect_same "account get-access-token --output json --resource https://ossrdbms-aad.database.windows.net --tenant $TENANT" \
    "$(tr '\n' ' ' <arguments | sed 's/ $//')" "arguments"
end

begin "az in which nobody is signed in, then azd, then PowerShell"
tool az <<'EOF'
echo "ERROR: Please run 'az login' to setup account." >&2
exit 1
EOF
tool azd <<'EOF'
echo '{"token": "eyJ0.token.x", "expiresOn": "2030-01-01T00:00:00Z"}'
EOF
tool pwsh <<'EOF'
echo '{"token": "eyJ0.token.x"}'
EOF
try <<'EOF'
export PATH=$PWD/bin:$PATH
sign_in azure host=h user=me tenant=$TENANT
EOF
expect_token
expect_same "auth token --output json --scope https://ossrdbms-aad.database.windows.net/.default --tenant-id $TENANT" \
    "$(tr '\n' ' ' <arguments | sed 's/ $//')" "arguments"
rm bin/azd
try <<'EOF'
export PATH=$PWD/bin:$PATH
sign_in azure host=h user=me tenant=$TENANT
EOF
expect_token
grep -qF "Get-AzAccessToken -ResourceUrl 'https://ossrdbms-aad.database.windows.net' -TenantId '$TENANT'" arguments ||
    fail "$(cat arguments)"
rm bin/pwsh
try <<'EOF'
export PATH=$PWD/bin:$PATH
sign_in azure host=h user=me
EOF
expect_status 11
for reason in 'no Azure identity was found' 'environment: neither AZURE_CLIENT_SECRET' 'AZURE_FEDERATED_TOKEN_FILE is not set' \
    'managed identity: no answer from' "az: az ended with 1 (ERROR: Please run 'az login'" 'azd: not in PATH' 'pwsh: not in PATH'; do
    expect_errors "$reason"
done
end

begin "AZURE_TOKEN_CREDENTIALS chooses; other clouds have databases of their own"
tool az <<'EOF'
echo '{"accessToken": "eyJ0.token.x"}'
EOF
try <<'EOF'
export PATH=$PWD/bin:$PATH AZURE_TENANT_ID=$TENANT AZURE_CLIENT_ID=$CLIENT AZURE_CLIENT_SECRET=s3cr3t
AZURE_TOKEN_CREDENTIALS=AzureCLICredential AZURE_AUTHORITY_HOST=https://login.microsoftonline.us sign_in azure host=h user=me
EOF
expect_token
grep -qx 'https://ossrdbms-aad.database.usgovcloudapi.net' arguments || fail "$(cat arguments)"
try <<'EOF'
AZURE_TOKEN_CREDENTIALS=nobody sign_in azure host=h user=me
EOF
expect_status 10
expect_errors 'AZURE_TOKEN_CREDENTIALS is "nobody"'
end

begin "an answer without a token"
answer 1 200 <<'EOF'
{"access_token": ""}
EOF
answer 2 200 <<'EOF'
<html>sign in to the hotel's network</html>
EOF
try <<'EOF'
export AZURE_AUTHORITY_HOST=$STANDIN AZURE_TENANT_ID=$TENANT AZURE_CLIENT_ID=$CLIENT AZURE_CLIENT_SECRET=s3cr3t
! sign_in azure host=h user=me || exit 1
sign_in azure host=h user=me
EOF
expect_status 11
expect_errors 'no "access_token"'
expect_errors 'not valid JSON'
end

finish
