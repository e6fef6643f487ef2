. "$(dirname "$0")/../lib.sh"

workspace() {
    echo '{"packages": ["packages/*"]}' >pgpm.json
    for module in a b c; do
        mkdir -p packages/$module && cd packages/$module || exit 1
        project pgpm $module
        echo "requires = '$([ $module = b ] && echo a)'" >$module.control
        change ${module}1 "$([ $module = b ] && echo a:@v1)"
        [ $module != a ] || { change a2 a1; tag v1; change a3 a2; }
        cd ../..
    done
}

begin "revert takes back the last deployed change only"
workspace
run "$PGWRIGHT" deploy --workspace --all
expect_status 0
run "$PGWRIGHT" revert a --yes
expect_status 0
expect_sql "SELECT string_agg(change_name, ',' ORDER BY change_name) FROM pgpm_migrate.changes" "a1,a2,b1,c1"
end

begin "a misspelt module, change or tag reverts nothing"
workspace
run "$PGWRIGHT" deploy --workspace
run "$PGWRIGHT" revert aa --yes
expect_status 2
run "$PGWRIGHT" revert a --to nosuch --yes
expect_status 2
run "$PGWRIGHT" revert a --to @nosuch --yes
expect_status 2
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 5
end

begin "what others require is not reverted without --cascade, and others are left alone with it"
workspace
run "$PGWRIGHT" deploy --workspace
run "$PGWRIGHT" revert a --to a1 --yes
expect_status 2
expect_errors "b:b1"
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 5
run "$PGWRIGHT" revert a --to a1 --yes --cascade
expect_status 0
expect_sql "SELECT string_agg(change_name, ',' ORDER BY change_name) FROM pgpm_migrate.changes" "a1,c1"
end

begin "revert asks, and without a person wants --yes"
workspace
run "$PGWRIGHT" deploy --workspace
run "$PGWRIGHT" revert c
expect_status 12
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 5
run "$PGWRIGHT" revert --workspace --yes
expect_status 2
run "$PGWRIGHT" revert --workspace --all --yes
expect_status 0
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 0
end

begin "a revert that breaks what remains is rolled back"
project pgwright; change a; change b
echo 'DROP TABLE b; DROP TABLE a;' >revert/b.sql
run "$PGWRIGHT" deploy
run "$PGWRIGHT" revert --yes
expect_status 17
expect_sql "SELECT to_regclass('a') IS NOT NULL AND to_regclass('b') IS NOT NULL" t
end

begin "a revert that leaves its object is told, and refused with --prove"
project pgwright; change a
echo 'SELECT 1;' >revert/a.sql
run "$PGWRIGHT" deploy
run "$PGWRIGHT" revert --yes --prove
expect_status 17
expect_sql "SELECT count(*) FROM pgwright.changes" 1
run "$PGWRIGHT" revert --yes
expect_status 0
expect_errors "still passes after the revert"
end

begin "a deployed change without revert script stops the revert before it begins"
project pgwright; change a; change b
run "$PGWRIGHT" deploy
rm revert/a.sql
run "$PGWRIGHT" revert --all --yes
expect_status 10
expect_sql "SELECT count(*) FROM pgwright.changes" 2
end

begin "rebase --modified deploys the edited script and what follows it"
project pgwright; change a; change b; change c
run "$PGWRIGHT" deploy
sed -i 's/id int/id int, more int/' deploy/b.sql
run "$PGWRIGHT" rebase --modified --yes
expect_status 0
expect_sql "SELECT count(*) FROM pg_attribute WHERE attrelid = 'b'::regclass AND attname = 'more'" 1
run "$PGWRIGHT" check
expect_status 0
end

begin "--pin-tags deploys a required module only as far as it is asked for"
workspace
run "$PGWRIGHT" deploy b --pin-tags
expect_status 0
expect_sql "SELECT string_agg(change_name, ',' ORDER BY deployed_at) FROM pgpm_migrate.changes" "a1,a2,b1"
end

begin "a workspace run that fails in its last module leaves nothing of the first"
workspace
echo 'SELECT 1/0;' >packages/c/deploy/c1.sql
run "$PGWRIGHT" deploy --workspace
expect_status 13
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 0
end

begin "at the root of a workspace a module must be named"
workspace
run "$PGWRIGHT" deploy
expect_status 2
expect_errors "its modules: a, b, c"
end

begin "a missing extension is refused before anything runs, with the chain that asks for it"
workspace
echo "requires = 'a,nosuch_extension'" >packages/b/b.control
echo "requires = 'b'" >packages/c/c.control
run "$PGWRIGHT" deploy c
expect_status 10
expect_errors "c → b → nosuch_extension"
expect_sql "SELECT to_regclass('pgpm_migrate.changes') IS NULL" t
end

begin "modules that require each other are told as the whole circle"
workspace
echo "requires = 'b'" >packages/a/a.control
run "$PGWRIGHT" deploy a
expect_status 10
expect_errors "a → b → a"
end

begin "conflicts and unmet requirements are refused before anything runs"
project sqitch; echo 'a [!other:x] 2024-01-01T00:00:00Z T <t@example.com>' >>sqitch.plan
mkdir deploy; echo 'CREATE TABLE a ();' >deploy/a.sql
echo 'b [other:y] 2024-01-01T00:00:00Z T <t@example.com>' >>sqitch.plan; echo 'CREATE TABLE b ();' >deploy/b.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "sqitch.plan:5:4: shop:b requires other:y"
expect_sql "SELECT to_regclass('a') IS NULL" t
end

begin "--modified goes back to before the first edited script of each module"
workspace
run "$PGWRIGHT" deploy --workspace
run "$PGWRIGHT" revert --modified a --yes
expect_status 0
expect_out "Nothing to revert"
echo '-- edited' >>packages/a/deploy/a2.sql
run "$PGWRIGHT" revert --modified a --yes
expect_status 2
expect_errors "b:b1"
run "$PGWRIGHT" revert --modified --to a1 a --yes
expect_status 2
echo '-- edited' >>packages/c/deploy/c1.sql
run "$PGWRIGHT" revert --modified --workspace --cascade --yes
expect_status 0
expect_sql "SELECT string_agg(change_name, ',' ORDER BY change_name) FROM pgpm_migrate.changes" "a1"
end

begin "rebase --modified of a workspace leaves the modules without edits alone"
workspace
run "$PGWRIGHT" deploy --workspace
echo '-- edited' >>packages/c/deploy/c1.sql
run "$PGWRIGHT" rebase --modified --workspace --yes
expect_status 0
expect_out "reverted c:c1"
expect_no_out "reverted [ab]"
run "$PGWRIGHT" check --workspace
expect_status 0
end

begin "--drop-extensions takes along what a deploy made, and nothing else needs"
echo '{"packages": ["packages/*"]}' >pgpm.json
for module in a b; do
    mkdir -p packages/$module && cd packages/$module || exit 1
    project pgpm $module
    change ${module}1
    echo "requires = '$([ $module = a ] && echo pgcrypto,)citext,hstore'" >$module.control
    cd ../..
done
sql "CREATE EXTENSION hstore" >/dev/null
run "$PGWRIGHT" deploy --workspace
expect_status 0
run "$PGWRIGHT" revert a --drop-extensions --yes
expect_status 2
run "$PGWRIGHT" revert a --all --drop-extensions --dry-run
expect_out "DROP EXTENSION pgcrypto;"
run "$PGWRIGHT" revert a --all --drop-extensions --yes
expect_status 0
expect_out "dropped extension pgcrypto"
expect_sql "SELECT string_agg(extname, ',' ORDER BY extname) FROM pg_extension" "citext,hstore,plpgsql"
sql "CREATE TABLE uses (note citext)" >/dev/null
run "$PGWRIGHT" revert --workspace --all --drop-extensions --yes
expect_status 13
expect_errors "cannot drop extension citext"
expect_sql "SELECT count(*) FROM pgpm_migrate.changes" 1
sql "DROP TABLE uses" >/dev/null
run "$PGWRIGHT" revert --workspace --all --drop-extensions --yes
expect_status 0
expect_sql "SELECT string_agg(extname, ',' ORDER BY extname) FROM pg_extension" "hstore,plpgsql"
end

finish
