# test/lib.sh: what the shell tests are written in. A test script sources it and says:
#
#     begin "deploys a change once"
#     write deploy/users.sql <<'EOF'
#     CREATE TABLE users ();
#     EOF
#     run $PGWRIGHT deploy
#     expect_status 0
#     expect_sql "SELECT count(*) FROM users" 0
#     end
#
# Each case has a folder of its own (the working folder) and a database of its own ($PGDATABASE), gone at its end. The
# server is test/run's; PGHOST and PGUSER lead to it. Output is one line a case, "ok - name" or "not ok - name" and why.
: "${PGWRIGHT:?run the tests with test/run}" "${PGHOST:?run the tests with test/run}"

test_root=$(mktemp -d "${TMPDIR:-/tmp}/pgwright-test.XXXXXX")
test_script=$(basename "$0" .sh)
test_number=0
: >"$test_root/began"
failures=0
chmod 755 "$test_root" # for servers, which root starts as somebody else
trap leave EXIT
trap 'exit 1' INT TERM
export CI=true # nobody can be asked
# Nothing that a test runs may print or write these, whatever it does: passwords of the environment, a token and a key of a cloud,
# the password in a URL, the value of a secret parameter. The test server asks for no password.
canary=Kanarienvogel7c1e
canary_token=Tokenlerche9f2d
canary_url=Urlzeisig5b8a
canary_param=Parameterstar3e6c
canaries="$canary
$canary_token
$canary_url
$canary_param"
export PGPASSWORD=$canary PGSSLPASSWORD=$canary AWS_SECRET_ACCESS_KEY=$canary_token AZURE_CLIENT_SECRET=$canary_token

# Throwaway servers lie in a cache of this script's own, and end with it, as do all servers that work below its folder.
export XDG_CACHE_HOME="$test_root/cache"

leave() {
    find "$test_root" -name postmaster.pid -exec head -qn 1 {} + 2>/dev/null | while read -r pid; do
        case $(readlink "/proc/$pid/cwd") in
        "$test_root"/*) kill -QUIT "$pid" && timeout 10 tail --pid="$pid" -f /dev/null ;;
        esac
    done
    rm -rf "$test_root"
}

begin() {
    name=$1
    why=
    test_number=$((test_number + 1))
    export PGDATABASE="t_$(echo "$test_script" | tr -c 'a-z0-9\n' _)_${test_number}_$$"
    mkdir "$test_root/$test_number"
    cd "$test_root/$test_number" || exit 1
    psql -XAtq -d postgres -c "CREATE DATABASE \"$PGDATABASE\"" || why="no database"
}

end() {
    betrayed=$(grep -rlF "$canaries" . 2>/dev/null) && fail "a secret was written to $betrayed"
    if [ -z "$why" ]; then
        echo "ok - $test_script: $name"
    else
        echo "not ok - $test_script: $name"
        printf '%s\n' "$why" | sed 's/^/    /'
        failures=$((failures + 1))
    fi
    cd / || exit 1
    psql -XAtq -d postgres -c "DROP DATABASE IF EXISTS \"$PGDATABASE\" WITH (FORCE)" >/dev/null 2>&1
}

# The case cannot be run here.
skip() {
    echo "ok - $test_script: $1 # skip $2"
}

fail() {
    why="$why$1
"
}

# schema_facts DATABASE SCHEMA ORDER – what the catalogs hold of a schema (a literal; NULL: of all), a line each, by test/madeup/facts.sql.
schema_facts() {
    psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -c "PREPARE facts (text, bool) AS $(cat "$PGWRIGHT_SOURCE/test/madeup/facts.sql")" \
        -c "EXECUTE facts ($2, $3)" 2>"$test_root/facts.err" || fail "no facts of $1: $(cat "$test_root/facts.err")"
}

# alone_with NAME – until this script ends no other one has what the databases of the server share under this name.
alone_with() {
    exec 9>>"$PGHOST/$1.lock"
    flock -w "${TEST_LIMIT:-1200}" 9 || fail "another script does not let go of $1"
}

# Writes a file with its folders from stdin.
write() {
    mkdir -p "$(dirname "$1")"
    cat >"$1"
}

# Runs a command for at most two minutes; $status, $out and $errors hold what came of it.
run() {
    timeout 120 "$@" >"$test_root/out" 2>"$test_root/errors" </dev/null
    status=$?
    out=$(cat "$test_root/out")
    errors=$(cat "$test_root/errors")
    command="$*"
    ! printf '%s' "$out$errors" | grep -qF "$canaries" || fail "\`$command\` printed a secret:
$out
$errors"
}

expect_status() {
    [ "$status" = "$1" ] || fail "\`$command\` ended with $status, not $1
$out
$errors"
}

expect_out() {
    printf '%s\n' "$out" | grep -qe "$1" || fail "\`$command\` did not print \"$1\":
$out
$errors"
}

expect_no_out() {
    ! printf '%s\n' "$out" | grep -qe "$1" || fail "\`$command\` printed \"$1\":
$out"
}

expect_errors() {
    printf '%s\n' "$errors" | grep -qe "$1" || fail "\`$command\` did not say \"$1\" on stderr:
$errors"
}

expect_no_errors() {
    ! printf '%s\n' "$errors" | grep -qe "$1" || fail "\`$command\` said \"$1\" on stderr:
$errors"
}

expect_same() {
    [ "$1" = "$2" ] || fail "$3:
--- wanted
$1
--- got
$2"
}

sql() {
    psql -XAtq -v ON_ERROR_STOP=1 -c "$1" 2>&1
}

# expect_sql QUERY VALUE
expect_sql() {
    got=$(sql "$1")
    [ "$got" = "$2" ] || fail "$1
gave \"$got\", not \"$2\""
}

# expect_json EXPRESSION VALUE – the document on stdout, asked by PostgreSQL: `d` is its jsonb.
expect_json() {
    got=$(printf '%s' "$out" | psql -XAtq -v ON_ERROR_STOP=1 -d postgres -c 'CREATE TEMP TABLE lines (n serial, line text)' \
        -c "\\copy lines (line) FROM pstdin WITH (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')" \
        -c "SELECT $1 FROM (SELECT string_agg(line, E'\\n' ORDER BY n)::jsonb AS d FROM lines) x" 2>&1)
    [ "$got" = "$2" ] || fail "$1 of the JSON document
gave \"$got\", not \"$2\", in:
$out"
}

# change NAME [DEPENDENCIES] – a change of the project here, with scripts on stdin-less defaults: a table of that name.
change() {
    mkdir -p "$(dirname "deploy/$1")" "$(dirname "verify/$1")" "$(dirname "revert/$1")"
    table=$(basename "$1")
    echo "$1 ${2:+[$2] }2024-01-01T00:00:00Z Tester <tester@example.com> # $table" >>"$(ls ./*.plan)"
    printf -- '-- Deploy %s to pg\n\nBEGIN;\nCREATE TABLE %s (id int);\nCOMMIT;\n' "$1" "$table" >"deploy/$1.sql"
    printf -- '-- Verify %s on pg\n\nBEGIN;\nSELECT id FROM %s WHERE false;\nROLLBACK;\n' "$1" "$table" >"verify/$1.sql"
    printf -- '-- Revert %s from pg\n\nBEGIN;\nDROP TABLE %s;\nCOMMIT;\n' "$1" "$table" >"revert/$1.sql"
}

# project FORMAT [NAME] – an empty project here.
project() {
    printf '%%syntax-version=1.0.0\n%%project=%s\n\n' "${2:-shop}" >"$1.plan"
}

tag() {
    echo "@$1 2024-01-01T00:00:00Z Tester <tester@example.com> # $1" >>"$(ls ./*.plan)"
}

# What the program wrote since this script began, outside of the tests' own folders: caches, the sandbox, folders for a moment.
program_files() {
    find "${XDG_CACHE_HOME:-$HOME/.cache}/pgwright" /tmp/pgwright-[0-9]* /tmp/pgwright-older.* \
        ${XDG_RUNTIME_DIR:+"$XDG_RUNTIME_DIR"} -xdev -type f -newer "$test_root/began" 2>/dev/null
}

finish() {
    betrayed=$(program_files | tr '\n' '\0' | xargs -0 -r grep -lF "$canaries" 2>/dev/null)
    if [ -n "$betrayed" ]; then
        echo "not ok - $test_script: a secret was written to $betrayed"
        failures=$((failures + 1))
    fi
    exit "$((failures > 0))"
}
