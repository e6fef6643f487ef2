# Signing in to RDS and Aurora, against stand-ins for AWS's services.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../cloud/lib.sh"

DATABASE='host=db.example.eu-west-1.rds.amazonaws.com port=5432 user=deployer region=eu-west-1'
export DATABASE

# The token on stdout is signed by this key, with this session token or none.
expect_token() {
    expect_status 0
    expect_out "^password db\.example\.eu-west-1\.rds\.amazonaws\.com:5432/?Action=connect&DBUser=deployer&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=$1%2F[0-9]*%2Feu-west-1%2Frds-db%2Faws4_request&X-Amz-Date=[0-9]*T[0-9]*Z&X-Amz-Expires=900&${2:+X-Amz-Security-Token=$2&}X-Amz-SignedHeaders=host&X-Amz-Signature=[0-9a-f]\{64\}\$"
    expect_out '^sslmode require$'
}

# What is new in each request.
DATES='s/[0-9]\{8\}T[0-9]\{6\}Z/DATE/; s/Credential=\([^/]*\)\/[0-9]*/Credential=\1\/DAY/; s/Signature=[0-9a-f]\{64\}/Signature=HEX/
    s/pgwright-[0-9]*/pgwright-TIME/; s/^Content-Length: [0-9]*/Content-Length: N/'

role_answer() {
    answer "$1" 200 <<EOF
<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><Arn>arn:x</Arn>
</AssumedRoleUser><Credentials><AccessKeyId>$2</AccessKeyId><SecretAccessKey>s3cr3t</SecretAccessKey>
<SessionToken>session/$2==</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
EOF
}

begin "keys of the environment: nobody is asked"
try <<'EOF'
export AWS_ACCESS_KEY_ID=AKID AWS_SECRET_ACCESS_KEY=skid-secret AWS_PROFILE=none
sign_in aws $DATABASE
export AWS_SESSION_TOKEN=t/1
sign_in aws $DATABASE
EOF
expect_token AKID
expect_token AKID t%2F1
expect_requests 0
end

begin "web identity: the token is exchanged for a role's keys, unsigned"
write token <<'EOF'
web.identity.token
EOF
role_answer 1 ASIAWEB
try <<'EOF'
export AWS_ENDPOINT_URL_STS=$STANDIN/ AWS_ROLE_ARN=arn:aws:iam::123456789012:role/deploy AWS_ROLE_SESSION_NAME=ci
AWS_WEB_IDENTITY_TOKEN_FILE=token sign_in aws $DATABASE
EOF
expect_token ASIAWEB session%2FASIAWEB%3D%3D
expect_request 1 "$DATES" <<'EOF'
POST / HTTP/1.1
Host: STANDIN
Content-Type: application/x-www-form-urlencoded
Content-Length: N

Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdeploy&RoleSessionName=ci&WebIdentityToken=web.identity.token
EOF
end

begin "what STS refuses is told in its words, and ends the search"
write token <<'EOF'
web.identity.token
EOF
answer 1 403 <<'EOF'
<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message></Error></ErrorResponse>
EOF
write .aws/credentials <<'EOF'
[default]
aws_access_key_id = OTHER
aws_secret_access_key = other-secret
EOF
try <<'EOF'
AWS_ENDPOINT_URL=$STANDIN AWS_ROLE_ARN=arn:x AWS_WEB_IDENTITY_TOKEN_FILE=token sign_in aws $DATABASE
EOF
expect_status 11
expect_errors 'answered 403'
expect_errors 'Not authorized to perform sts:AssumeRoleWithWebIdentity'
expect_errors 'signing in to AWS: taking the role arn:x'
expect_no_errors 'web.identity.token'
end

begin "keys of a profile; ~/.aws/credentials has the last word"
write .aws/config <<'EOF'
[default]
aws_access_key_id = FROMCONFIG
aws_secret_access_key = s1-secret
[profile other]
aws_access_key_id = OTHER
aws_secret_access_key = s2-secret
aws_session_token = t2
EOF
write .aws/credentials <<'EOF'
[default]
aws_access_key_id = FROMCREDENTIALS
EOF
try <<'EOF'
sign_in aws $DATABASE
AWS_PROFILE=other sign_in aws $DATABASE
EOF
expect_token FROMCREDENTIALS
expect_token OTHER t2
end

begin "files of other names"
write elsewhere/config <<'EOF'
[profile p]
aws_access_key_id = ELSE
EOF
write elsewhere/keys <<'EOF'
[p]
aws_secret_access_key = s3cr3t
EOF
try <<'EOF'
AWS_CONFIG_FILE=~/elsewhere/config AWS_SHARED_CREDENTIALS_FILE=elsewhere/keys AWS_PROFILE=p sign_in aws $DATABASE
EOF
expect_token ELSE
end

begin "a role by way of another profile: two roles, each request signed with what came before"
write .aws/config <<'EOF'
[profile app]
role_arn = arn:aws:iam::1:role/app
source_profile = hop
external_id = x/1
role_session_name = me
duration_seconds = 900
[profile hop]
role_arn = arn:aws:iam::1:role/hop
source_profile = base
[profile base]
aws_access_key_id = BASE
aws_secret_access_key = base-secret
EOF
role_answer 1 ASIAHOP
role_answer 2 ASIAAPP
try <<'EOF'
AWS_ENDPOINT_URL_STS=$STANDIN AWS_PROFILE=app sign_in aws $DATABASE
EOF
expect_token ASIAAPP session%2FASIAAPP%3D%3D
expect_request 1 "$DATES" <<'EOF'
POST / HTTP/1.1
Host: STANDIN
Content-Type: application/x-www-form-urlencoded
X-Amz-Date: DATE
Authorization: AWS4-HMAC-SHA256 Credential=BASE/DAY/eu-west-1/sts/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=HEX
Content-Length: N

Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fhop&RoleSessionName=pgwright-TIME
EOF
expect_request 2 "$DATES" <<'EOF'
POST / HTTP/1.1
Host: STANDIN
Content-Type: application/x-www-form-urlencoded
X-Amz-Date: DATE
Authorization: AWS4-HMAC-SHA256 Credential=ASIAHOP/DAY/eu-west-1/sts/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=HEX
X-Amz-Security-Token: session/ASIAHOP==
Content-Length: N

Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fapp&RoleSessionName=me&DurationSeconds=900&ExternalId=x%2F1
EOF
end

begin "a role by the environment's keys, by its own, by a token; circles and unknown profiles are errors"
write .aws/config <<'EOF'
[profile env]
role_arn = arn:e
credential_source = Environment
[profile own]
role_arn = arn:o
source_profile = own
aws_access_key_id = OWN
aws_secret_access_key = own-secret
[profile web]
role_arn = arn:w
web_identity_token_file = token
[profile a]
role_arn = arn:a
source_profile = b
[profile b]
role_arn = arn:b
source_profile = a
[profile mfa]
role_arn = arn:m
source_profile = own
mfa_serial = arn:device
EOF
echo web.token >token
role_answer 1 ONE
role_answer 2 TWO
role_answer 3 THREE
try <<'EOF'
export AWS_ENDPOINT_URL=$STANDIN
AWS_PROFILE=own sign_in aws $DATABASE
AWS_PROFILE=web sign_in aws $DATABASE
export AWS_PROFILE=env AWS_ACCESS_KEY_ID=ENV AWS_SECRET_ACCESS_KEY=env-secret
sign_in aws $DATABASE # the environment comes before the profile
EOF
expect_token ONE session%2FONE%3D%3D
expect_token TWO session%2FTWO%3D%3D
expect_token ENV
expect_requests 2
for profile in a mfa nobody; do
    try <<EOF
AWS_PROFILE=$profile sign_in aws \$DATABASE
EOF
    expect_status 10
    case $profile in
    a) expect_errors 'circle' ;;
    mfa) expect_errors 'MFA' ;;
    *) expect_errors 'there is no AWS profile nobody' ;;
    esac
done
end

begin "credential_process: a program gives the keys; what it says on stderr is not among them"
write .aws/config <<'EOF'
[default]
credential_process = sh ./keys 'a b'
[profile fails]
credential_process = echo s1-secret; echo "no network" >&2; exit 3
[profile babbles]
credential_process = echo s1-secret
EOF
write keys <<'EOF'
echo "renewing" >&2
echo '{"Version": 1, "AccessKeyId": "'"PROCESS$#"'", "SecretAccessKey": "s1-secret", "SessionToken": "t1"}'
EOF
try <<'EOF'
sign_in aws $DATABASE
EOF
expect_token PROCESS1 t1
for profile in fails babbles; do
    try <<EOF
AWS_PROFILE=$profile sign_in aws \$DATABASE
EOF
    expect_status 11
    [ $profile = babbles ] || expect_errors 'no network'
    expect_no_errors 's1-secret'
done
end

begin "IAM Identity Center: the token that aws sso login left, for a role's keys"
write .aws/config <<'EOF'
[profile corp]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Deploy
[sso-session corp]
sso_region = us-east-2
sso_start_url = https://corp.awsapps.com/start
[profile old]
sso_start_url = https://old.awsapps.com/start
sso_region = us-east-2
sso_account_id = 1
sso_role_name = R
EOF
mkdir -p .aws/sso/cache
cache() {
    cat >".aws/sso/cache/$(printf '%s' "$1" | sha1sum | cut -d ' ' -f 1).json"
}
echo '{"accessToken": "sso-token", "expiresAt": "2100-01-01T00:00:00Z"}' | cache corp
answer 1 200 <<'EOF'
{"roleCredentials": {"accessKeyId": "ASIASSO", "secretAccessKey": "s1-secret", "sessionToken": "t1", "expiration": 1}}
EOF
try <<'EOF'
AWS_ENDPOINT_URL_SSO=$STANDIN AWS_PROFILE=corp sign_in aws $DATABASE
EOF
expect_token ASIASSO t1
expect_request 1 <<'EOF'
GET /federation/credentials?account_id=123456789012&role_name=Deploy HTTP/1.1
Host: STANDIN
x-amz-sso_bearer_token: sso-token
EOF
for expires in '' 2020-01-01T00:00:00Z; do
    [ -z "$expires" ] || echo '{"accessToken": "sso-token", "expiresAt": "'$expires'"}' | cache https://old.awsapps.com/start
    try <<'EOF'
AWS_ENDPOINT_URL_SSO=$STANDIN AWS_PROFILE=old sign_in aws $DATABASE
EOF
    expect_status 11
    expect_errors 'aws sso login --profile old'
    expect_requests 0
done
end

begin "container: with its authorization, from the variable or a file"
echo token-in-file >token
for i in 1 2 3; do
    answer $i 200 <<EOF
{"RoleArn": "arn:x", "AccessKeyId": "ECS$i", "SecretAccessKey": "s1-secret", "Token": "t$i", "Expiration": "2030-01-01T00:00:00Z"}
EOF
done
try <<'EOF'
export AWS_CONTAINER_CREDENTIALS_FULL_URI=$STANDIN/creds?id=1
sign_in aws $DATABASE
export AWS_CONTAINER_AUTHORIZATION_TOKEN='Basic abc'
sign_in aws $DATABASE
AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=token sign_in aws $DATABASE
EOF
expect_token ECS1 t1
expect_token ECS3 t3
expect_request 1 <<'EOF'
GET /creds?id=1 HTTP/1.1
Host: STANDIN
EOF
expect_request 2 <<'EOF'
GET /creds?id=1 HTTP/1.1
Host: STANDIN
Authorization: Basic abc
EOF
expect_request 3 <<'EOF'
GET /creds?id=1 HTTP/1.1
Host: STANDIN
Authorization: token-in-file
EOF
try <<'EOF'
AWS_CONTAINER_CREDENTIALS_FULL_URI=http://example.com/creds AWS_CONTAINER_AUTHORIZATION_TOKEN=abcdef sign_in aws $DATABASE
EOF
expect_status 10
expect_errors 'leads out of this machine'
end

begin "instance: the metadata service, second version"
answer 1 200 <<'EOF'
metadata-token
EOF
answer 2 200 <<'EOF'
deploy-role
EOF
answer 3 200 <<'EOF'
{"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": "ASIAEC2", "SecretAccessKey": "s1-secret", "Token": "t1"}
EOF
try <<'EOF'
AWS_EC2_METADATA_SERVICE_ENDPOINT=$STANDIN/ sign_in aws $DATABASE
EOF
expect_token ASIAEC2 t1
expect_request 1 <<'EOF'
PUT /latest/api/token HTTP/1.1
Host: STANDIN
X-aws-ec2-metadata-token-ttl-seconds: 21600
EOF
expect_request 2 <<'EOF'
GET /latest/meta-data/iam/security-credentials/ HTTP/1.1
Host: STANDIN
X-aws-ec2-metadata-token: metadata-token
EOF
expect_request 3 <<'EOF'
GET /latest/meta-data/iam/security-credentials/deploy-role HTTP/1.1
Host: STANDIN
X-aws-ec2-metadata-token: metadata-token
EOF
end

begin "nothing found: every source says why"
try <<'EOF'
! sign_in aws $DATABASE || exit 1
AWS_EC2_METADATA_DISABLED=true sign_in aws $DATABASE
EOF
expect_status 11
for reason in 'no AWS identity was found' 'instance: no answer from 127.0.0.1:1' 'AWS_ACCESS_KEY_ID is not set' 'AWS_WEB_IDENTITY_TOKEN_FILE is not set' 'AWS_PROFILE is not set' \
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set' 'AWS_EC2_METADATA_DISABLED'; do
    expect_errors "$reason"
done
end

begin "a service that is busy is asked again, twice; redirects are not followed; the deadline holds"
echo web.token >token
for i in 1 2; do answer $i 503 </dev/null; done
role_answer 3 PATIENT
answer 4 302 <<'EOF'
{}
EOF
try <<'EOF'
export AWS_ENDPOINT_URL=$STANDIN AWS_ROLE_ARN=arn:x AWS_WEB_IDENTITY_TOKEN_FILE=token
sign_in aws $DATABASE
sign_in aws $DATABASE
EOF
expect_status 11
expect_out "X-Amz-Credential=PATIENT"
expect_errors 'answered 302'
expect_requests 4
answer_with 1 <<'EOF'
#!/bin/sh
sleep 2
EOF
try <<'EOF'
AWS_ENDPOINT_URL=$STANDIN AWS_ROLE_ARN=arn:x AWS_WEB_IDENTITY_TOKEN_FILE=token sign_in aws $DATABASE deadline=300
EOF
expect_status 16
expect_errors 'out of time'
end

begin "TLS is verified; an authority of one's own is named with SSL_CERT_FILE"
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=standin \
    -addext subjectAltName=IP:127.0.0.1 2>openssl.log || fail "$(cat openssl.log)"
openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -days 2 -subj /CN=standin \
    -addext subjectAltName=DNS:other.example.com 2>openssl.log || fail "$(cat openssl.log)"
echo web.token >token
role_answer 1 TLS
try --tls cert.pem key.pem <<'EOF'
export AWS_ENDPOINT_URL=$STANDIN AWS_ROLE_ARN=arn:x AWS_WEB_IDENTITY_TOKEN_FILE=token
! sign_in aws $DATABASE || exit 1
SSL_CERT_FILE=cert.pem sign_in aws $DATABASE
EOF
expect_token TLS session%2FTLS%3D%3D
expect_errors 'certificate'
try --tls other.pem other.key <<'EOF'
export AWS_ENDPOINT_URL=$STANDIN AWS_ROLE_ARN=arn:x AWS_WEB_IDENTITY_TOKEN_FILE=token
CURL_CA_BUNDLE=other.pem sign_in aws $DATABASE
EOF
expect_status 11
expect_requests 0
try <<'EOF'
AWS_ENDPOINT_URL=http://sts.example.com AWS_ROLE_ARN=arn:x AWS_WEB_IDENTITY_TOKEN_FILE=token sign_in aws $DATABASE
EOF
expect_status 10
expect_errors 'plain HTTP'
end

finish
