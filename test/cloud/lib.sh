# test/cloud/lib.sh: what the tests of signing in to clouds share. Sourced behind test/lib.sh.
#
#     answer 1 200 <<'EOF'          what the stand-in answers to the first request
#     {"access_token": "eyJ0"}
#     EOF
#     try <<'EOF'                   a script beside the stand-in, which it finds by $STANDIN; a home folder of its own
#     AZURE_AUTHORITY_HOST=$STANDIN sign_in azure
#     EOF
#     expect_request 1 <<'EOF'      what was asked, word for word
#     …
#     EOF
for variable in $(env | sed -n 's/^\(\(AWS\|AZURE\|GOOGLE\|GCE\|CLOUDSDK\|CSQL\|IDENTITY\|CURL\|SSL_CERT\)_[A-Z_]*\)=.*/\1/p'); do
    unset "$variable"
done
unset XDG_RUNTIME_DIR http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY

# The programs of this machine, but for those that would lead to somebody's real identity.
mkdir "$test_root/programs"
for folder in $(printf '%s' "$PATH" | tr : ' '); do
    ln -sf "$folder"/* "$test_root/programs/"
done
(cd "$test_root/programs" && rm -f az azd pwsh gcloud)
PATH=$BUILD/test/cloud:$test_root/programs

# answer NUMBER STATUS – the body is on stdin
answer() {
    rm -f "answer.$1" # it may have been a program
    { echo "$2"; cat; } >"answer.$1"
}

# Answers by a program on stdin, which gets the request.
answer_with() {
    cat >"answer.$1"
    chmod +x "answer.$1"
}

# try [--tls CERTIFICATE KEY] – a script on stdin; where it says nothing of a metadata service, there is none
try() {
    rm -f request.*
    { cat <<'EOF'; cat; } >script
export HOME=$PWD GCE_METADATA_HOST=127.0.0.1:1
export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1 AZURE_POD_IDENTITY_AUTHORITY_HOST=http://127.0.0.1:1
EOF
    run standin . "$@" -- sh -eu ./script
}

# expect_request NUMBER [SED-SCRIPT] – the whole request, on stdin; what libcurl says of itself is left out, the server is STANDIN
expect_request() {
    [ -f "request.$1" ] || { fail "there was no request $1"; cat >/dev/null; return; }
    expect_same "$(cat)" "$(sed -e '/^User-Agent: pgwright\//d' -e '/^Accept: \*\/\*$/d' -e 's/127\.0\.0\.1:[0-9]*/STANDIN/g' \
        -e 's/127\.0\.0\.1%3A[0-9]*/STANDIN/g' -e "${2:-}" "request.$1")" "request $1"
}

expect_requests() {
    expect_same "$1" "$(find . -maxdepth 1 -name 'request.*' | wc -l)" "number of requests"
}

# form NUMBER NAME – a field of the form that was sent
form() {
    tail -n 1 "request.$1" | tr '&' '\n' | sed -n "s/^$2=//p"
}

unbase64url() {
    text=$(printf '%s' "$1" | tr -- '-_' '+/')
    while [ $((${#text} % 4)) -ne 0 ]; do text=$text=; done
    printf '%s' "$text" | base64 -d
}

# expect_assertion JWT PUBLIC-KEY – its signature is right; $header and $claims hold its parts
expect_assertion() {
    header=$(unbase64url "${1%%.*}")
    rest=${1#*.}
    claims=$(unbase64url "${rest%%.*}")
    unbase64url "${1##*.}" >signature
    printf '%s' "${1%.*}" >signed
    openssl dgst -sha256 -verify "$2" -signature signature signed >/dev/null 2>&1 || fail "the signature of $1 is wrong"
}
