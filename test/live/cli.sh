. "$(dirname "$0")/../lib.sh"

begin "help names every command, and each has help of its own"
run "$PGWRIGHT"
expect_status 0
for command in init add tag deploy verify revert status "sandbox start" "roles add"; do
    expect_out "  $command "
done
run "$PGWRIGHT" deploy --help
expect_status 0
expect_out "Usage: pgwright deploy"
expect_out "environment: PGWRIGHT_URL"
run "$PGWRIGHT" help roles
expect_out "pgwright roles bootstrap"
run "$PGWRIGHT" help exit-codes
expect_out " 13  sql "
end

begin "no line of help is wider than a hundred columns"
for command in "" init add deploy revert "sandbox psql" "roles add" completion; do
    # shellcheck disable=SC2086
    "$PGWRIGHT" help $command | LC_ALL=C.UTF-8 awk -v c="$command" 'length > 100 { print c ": " $0 }' >wide
    [ ! -s wide ] || fail "$(cat wide)"
done
end

begin "the table of commands can be had as JSON"
run "$PGWRIGHT" help --json
expect_status 0
expect_json "jsonb_path_query_first(d, '\$.commands[*] ? (@.name == \"deploy\").flags[*] ? (@.name == \"dry-run\")')->>'type'" switch
expect_json "jsonb_path_exists(d, '\$.exit_codes[*] ? (@.exit == 13)')" t
end

begin "what is typed wrong is refused with the nearest name"
run "$PGWRIGHT" deploy --createbd
expect_status 2
expect_errors "did you mean --createdb"
expect_errors "pgwright help deploy"
run "$PGWRIGHT" dpeloy
expect_status 2
expect_errors "did you mean deploy"
run "$PGWRIGHT" add
expect_status 2
expect_errors "CHANGE"
run "$PGWRIGHT" install
expect_status 2
expect_errors "extensions folder"
end

begin "an error is one JSON document on stdout, and its text on stderr"
run "$PGWRIGHT" deploy --json --nope
expect_status 2
expect_json "(d->>'ok') || (d->'error'->>'exit') || (d->'error'->>'class')" false2usage
expect_errors "does not know the flag --nope"
end

begin "an empty value is a script's mistake, not a wish"
project pgwright; change users
run "$PGWRIGHT" revert --to "" -y
expect_status 2
expect_errors "empty value"
end

begin "flags of pgpm that change nothing say so"
project pgpm; change users
run "$PGWRIGHT" deploy --fast --usePlan --cache --yes
expect_status 0
expect_errors "--fast changes nothing here"
expect_errors "--usePlan changes nothing here"
expect_sql "SELECT count(*) FROM users" 0
end

begin "a reader that goes away stops nothing, a full disk is told"
project pgwright
for i in 1 2 3 4 5; do change "t$i"; done
"$PGWRIGHT" deploy | true
expect_sql "SELECT count(*) FROM pgwright.changes" 5
run sh -c '"$PGWRIGHT" help | head -1'
expect_status 0
expect_no_errors "pipe"
run sh -c '"$PGWRIGHT" help --json >/dev/full'
expect_status 1
expect_errors "No space left"
end

begin "--cwd goes there first, and the project is found from its depths"
mkdir -p shop/deep/er
(cd shop && project pgwright && change users)
run "$PGWRIGHT" --cwd shop/deep/er deploy
expect_status 0
expect_sql "SELECT count(*) FROM users" 0
run "$PGWRIGHT" --cwd nowhere status
expect_status 2
expect_errors "cannot go to nowhere"
end

begin "no password is printed, logged or left in the list of processes"
project pgwright; change users
printf 'SELECT pg_sleep(2);\nCREATE TABLE users (id int);\n' >deploy/users.sql
PGPASSWORD=swordfish "$PGWRIGHT" deploy -v --url "postgresql://$PGUSER:open%20sesame@/$PGDATABASE?host=$PGHOST" >seen 2>&1 &
sleep 1
tr '\0' ' ' <"/proc/$!/cmdline" >line
wait
grep -q "deploy -v" line || fail "the process was not seen: $(cat line)"
sql "SELECT row_to_json(d) FROM pgwright.deployments d" >>seen
cat line seen >all
! grep -q "sesame\|swordfish" all || fail "$(grep "sesame\|swordfish" all)"
expect_sql "SELECT count(*) FROM users" 0
end

begin "at the root of a workspace the modules must be named, in one way"
echo 'packages: ["packages/*"]' >pgwright.yaml
for m in a b; do (mkdir -p packages/$m && cd packages/$m && project pgwright $m && change "t_$m"); done
run "$PGWRIGHT" deploy
expect_status 2
expect_errors "its modules: a, b"
run "$PGWRIGHT" deploy a --workspace
expect_status 2
run "$PGWRIGHT" deploy a --package b
expect_status 2
expect_errors "two modules are named"
run "$PGWRIGHT" deploy a --package a
expect_status 0
run "$PGWRIGHT" deploy --workspace --all
expect_status 0
expect_sql "SELECT count(*) FROM pgwright.changes" 2
run "$PGWRIGHT" status --all
expect_out "^b: 1 of 1"
run "$PGWRIGHT" revert --all --yes
expect_status 2
expect_errors "which module"
end

begin "init, add, tag and rework write a project that deploys"
run "$PGWRIGHT" init shop
expect_status 0
run "$PGWRIGHT" add app/users -n "people who sign in"
expect_status 0
expect_out "deploy/app/users.sql"
[ -f verify/app/users.sql ] && [ -f revert/app/users.sql ] || fail "scripts are missing"
echo 'CREATE TABLE users ();' >deploy/app/users.sql
echo 'SELECT FROM users;' >verify/app/users.sql
echo 'DROP TABLE users;' >revert/app/users.sql
run "$PGWRIGHT" tag v1 -m "first release"
expect_status 0
run "$PGWRIGHT" tag
expect_out "@v1  app/users  first release"
run "$PGWRIGHT" rework app/users
expect_status 0
[ -f deploy/app/users@v1.sql ] || fail "the old script was not kept"
echo 'ALTER TABLE users ADD id int;' >deploy/app/users.sql
run "$PGWRIGHT" add orders --requires app/user
expect_status 2
expect_errors "app/users"
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT count(*) FROM pgwright.changes" 2
end

begin "remove takes a change out, unless something needs it"
project pgwright shop; change users; change orders users; tag v1; change last
echo "# a comment stays" >>pgwright.plan
cp pgwright.plan before
run "$PGWRIGHT" remove users --yes
expect_status 10
expect_errors "shop:orders requires users"
run "$PGWRIGHT" remove orders --yes
expect_status 10
expect_errors "carries the tag @v1"
run "$PGWRIGHT" remove last
expect_status 12
expect_errors "confirm it with --yes"
expect_same "$(cat before)" "$(cat pgwright.plan)" "the plan after refusals"
run "$PGWRIGHT" remove last --yes
expect_status 0
[ ! -e deploy/last.sql ] && [ ! -e verify/last.sql ] && [ ! -e revert/last.sql ] || fail "its scripts are still there"
expect_same "$(grep -v ^last before)" "$(cat pgwright.plan)" "the plan without its line"
run "$PGWRIGHT" deploy
run "$PGWRIGHT" remove --to @v1 --yes -d "$PGDATABASE"
expect_status 12
expect_errors "shop:orders is deployed"
run "$PGWRIGHT" revert --to users --yes
run "$PGWRIGHT" remove --to @v1 --yes -d "$PGDATABASE"
expect_status 0
run "$PGWRIGHT" tag
expect_same "" "$out" "tags that are left"
expect_same users.sql "$(ls deploy)" "scripts that are left"
end

begin "removing a reworked change gives the earlier one its scripts back"
project pgwright shop; change users; tag v1
cp deploy/users.sql first
run "$PGWRIGHT" rework users
run "$PGWRIGHT" remove users@HEAD --yes
expect_status 0
expect_same "$(cat first)" "$(cat deploy/users.sql)" "deploy/users.sql"
expect_same users.sql "$(ls deploy)" "scripts that are left"
run "$PGWRIGHT" deploy
expect_status 0
end

begin "every manual page is right by mandoc"
if command -v mandoc >/dev/null; then
    run "$PGWRIGHT" man --directory man1
    expect_status 0
    run mandoc -T lint -W warning man1/*.1
    expect_status 0
    [ "$(ls man1 | wc -l)" -gt 20 ] || fail "pages are missing"
fi
end

finish
