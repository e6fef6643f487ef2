# What the documents promise of deploy, verify, revert, status, tag and test, each seen on a server.
. "$(dirname "$0")/../lib.sh"

# base ← app (which also asks for the extension citext), and a module that has nothing to do with them.
workspace() {
    echo '{"packages": ["packages/*"]}' >pgpm.json
    for module in base app other; do
        mkdir -p packages/$module && cd packages/$module || exit 1
        project pgpm $module
        echo "requires = '$([ $module = app ] && echo citext,base)'" >$module.control
        printf '{"name": "@acme/%s", "version": "1.0.0"}\n' $module >package.json
        change ${module}_one
        change ${module}_two ${module}_one
        cd ../..
    done
}

deployed() {
    sql "SELECT string_agg(change_name, ' ' ORDER BY deployed_at) FROM pgpm_migrate.changes"
}

expect_deployed() {
    expect_same "$1" "$(deployed)" "what is deployed"
}

begin "within a module, deploy takes it and what it requires"
workspace
cd packages/app/deploy
run "$PGWRIGHT" deploy
expect_status 0
expect_deployed "base_one base_two app_one app_two"
end

begin "a module is named by argument, --package or --module, by its npm name too"
workspace
for given in "app" "--package app" "--module app" "@acme/app" "--package @acme/app"; do
    run "$PGWRIGHT" deploy $given
    expect_status 0
    expect_deployed "base_one base_two app_one app_two"
    run "$PGWRIGHT" revert --workspace --all --yes
    expect_status 0
done
end

begin "--workspace --all means every module, in every verb"
workspace
run "$PGWRIGHT" deploy --workspace --all
expect_status 0
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 6
run "$PGWRIGHT" verify --workspace --all
expect_status 0
expect_out "^6 changes verified, 0 failed"
run "$PGWRIGHT" status --workspace --all
expect_out "^other: 2 of 2 deployed"
run "$PGWRIGHT" revert --workspace --all --yes
expect_status 0
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 0
run "$PGWRIGHT" test --workspace --all
expect_status 0
expect_out "app"
end

begin "an extension that a module asks for is made first, in the same transaction"
workspace
echo 'CREATE TABLE app_one (id int, mail citext);' >packages/app/deploy/app_one.sql
run "$PGWRIGHT" deploy app
expect_status 0
expect_sql "SELECT count(*) FROM pg_extension WHERE extname = 'citext'" 1
run "$PGWRIGHT" revert --workspace --all --yes
sql 'DROP EXTENSION citext'
echo 'SELECT 1/0;' >packages/app/deploy/app_two.sql
run "$PGWRIGHT" deploy app
expect_status 13
expect_sql "SELECT count(*) FROM pg_extension WHERE extname = 'citext'" 0
end

begin "verify misses an extension that is available but not there"
workspace
run "$PGWRIGHT" deploy app
sql 'DROP EXTENSION citext'
run "$PGWRIGHT" verify app
expect_status 17
expect_out "citext"
end

begin "each change is looked up before it runs, and run once"
project pgpm; change a; change b
run "$PGWRIGHT" deploy --to a
echo 'SELECT 1/0;' >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 0
expect_deployed "a b"
end

begin "verify tells of each bad change what the server said, and where"
project pgpm; change a; change b; change c
run "$PGWRIGHT" deploy
sql 'DROP TABLE a; DROP TABLE c'
write verify/c.sql <<'SQL'
DO $$
BEGIN
    RAISE EXCEPTION 'c is gone' USING ERRCODE = 'P0004', DETAIL = 'nothing is left', HINT = 'deploy it again';
END $$;
SQL
run "$PGWRIGHT" verify
expect_status 17
expect_out "^failed shop:a"
expect_out "^failed shop:c"
expect_out "^3 changes verified, 2 failed"
expect_errors 'verify/a.sql:4:16: relation "a" does not exist (SQLSTATE 42P01)'
expect_errors "verify/c.sql:1:1: c is gone (SQLSTATE P0004)"
expect_errors "nothing is left"
expect_errors "deploy it again"
expect_errors "PL/pgSQL function inline_code_block line 3"
run "$PGWRIGHT" verify --json
expect_json "d #>> '{changes,2,error,sqlstate}'" P0004
end

begin "revert goes back in the order of deployment, wherever the plan has the changes now"
project pgpm; change a; change b
run "$PGWRIGHT" deploy
sed -i '/^b /d' pgpm.plan; sed -i 's/^a /b 2024-01-01T00:00:00Z Tester <tester@example.com>\n&/' pgpm.plan
run "$PGWRIGHT" deploy
expect_status 0
run "$PGWRIGHT" revert --yes
expect_status 0
expect_deployed a
end

begin "revert --all asks for all of a module, and no more"
workspace
run "$PGWRIGHT" deploy --workspace
run "$PGWRIGHT" revert app --all
expect_status 12
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 6
run "$PGWRIGHT" revert app --all --yes
expect_status 0
expect_deployed "base_one base_two other_one other_two"
end

begin "revert --to a tag keeps it"
project pgpm; change a; tag v1; change b; change c
run "$PGWRIGHT" deploy
run "$PGWRIGHT" revert --to @v1 --yes
expect_status 0
expect_deployed a
end

begin "after a revert verify scripts confirm it"
project pgpm; change a; change b
echo 'SELECT 1;' >verify/b.sql
run "$PGWRIGHT" deploy
run "$PGWRIGHT" revert --yes
expect_status 0
expect_errors "b: its verify script still passes after the revert"
end

begin "a tag's text is -m, --note or --comment"
project pgpm; change a
for flag in -m --note --comment; do
    run "$PGWRIGHT" tag "v$flag" $flag "with $flag"
    expect_status 0
    grep -q -- "^@v$flag .* # with $flag$" pgpm.plan || fail "pgpm.plan has no tag with the text of $flag: $(cat pgpm.plan)"
done
end

begin "status shows deployed, pending and the current tag, from anywhere in the module"
project pgpm; change a; tag v1; change b; change c
run "$PGWRIGHT" deploy --to b
cd deploy
for command in status "migrate status"; do
    run "$PGWRIGHT" $command
    expect_status 0
    expect_out "^shop: 2 of 3 deployed, at @v1, last b"
    expect_out "pending c"
done
run "$PGWRIGHT" status --check
expect_status 18
end

begin "the history knows tags and who deployed"
project pgpm; change a; tag v1
sql "CREATE ROLE deployer_$$ LOGIN SUPERUSER"
run "$PGWRIGHT" deploy -U deployer_$$
expect_sql "SELECT change_name || ' ' || deployed_by FROM pgpm_migrate.changes" "a deployer_$$"
expect_sql "SELECT change_name || ' ' || tag || ' ' || deployed_by FROM pgpm_migrate.tags" "a v1 deployer_$$"
sql "REASSIGN OWNED BY deployer_$$ TO postgres; DROP OWNED BY deployer_$$; DROP ROLE deployer_$$" >/dev/null
change b
run "$PGWRIGHT" deploy
tag v2
run "$PGWRIGHT" deploy
expect_sql "SELECT string_agg(tag, ' ' ORDER BY tag) FROM pgpm_migrate.tags" "v1 v2"
end

begin "a failed deploy says what was rolled back, and that nothing is recorded"
project pgpm; change a; change b; change c
echo 'SELECT 1/0;' >deploy/b.sql
run "$PGWRIGHT" deploy
expect_status 13
expect_out "^failed shop:b"
expect_out "0 steps committed in .*, 1 rolled back, 1 not begun"
expect_out "nothing of this run is recorded as deployed"
run "$PGWRIGHT" revert --change b --yes
expect_status 2
expect_errors "shop:b is not deployed"
end

begin "what is deployed already is said to be, and its edits are reported"
project pgpm; change a
run "$PGWRIGHT" deploy
run "$PGWRIGHT" deploy
expect_status 0
expect_out "already deployed"
echo '-- and more' >>deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 0
expect_errors "shop:a was deployed from another script than deploy/a.sql"
end

begin "a missing role of the project leads to the command that makes it"
project pgpm; change a
echo 'CREATE TABLE a (id int); GRANT SELECT ON a TO authenticated_not;' >deploy/a.sql
run "$PGWRIGHT" deploy
expect_no_errors "roles bootstrap"
echo '{"packages": ["."], "db": {"roles": {"authenticated": "authenticated_not"}}}' >pgpm.json
run "$PGWRIGHT" deploy
expect_status 13
expect_errors 'role "authenticated_not" does not exist (SQLSTATE 42704)'
expect_errors "pgwright roles bootstrap"
end

begin "the full cycle names what a revert leaves, in the module and in what it requires"
workspace
echo 'SELECT 1;' >packages/app/revert/app_two.sql
run "$PGWRIGHT" test app
expect_status 17
expect_out "residue"
expect_out "app_two"
workspace
echo 'SELECT 1;' >packages/base/revert/base_two.sql
run "$PGWRIGHT" test --workspace --all
expect_status 17
expect_out "base_two"
end

finish
