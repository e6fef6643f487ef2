#!/bin/sh
# Secrets of every kind, given in every way, through commands that succeed, fail and tell all they know: none is printed, none is
# written, none stands in the list of processes. What lib.sh looks for in every test is looked for here in more places.
. "$(dirname "$0")/../lib.sh"

# A project of each habit, with something in each that fails at will.
projects() {
    (mkdir plan && cd plan && project pgwright shop && change users && change broken) >/dev/null
    echo 'SELECT 1 / 0;' >plan/broken.sql
    mkdir schema session session/__test__
    echo 'CREATE TABLE people (id int PRIMARY KEY);' >schema/schema.sql
    echo 'SELECT 1;' >session/one.sql
    echo 'DO $$ BEGIN ASSERT true; END $$;' >session/__test__/test_one.sql
    cat >session/pgwright.yaml <<'YAML'
params:
  secret: {required: true, description: what nobody shall see}
YAML
    printf 'BEGIN;\nCALL pgmi_test();\nCOMMIT;\n' >session/deploy.sql
}

# told FOLDER COMMAND… – runs it there with each way of telling more.
told() {
    folder=$1
    shift
    for flags in '' --verbose --json '--verbose --json'; do
        cd "$folder" || exit
        run "$PGWRIGHT" "$@" $flags
        cd ..
    done
}

begin "a URL with a password, through every verb"
projects
url="postgresql://$PGUSER:$canary_url@/$PGDATABASE?host=$PGHOST"
for verb in plan deploy status verify history 'revert --yes'; do told plan $verb --url "$url"; done
for verb in plan deploy dump drift; do told schema $verb --url "$url"; done
for verb in plan deploy test; do
    told session $verb . --connection "$url" --param "secret=$canary_param"
done
end

begin "a server that is not there, a role that may not, a URL that is none"
projects
for bad in "postgresql://bob:$canary_url@/nowhere?host=/nowhere" "postgresql://nobody:$canary_url@/$PGDATABASE?host=$PGHOST" \
    "postgresql://bob:$canary_url@host:port/x" "host=/nowhere password=$canary_url" "host=/nowhere password='$canary_url" \
    "Host=/nowhere;Password=$canary_url;Database=x" "postgresql://bob:$canary_url@%zz/x"; do
    told plan status --url "$bad"
    told schema dump --url "$bad"
    told session deploy . --connection "$bad" --param secret=x --timeout 5s
done
end

begin "parameters: on the command line, in files and settings, when scripts fail beside them"
projects
printf 'secret=%s\n' "$canary_param" >"$test_root/params"
told session deploy . --params-file "$test_root/params"
printf 'sec ret=%s\n' "$canary_param" >"$test_root/params"
told session deploy . --params-file "$test_root/params"
told session deploy . --param "no such=$canary_param"
echo "SELECT current_setting('pgmi.secret')::int;" >>session/deploy.sql
told session deploy . --param "secret=1$canary_param"
end

begin "on the sandbox: neither its log nor its files hold what a script was told"
projects
export PGWRIGHT_PG_BIN="$SERVER_BIN"
cd session || exit
for verb in plan deploy test; do
    for flags in '' --verbose --json; do
        run "$PGWRIGHT" $verb . --sandbox --param "secret=1$canary_param" $flags
    done
done
expect_status 0
echo "SELECT current_setting('pgmi.secret')::int;" >>deploy.sql
run "$PGWRIGHT" deploy . --sandbox --param "secret=1$canary_param"
expect_status 13
expect_errors 'invalid input syntax for type integer'
run "$PGWRIGHT" sandbox stop
cd ..
unset PGWRIGHT_PG_BIN
end

begin "tokens and keys of clouds, when signing in fails"
projects
export AWS_ACCESS_KEY_ID=AKID AWS_SECRET_ACCESS_KEY="$canary_token" AWS_SESSION_TOKEN="$canary_token" AZURE_CLIENT_SECRET="$canary_token" \
    AZURE_TENANT_ID=t AZURE_CLIENT_ID=c AZURE_AUTHORITY_HOST=http://127.0.0.1:1
told session deploy . -h 127.0.0.1 -p 1 -d x --aws --aws-region eu-west-1 --sslmode require --param secret=x --timeout 5s
told session deploy . -h 127.0.0.1 -p 1 -d x --azure --sslmode require --param secret=x --timeout 5s
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AZURE_CLIENT_SECRET AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_AUTHORITY_HOST
end

begin "the list of processes does not show what the command line said"
projects
echo 'SELECT pg_sleep(2);' >session/deploy.sql
url="postgresql://$PGUSER:$canary_url@/$PGDATABASE?host=$PGHOST"
(cd session && exec "$PGWRIGHT" deploy . --connection "$url" --param "secret=$canary_param") >/dev/null 2>&1 &
pid=$!
sleep 1
tr '\0' ' ' <"/proc/$pid/cmdline" >"$test_root/title"
! grep -qF "$canaries" "$test_root/title" || fail "the process is called $(cat "$test_root/title")"
grep -q deploy "$test_root/title" || fail "the process was not looked at"
wait $pid
end

finish
