# The real pgmi beside us: projects of this folder, which use every part of the session's contract between them, and its own
# templates. Each project has a folder in test/peers/pgmi:
#
#     about        what it is for, in a line
#     arguments    a line for each deployment, in order: what is said beside the folder and the database
#     project/     the folder that is deployed
#     rows.sql     asked after each deployment
#     ours         is there when pgmi has nothing like it
#     expected     what comes of it: exit codes, counts, notices, errors, rows
#     facts        every fact of the schemas at the end, for catalog-facts.sql
#
# What we do is compared with what is written there, and with what pgmi does where Go's module proxy gives it to us.
. "$(dirname "$0")/../lib.sh"

PROJECTS=$PGWRIGHT_SOURCE/test/peers/pgmi
FACTS=$PGWRIGHT_SOURCE/../shared/tools/catalog-facts.sql
PGMI=$BUILD/peers/bin/pgmi
OWN='^error: \|^hint: \|^script: \|^line: \|^column: \|^failedFile: '
PGMI_MODULE=github.com/vvka-141/pgmi/cmd/pgmi@v0.12.0

# Installed once for a build folder; a refusal holds for this run of the tests.
install_pgmi() {
    refusal=$PGWRIGHT_TEST_LOGS/pgmi.refused
    [ ! -x "$PGMI" ] || return 0
    [ ! -f "$refusal" ] || { absent=$(cat "$refusal"); return 1; }
    command -v go >/dev/null || { absent="there is no go"; return 1; }
    GOBIN=$(dirname "$PGMI") GOPATH=$BUILD/peers/go GOFLAGS=-modcacherw timeout 180 go install "$PGMI_MODULE" >"$test_root/go.log" 2>&1 ||
        { absent="go install: $(tail -n 1 "$test_root/go.log" | tr -s '[:space:]' ' ')"; echo "$absent" >"$refusal"; return 1; }
}

# pgmi speaks TCP alone.
start_server() {
    as=
    [ "$(id -u)" != 0 ] || as='setpriv --reuid=postgres --regid=postgres --clear-groups --'
    port=$((20000 + $$ % 20000))
    mkdir "$test_root/server"
    [ -z "$as" ] || chown postgres "$test_root/server"
    $as "$SERVER_BIN/initdb" -D "$test_root/server/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$test_root/server/log" 2>&1
    $as "$SERVER_BIN/postgres" -D "$test_root/server/data" -k '' -p $port -c listen_addresses=127.0.0.1 -c fsync=off >>"$test_root/server/log" 2>&1 &
    export PGHOST=127.0.0.1 PGPORT=$port
    for _ in $(seq 100); do
        psql -XAtq -d postgres -c 'SELECT 1' >/dev/null 2>&1 && return
        sleep 0.1
    done
    cat "$test_root/server/log"
}

# What the document says, a line for each key that is there.
said() {
    psql -XAtq -d postgres -v ON_ERROR_STOP=1 -c 'CREATE TEMP TABLE lines (n serial, line text)' \
        -c "\\copy lines (line) FROM pstdin WITH (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')" \
        -c "SELECT key || ': ' || (d->>key)
            FROM (SELECT string_agg(line, E'\\n' ORDER BY n)::jsonb AS d FROM lines) x,
                 unnest(ARRAY['filesLoaded', 'testMacros', 'executionUnits', 'unitsCommitted', 'executionMode', 'sqlstate', 'error', 'detail', 'hint',
                              'failedFile', 'script', 'line', 'column']) WITH ORDINALITY AS k (key, n)
            WHERE d ? key ORDER BY n" <"$test_root/out" 2>&1
}

# notices PROGRAM – the server's messages: what stands between the program's own first and last lines.
notices() {
    awk -v program="$1: " '
        index($0, program) == 1 { exit }
        notices { print "> " $0 }
        /^[Ee]xecuting deploy\.sql/ { notices = 1 }' "$test_root/errors"
}

# deployed PROGRAM EXAMPLE – all deployments of an example to this case's database, and what they left.
deployed() {
    program=$1
    project=$PROJECTS/$2/project
    while IFS= read -r line; do
        echo "\$ deploy $line"
        eval "set -- $line"
        run "$program" deploy "$project" -d "$PGDATABASE" --json "$@"
        echo "exit $status"
        said
        notices "$(basename "$program")"
        [ ! -f "$project/../rows.sql" ] || psql -XAtq -P null=NULL -f "$project/../rows.sql" 2>&1
    done <"$PROJECTS/$2/arguments" | sed "s|$PROJECTS/|PROJECTS/|g; s/$PGDATABASE/DATABASE/g"
}

facts() {
    psql -XAtq -v schemas='*' -f "$FACTS" | grep -v ' MAINTAIN to ' | sed "s/$PGDATABASE/DATABASE/g"
}

drop_roles() {
    for role in $(psql -XAtq -d postgres -c "SELECT rolname FROM pg_roles WHERE rolname LIKE '${PGDATABASE}\\_%'"); do
        psql -XAtq -c "DROP OWNED BY \"$role\" CASCADE" -c "DROP ROLE \"$role\"" >/dev/null 2>&1
    done
}

# The same deployments by pgmi, in a database of its own.
compare_with_pgmi() {
    ours=$PGDATABASE
    PGDATABASE=${ours}_pgmi
    psql -XAtq -d postgres -c "CREATE DATABASE \"$PGDATABASE\""
    deployed "$PGMI" "$1" >theirs
    [ ! -f "$FACTS" ] || facts >their_facts
    drop_roles
    psql -XAtq -d postgres -c "DROP DATABASE \"$PGDATABASE\" WITH (FORCE)"
    PGDATABASE=$ours
    # texts and places are each program's own; a file that pgmi names must be the one
    expect_same "$(grep -v "$OWN" theirs)" "$(grep -v "$OWN" ours)" "what pgmi does"
    ! grep '^failedFile: ' theirs | grep -vxFf ours || fail "pgmi names another file"
    [ ! -f "$FACTS" ] || expect_same "$(cat their_facts)" "$(cat our_facts)" "the schemas that pgmi leaves"
}

absent=
if install_pgmi; then
    start_server
else
    skip "pgmi itself" "$absent"
fi

for folder in "$PROJECTS"/*/; do
    example=$(basename "$folder")
    begin "$example: $(cat "$folder/about")"
    deployed "$PGWRIGHT" "$example" >ours
    [ -s ours ] || fail "nothing was deployed"
    expect_same "$(cat "$folder/expected")" "$(cat ours)" "what comes of it"
    if [ -f "$FACTS" ]; then
        facts >our_facts
        expect_same "$(cat "$folder/facts")" "$(cat our_facts)" "the schemas"
    fi
    drop_roles
    [ -n "$absent" ] || [ -f "$folder/ours" ] || compare_with_pgmi "$example"
    end
done

[ -n "$absent" ] || for template in $("$PGMI" templates list | awk '$1 ~ /^[a-z]+$/ { print $1 }'); do
    begin "pgmi's template $template: the same from both"
    "$PGMI" init --template "$template" project >/dev/null 2>&1
    ours=$PGDATABASE
    for program in "$PGWRIGHT" "$PGMI"; do
        for _ in 1 2; do
            run "$program" deploy project -d "$PGDATABASE"
            echo "exit $status"
            notices "$(basename "$program")" | grep -v '^> [✓✗]' | sed "s/$PGDATABASE/DATABASE/g"
        done >"notices.$(basename "$program")"
        [ ! -f "$FACTS" ] || facts >"facts.$(basename "$program")"
        PGDATABASE=${ours}_pgmi
        psql -XAtq -d postgres -c "CREATE DATABASE \"$PGDATABASE\"" 2>/dev/null
    done
    expect_same "$(cat notices.pgmi)" "$(cat notices.pgwright)" "exit codes and notices"
    [ ! -f "$FACTS" ] || expect_same "$(cat facts.pgmi)" "$(cat facts.pgwright)" "the schemas"
    psql -XAtq -d postgres -c "DROP DATABASE IF EXISTS \"${ours}_pgmi\" WITH (FORCE)"
    PGDATABASE=$ours
    end
done

finish
