# Google's credentials, against stand-ins for its services: the access token that is the password at an ordinary port.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../cloud/lib.sh"

ME='host=db.example.com user=deployer@shop.iam.gserviceaccount.com'
LOGIN=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fsqlservice.login
PLATFORM=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform
POST='s/^Content-Length: .*/Content-Length: N/; s/assertion=[A-Za-z0-9_-]*\.[A-Za-z0-9_.-]*/assertion=JWT/'
export ME

token_answer() {
    answer "$1" 200 <<EOF
{"access_token": "ya29.$2", "expires_in": 3599, "token_type": "Bearer"}
EOF
}

expect_token() {
    expect_status 0
    expect_out "^password ya29\\.$1\$"
    expect_out '^sslmode require$'
    expect_out '^user deployer@shop.iam$'
    expect_no_out '^host '
}

service_account() {
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem 2>openssl.log || fail "$(cat openssl.log)"
    openssl pkey -in key.pem -pubout -out public.pem
    awk -v uri="$1" 'BEGIN { printf "{\"type\": \"service_account\", \"private_key_id\": \"k1\", \"client_email\": " \
        "\"deployer@shop.iam.gserviceaccount.com\", \"token_uri\": \"%s\", \"private_key\": \"", uri }
        { printf "%s\\n", $0 } END { print "\"}" }' key.pem
}

begin "a service account's key: an assertion, rightly signed, for the scope of signing in"
service_account 'STANDIN/token' >key.json
token_answer 1 sa
try <<'EOF'
sed -i "s|STANDIN|$STANDIN|" key.json
GOOGLE_APPLICATION_CREDENTIALS=key.json sign_in google $ME
EOF
expect_token sa
expect_request 1 "$POST" <<'EOF'
POST /token HTTP/1.1
Host: STANDIN
Content-Length: N
Content-Type: application/x-www-form-urlencoded

grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=JWT
EOF
expect_assertion "$(form 1 assertion)" public.pem
out=$header
expect_json "d" '{"alg": "RS256", "kid": "k1", "typ": "JWT"}'
out=$claims
expect_json "(d->>'iss') || ' ' || (d->>'scope')" \
    'deployer@shop.iam.gserviceaccount.com https://www.googleapis.com/auth/sqlservice.login'
expect_json "(d->>'aud') ~ '^http://127.0.0.1:[0-9]+/token\$'" t
expect_json "(d->>'exp')::int - (d->>'iat')::int" 3600
expect_json "abs(extract(epoch FROM now()) - (d->>'iat')::int) < 60" t
end

begin "keys that are none: an error that names the file and nothing of what is in it"
i=0
for text in '{"type": "service_account", "client_email": "a@b", "private_key": "s3cr3t-key"}' '{"type": "authorized_user", "x": "s3cr3t-key"' \
    '["s3cr3t-key"]' '{"type": "s3cr3t"}' '{"type": "authorized_user", "client_id": "c", "refresh_token": "s3cr3t-key"}' '{}' \
    '{"type": "external_account", "audience": "a", "subject_token_type": "t", "credential_source": {"environment_id": "aws1"}}'; do
    i=$((i + 1))
    echo "$text" >"key$i.json"
    try <<EOF
GOOGLE_APPLICATION_CREDENTIALS=key$i.json sign_in google \$ME
EOF
    expect_status 10
    expect_errors "key$i.json"
    expect_no_errors 's3cr3t-key'
done
try <<'EOF'
GOOGLE_APPLICATION_CREDENTIALS=nothing.json sign_in google $ME
EOF
expect_status 10
expect_errors 'nothing.json'
end

begin "what gcloud keeps for applications: a user's refresh token"
token_answer 1 user
token_answer 2 user
write .config/gcloud/application_default_credentials.json <<'EOF'
{"type": "authorized_user", "client_id": "c.apps", "client_secret": "cs-secret", "refresh_token": "1//r t", "token_uri": "STANDIN/token"}
EOF
try <<'EOF'
sed -i "s|STANDIN|$STANDIN|" .config/gcloud/application_default_credentials.json
sign_in google $ME
mv .config/gcloud elsewhere
CLOUDSDK_CONFIG=$PWD/elsewhere sign_in google $ME
EOF
expect_token user
expect_request 1 "$POST" <<'EOF'
POST /token HTTP/1.1
Host: STANDIN
Content-Length: N
Content-Type: application/x-www-form-urlencoded

grant_type=refresh_token&client_id=c.apps&client_secret=cs-secret&refresh_token=1%2F%2Fr%20t
EOF
expect_requests 2
answer 1 400 <<'EOF'
{"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
EOF
try <<'EOF'
CLOUDSDK_CONFIG=$PWD/elsewhere; export CLOUDSDK_CONFIG
sed -i "s|http[^\"]*/token|$STANDIN/token|" elsewhere/application_default_credentials.json
sign_in google $ME
EOF
expect_status 11
expect_errors 'Token has been expired or revoked'
expect_no_errors '1//r t'
end

begin "the metadata server"
token_answer 1 gce
try <<'EOF'
GCE_METADATA_HOST=${STANDIN#http://} sign_in google $ME
EOF
expect_token gce
expect_request 1 <<EOF
GET /computeMetadata/v1/instance/service-accounts/default/token?scopes=$LOGIN HTTP/1.1
Host: STANDIN
Metadata-Flavor: Google
EOF
answer 1 404 <<'EOF'
{}
EOF
try <<'EOF'
GCE_METADATA_HOST=${STANDIN#http://} sign_in google $ME
EOF
expect_status 11
expect_errors 'answered 404'
try <<'EOF'
sign_in google $ME
EOF
expect_status 11
expect_errors 'no Google identity was found'
expect_errors 'GOOGLE_APPLICATION_CREDENTIALS is not set'
expect_errors 'application_default_credentials.json is not there'
expect_errors 'metadata server: no answer'
expect_errors 'gcloud: not in PATH'
end

begin "who is signed in with gcloud itself"
write bin/gcloud <<'EOF'
#!/bin/sh
echo "$@" >asked
echo '{"configuration": {}, "credential": {"access_token": "ya29.cli", "id_token": "x", "token_expiry": "2030-01-01T00:00:00Z"}}'
EOF
chmod +x bin/gcloud
try <<'EOF'
PATH=$PWD/bin:$PATH sign_in google $ME
EOF
expect_token cli
expect_same 'config config-helper --format=json' "$(cat asked)" "what gcloud was asked"
write bin/gcloud <<'EOF'
#!/bin/sh
printf '%s\n' 'WARNING: old' 'ERROR: (gcloud.config.config-helper) You do not currently have an active account selected.' \
    'Please run:' '' '  $ gcloud auth login' >&2
exit 1
EOF
try <<'EOF'
PATH=$PWD/bin:$PATH sign_in google $ME
EOF
expect_status 11
expect_errors 'You do not currently have an active account selected'
write bin/gcloud <<'EOF'
#!/bin/sh
exec sleep 10
EOF
try <<'EOF'
PATH=$PWD/bin:$PATH sign_in google $ME deadline=700
EOF
expect_status 16
end

# external CREDENTIAL-SOURCE [MORE] – federated credentials, in external.json, with STANDIN in it
external() {
    cat >external.json <<EOF
{"type": "external_account", "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
 "subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "token_url": "STANDIN/v1/token", "credential_source": $1${2:+, $2}}
EOF
}

federate() {
    try <<EOF
sed "s|STANDIN|\$STANDIN|g" external.json >ext.json
${1:-} GOOGLE_APPLICATION_CREDENTIALS=ext.json sign_in google \$ME
EOF
}

# expect_exchange NUMBER SCOPE SUBJECT
expect_exchange() {
    expect_request "$1" "$POST" <<EOF
POST /v1/token HTTP/1.1
Host: STANDIN
Content-Length: N
Content-Type: application/x-www-form-urlencoded

grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&audience=%2F%2Fiam.googleapis.com%2Fprojects%2F1%2Flocations%2Fglobal%2FworkloadIdentityPools%2Fp%2Fproviders%2Fx&scope=$2&requested_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token&subject_token=$3&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt
EOF
}

begin "federation with a token in a file: text, and a field of JSON"
echo subject.in.file >subject
external '{"file": "subject"}'
token_answer 1 fed
federate
expect_token fed
expect_exchange 1 "$LOGIN" subject.in.file
echo '{"id": {"token": "no"}, "token": "subject.in.json"}' >subject
external '{"file": "subject", "format": {"type": "json", "subject_token_field_name": "token"}}'
federate
expect_token fed
expect_exchange 1 "$LOGIN" subject.in.json
end

begin "federation with a token from a URL, as a build service gives it, acting as a service account"
external '{"url": "STANDIN/oidc?audience=x", "headers": {"Authorization": "bearer request-token"}, "format": {"type": "json", "subject_token_field_name": "value"}}' \
    '"service_account_impersonation_url": "STANDIN/v1/projects/-/serviceAccounts/deployer%40shop.iam.gserviceaccount.com:generateAccessToken", "service_account_impersonation": {"token_lifetime_seconds": 600}'
answer 1 200 <<'EOF'
{"count": 1, "value": "subject.at.url"}
EOF
token_answer 2 federated
answer 3 200 <<'EOF'
{"accessToken": "ya29.acting", "expireTime": "2030-01-01T00:00:00Z"}
EOF
federate
expect_token acting
expect_request 1 <<'EOF'
GET /oidc?audience=x HTTP/1.1
Host: STANDIN
Authorization: bearer request-token
EOF
expect_exchange 2 "$PLATFORM" subject.at.url
expect_request 3 "$POST" <<'EOF'
POST /v1/projects/-/serviceAccounts/deployer%40shop.iam.gserviceaccount.com:generateAccessToken HTTP/1.1
Host: STANDIN
Authorization: Bearer ya29.federated
Content-Type: application/json
Content-Length: N

{"scope":["https://www.googleapis.com/auth/sqlservice.login"],"lifetime":"600s"}
EOF
answer 1 403 <<'EOF'
{"message": "no id-token permission"}
EOF
federate
expect_status 11
expect_errors 'no id-token permission'
expect_no_errors 'request-token'
end

begin "federation with a token of a program, which must be allowed"
write give <<'EOF'
#!/bin/sh
echo "$@ $GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE $GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE $GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE" >asked
echo 'talking' >&2
echo '{"version": 1, "success": true, "token_type": "urn:ietf:params:oauth:token-type:id_token", "id_token": "subject.of.program"}'
EOF
chmod +x give
external '{"executable": {"command": "./give a  b;c", "timeout_millis": 5000, "output_file": "kept.json"}}'
federate
expect_status 10
expect_errors 'GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1'
token_answer 1 program
federate GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1
expect_token program
expect_exchange 1 "$LOGIN" subject.of.program
expect_same 'a b;c urn:ietf:params:oauth:token-type:jwt 0 kept.json' "$(cat asked)" "what the program was given"
rm asked
echo '{"version": 1, "success": true, "token_type": "x", "id_token": "subject.kept", "expiration_time": 4000000000}' >kept.json
federate GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1
expect_exchange 1 "$LOGIN" subject.kept
[ ! -f asked ] || fail "the program ran although a token was kept"
write give <<'EOF'
#!/bin/sh
echo '{"version": 1, "success": false, "code": "401", "message": "sign in first"}'
EOF
rm kept.json
federate GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1
expect_status 11
expect_errors 'gave no token'
expect_errors '401: sign in first'
end

begin "an application of a workforce pool names itself"
echo subject.x >subject
external '{"file": "subject"}' '"client_id": "c:1", "client_secret": "cs-secret"'
token_answer 1 fed
federate
expect_token fed
grep -qx "Authorization: Basic $(printf 'c%%3A1:cs-secret' | base64)" request.1 || fail "$(cat request.1)"
external '{"file": "subject"}' '"workforce_pool_user_project": "p1"'
federate
grep -q '&options=%7B%22userProject%22%3A%22p1%22%7D$' request.1 || fail "$(cat request.1)"
end

begin "a user who may act as a service account, also by way of others"
write imp.json <<'EOF'
{"type": "impersonated_service_account", "delegates": ["projects/-/serviceAccounts/hop@x"],
 "service_account_impersonation_url": "STANDIN/v1/acting:generateAccessToken",
 "source_credentials": {"type": "authorized_user", "client_id": "c", "client_secret": "cs-secret", "refresh_token": "rt-secret", "token_uri": "STANDIN/token"}}
EOF
token_answer 1 own
answer 2 200 <<'EOF'
{"accessToken": "ya29.acting"}
EOF
try <<'EOF'
sed -i "s|STANDIN|$STANDIN|g" imp.json
GOOGLE_APPLICATION_CREDENTIALS=imp.json sign_in google $ME
EOF
expect_token acting
expect_request 2 "$POST" <<'EOF'
POST /v1/acting:generateAccessToken HTTP/1.1
Host: STANDIN
Authorization: Bearer ya29.own
Content-Type: application/json
Content-Length: N

{"scope":["https://www.googleapis.com/auth/sqlservice.login"],"delegates":["projects/-/serviceAccounts/hop@x"]}
EOF
end

finish
