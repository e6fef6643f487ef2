# The full cycle: what it finds, what it does not take offence at, and that it cleans up after itself.
. "$(dirname "$0")/../lib.sh"

# made PREFIX – how many databases there are whose names begin like this.
made() {
    psql -XAtq -d postgres -c "SELECT count(*) FROM pg_database WHERE starts_with(datname, '$1')"
}

# cycle [FLAGS] – tests the project here with names of its own; nothing may be left behind.
cycle() {
    run "$PGWRIGHT" test --prefix "c$$_" "$@"
    [ "$(made "c$$_")" = 0 ] || fail "databases were left behind"
}

# A schema whose revert script takes all with it that other revert scripts forget, and a function in it.
shop() {
    project pgwright shop
    change schema
    change make schema
    echo 'CREATE SCHEMA shop;' >deploy/schema.sql
    echo "SELECT pg_catalog.has_schema_privilege('shop', 'usage');" >verify/schema.sql
    echo 'DROP SCHEMA shop CASCADE;' >revert/schema.sql
    echo 'CREATE FUNCTION shop.make () RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;' >deploy/make.sql
    echo "SELECT 'shop.make()'::regprocedure;" >verify/make.sql
    echo 'DROP FUNCTION shop.make ();' >revert/make.sql
}

begin "a good module passes, and every phase is told"
shop
cycle --json
expect_status 0
expect_json "d->'results'->0->>'ok'" true
expect_json "jsonb_array_length(d->'results'->0->'findings')" 0
expect_json "(SELECT string_agg(p->>'name', ', ') FROM jsonb_array_elements(d->'results'->0->'phases') p
               WHERE p->>'state' = 'passed')" \
    "Deploy of what it requires, Change by change, Deploy, Verify, Revert, Deploy (second time), Revert of everything"
end

for empty in '' 'BEGIN; COMMIT;' 'SELECT 1;'; do
    begin "a revert script of '$empty' is named though a later one takes its object away"
    shop
    echo "$empty" >revert/make.sql
    cycle
    expect_status 17
    expect_out "residue shop:make: .*function shop.make()"
    expect_no_out "unproven"
    end
done

begin "a dropped statement is named, not the change that misses it"
shop
echo '-- nothing' >deploy/schema.sql
cycle --json
expect_status 17
expect_json "d->'results'->0->>'phase'" Deploy
expect_json "(SELECT string_agg(f->>'kind' || ' ' || (f->>'change'), ', ' ORDER BY f->>'kind')
                FROM jsonb_array_elements(d->'results'->0->'findings') f WHERE (f->>'failure')::bool)" \
    "idle shop:schema, incomplete shop:schema"
end

begin "a verify script that proves nothing is named"
shop
echo 'SELECT 1;' >verify/make.sql
cycle
expect_status 17
expect_out "unproven shop:make"
expect_no_out "residue"
end

for empty in '' 'BEGIN; ROLLBACK;'; do
    begin "a verify script of '$empty' is named; with a comment it is advice"
    shop
    echo "$empty" >verify/make.sql
    cycle
    expect_status 17
    expect_out "blank-verify shop:make"
    echo "-- too simple to be wrong" >>verify/make.sql
    cycle
    expect_status 0
    expect_out "empty-verify shop:make"
    end
done

begin "a revert script that touches nothing is named though its grant goes with the table"
project pgwright shop
change users
change grants users
echo 'GRANT SELECT ON users TO PUBLIC;' >deploy/grants.sql
echo 'SELECT id FROM users WHERE false;' >verify/grants.sql
: >revert/grants.sql
cycle
expect_status 17
expect_out "residue shop:grants: .*changes nothing in the catalog"
end

begin "what is left of privileges is laid to the change that granted them"
project pgwright shop
change users
change defaults
echo 'ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; COMMENT ON SCHEMA public IS $$ours$$;' >deploy/defaults.sql
: >verify/defaults.sql
echo 'COMMENT ON SCHEMA public IS $$standard public schema$$;' >revert/defaults.sql
cycle
expect_status 17
expect_out "residue shop:defaults: .*default acl"
expect_no_out "shop:users"
end

begin "privileges that are granted and taken back are as if never touched"
project pgwright shop
change grants
echo 'GRANT CREATE ON SCHEMA public TO pg_monitor;' >deploy/grants.sql
echo "SELECT 1 / count(*) FROM pg_namespace, aclexplode(nspacl) a WHERE nspname = 'public'
        AND grantee = 'pg_monitor'::regrole;" >verify/grants.sql
echo 'REVOKE CREATE ON SCHEMA public FROM pg_monitor;' >revert/grants.sql
cycle
expect_status 0
expect_no_out "residue"
end

begin "rows that go with their table need no revert script; with --strict they do"
project pgwright shop
change users
change rows users
echo 'INSERT INTO users VALUES (1), (2);' >deploy/rows.sql
echo 'SELECT 1 / count(*) FROM users;' >verify/rows.sql
: >revert/rows.sql
cycle
expect_status 17
expect_out "residue shop:rows: .*its verify script still passes"
echo '-- nothing to prove' >verify/rows.sql
cycle
expect_status 0
expect_out "empty-revert shop:rows"
cycle --strict
expect_status 17
end

begin "a revert script that leaves a part to a later one is told of, and passes"
shop
echo 'CREATE FUNCTION shop.help () RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;' >>deploy/make.sql
cycle
expect_status 0
expect_out "partly-reverted shop:make: .*function shop.help()"
end

begin "with --no-prove findings are told and fail nothing"
shop
: >revert/make.sql
cycle --no-prove
expect_status 0
expect_out "residue shop:make"
end

begin "changes that cannot run in a transaction are tested as a whole"
project pgwright shop
change users
change index users
echo 'CREATE INDEX CONCURRENTLY users_id ON users (id);' >deploy/index.sql
echo "SELECT 'users_id'::regclass;" >verify/index.sql
echo 'DROP INDEX CONCURRENTLY users_id;' >revert/index.sql
cycle
expect_status 0
: >revert/users.sql
cycle
expect_status 17
expect_out "residue: .*relation public.users"
end

# Modules that require one another: base; left and right require it; top requires both; odd requires none.
modules() {
    echo '{"packages": ["packages/*"]}' >pgpm.json
    for m in base: left:base right:base top:left,right odd:; do
        (
            mkdir -p "packages/${m%%:*}"
            cd "packages/${m%%:*}" || exit
            project pgpm "${m%%:*}"
            echo "requires = 'plpgsql${m#*:}'" | sed "s/plpgsql\(.\)/plpgsql,\1/; s/,'/'/" >"${m%%:*}.control"
            change "${m%%:*}_table"
            change "${m%%:*}_more" "${m%%:*}_table"
        )
    done
}

begin "results are the same whether modules are tested one by one or at once"
modules
: >packages/left/revert/left_more.sql
for jobs in 1 4; do
    cycle --all --jobs $jobs --json
    expect_status 17
    expect_json "(SELECT string_agg(concat_ws(' ', r->>'module', r->>'ok', r->'findings'->0->>'change'), '; ')
                    FROM jsonb_array_elements(d->'results') r)" "base true; left false left:left_more"
    cycle --all --jobs $jobs --json --continue-on-fail
    expect_json "(SELECT string_agg(concat_ws(' ', r->>'module', r->>'ok', r->'findings'->0->>'change'), '; ')
                    FROM jsonb_array_elements(d->'results') r)" \
        "base true; left false left:left_more; odd true; right true; top false"
done
end

begin "of modules that others cover the changes are proven too"
modules
echo 'SELECT 1;' >packages/left/verify/left_table.sql
: >packages/base/revert/base_more.sql
echo 'DROP TABLE base_table, base_more;' >packages/base/revert/base_table.sql
cycle --continue-on-fail --json
expect_status 17
expect_json "(SELECT string_agg(concat_ws(' ', r->>'module', f->>'kind', f->>'change'), '; ')
                FROM jsonb_array_elements(d->'results') r, jsonb_array_elements(r->'findings') f WHERE (f->>'failure')::bool)" \
    "base residue base:base_more; left unproven left:left_table"
end

begin "a fault in what several modules require is told by each of them"
modules
echo 'SELECT nonsense;' >packages/base/deploy/base_more.sql
cycle --all --jobs 2 --json --continue-on-fail
expect_status 17
expect_json "(SELECT string_agg(concat_ws(' ', r->>'module', r->>'phase'), '; ') FROM jsonb_array_elements(d->'results') r)" \
    "base Deploy; left Deploy of what it requires; odd; right Deploy of what it requires; top Deploy of what it requires"
end

begin "modules that fight over what all databases share pass in the end"
echo '{"packages": ["packages/*"]}' >pgpm.json
for m in one two; do
    mkdir -p packages/$m
    (
        cd packages/$m || exit
        project pgpm $m
        change role
        echo "CREATE ROLE fight_$$; SELECT pg_sleep(0.2);" >deploy/role.sql
        echo "SELECT 'fight_$$'::regrole;" >verify/role.sql
        echo "DROP ROLE fight_$$;" >revert/role.sql
    )
done
cycle --all --jobs 2
expect_status 0
end

begin "names that are alike but for their signs get databases of their own"
echo '{"packages": ["packages/*"]}' >pgpm.json
for m in a-b a_b; do
    mkdir -p packages/$m
    (cd packages/$m && project pgpm $m && change users)
done
cycle --all --jobs 2
expect_status 0
end

# A change that takes a while, so that there is something to interrupt.
slow() {
    modules
    echo 'SELECT pg_sleep(20);' >>packages/base/deploy/base_more.sql
}

for signal in INT TERM; do
    begin "interrupted by $signal it leaves no database behind"
    slow
    setsid "$PGWRIGHT" test --all --jobs 3 --prefix "i$$_" >out.txt 2>&1 &
    pid=$!
    for try in $(seq 100); do
        [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE 'i$$\\_%' AND query ~ 'pg_sleep'")" -gt 0 ] && break
        sleep 0.05
    done
    kill -$signal $pid
    wait $pid
    status=$? command="pgwright test" out=$(cat out.txt) errors=
    expect_status 130
    [ "$(made "i$$_")" = 0 ] || fail "$(made "i$$_") databases were left behind:
$(sql "SELECT datname, shobj_description(oid, 'pg_database'), datistemplate FROM pg_database WHERE datname LIKE 'i$$\\_%'")
$out"
    end
done

begin "what a killed run left behind goes with the next run; a database that no test made is refused and stays"
slow
setsid "$PGWRIGHT" test --all --jobs 1 --prefix "k$$_" >out.txt 2>&1 &
pid=$!
for try in $(seq 100); do [ "$(made "k$$_")" -gt 0 ] && break; sleep 0.05; done
kill -KILL $pid
wait $pid 2>/dev/null
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'k$$\\_%'" >/dev/null
sed -i /pg_sleep/d packages/base/deploy/base_more.sql
for try in $(seq 100); do
    run "$PGWRIGHT" test odd --prefix "k$$_"
    [ "$status" = 15 ] || break # the killed run's session ends when the server finds that nobody is there
    sleep 0.05
done
expect_status 0
[ "$(made "k$$_")" = 0 ] || fail "databases were left behind"
sql "CREATE DATABASE k$$_odd" >/dev/null
run "$PGWRIGHT" test odd --prefix "k$$_"
expect_status 12
expect_out "there is a database k$$_odd that no test made"
[ "$(made "k$$_")" = 1 ] || fail "it did not stay"
sql "DROP DATABASE k$$_odd" >/dev/null
end

begin "two runs do not share a prefix"
slow
setsid "$PGWRIGHT" test --all --jobs 1 --prefix "p$$_" >out.txt 2>&1 &
pid=$!
for try in $(seq 100); do [ "$(made "p$$_")" -gt 0 ] && break; sleep 0.05; done
run "$PGWRIGHT" test odd --prefix "p$$_"
expect_status 15
kill -INT $pid
wait $pid
[ "$(made "p$$_")" = 0 ] || fail "databases were left behind"
end

begin "--keep keeps the database of a failure, until its name is needed again"
shop
: >revert/make.sql
run "$PGWRIGHT" test --prefix "q$$_" --keep
expect_status 17
expect_out "kept database q$$_shop"
[ "$(made "q$$_")" = 1 ] || fail "it was not kept"
shop >/dev/null
run "$PGWRIGHT" test --prefix "q$$_"
[ "$(made "q$$_")" = 0 ] || fail "it was not dropped"
end

# The project here as a commit with a tag.
commit() {
    git init -q . 2>/dev/null
    git add -A && git -c user.name=T -c user.email=t@example.com commit -qm "$1" && git tag "$1"
}

begin "an upgrade from a tag ends where a fresh deploy does"
shop
commit v1
change users
cycle --upgrade-from v1 --json
expect_status 0
expect_json "d->'results'->0->'phases'->7->>'name'" Upgrade
expect_same "" "$(git status --porcelain --ignored | grep -v -e users -e plan)" "the working tree"
end

begin "a deployed script that was edited is named when the upgrade ends elsewhere"
shop
commit v1
echo 'CREATE FUNCTION shop.help () RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;' >>deploy/make.sql
echo 'DROP FUNCTION shop.help ();' >>revert/make.sql
cycle
expect_status 0
cycle --upgrade-from v1
expect_status 17
expect_out "upgrade-differs: .*shop.help()"
expect_out "edited shop:make"
end

begin "the older project is found in a folder of its repository, and a ref or repository that is missing is said"
mkdir db && cd db || exit
shop
cd ..
commit v1
cd db || exit
cycle --upgrade-from v1
expect_status 0
cycle --upgrade-from v7
expect_status 2
expect_errors "v7 is no commit"
rm -rf ../.git
cycle --upgrade-from v1
expect_status 10
end

begin "a statement that only the packaged script still has is named, with its change, and fails nothing"
shop
mkdir sql
printf "default_version = '1.0'\n" >shop.control
{
    printf '%s\n' '\echo Use "CREATE EXTENSION shop" to load this file. \quit'
    cat deploy/schema.sql deploy/make.sql
    echo "COMMENT ON FUNCTION shop.make () IS 'makes';"
} >sql/shop--1.0.sql
cycle
expect_status 0
expect_out "packaged-differs shop:make: .*comment on function shop.make(): makes"
echo "COMMENT ON FUNCTION shop.make () IS 'makes';" >>deploy/make.sql
cycle
expect_status 0
expect_no_out packaged-differs
echo 'SELECT 1 / 0;' >>sql/shop--1.0.sql
cycle
expect_status 0
expect_out "packaged-differs.*sql/shop--1.0.sql: division by zero"
end

begin "JUnit XML holds every phase and finding, whatever their texts"
shop
echo 'CREATE FUNCTION shop."<&""]]>" () RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;' >deploy/make.sql
echo "SELECT 'shop.\"<&\"\"]]>\"()'::regprocedure;" >verify/make.sql
: >revert/make.sql
cycle --junit report.xml
expect_status 17
xml=$(sed 1d report.xml | sed "s/'/''/g")
expect_sql "SELECT xml_is_well_formed_document('$xml')" t
expect_sql "SELECT (xpath('string(/testsuites/@failures)', '$xml'))[1]" 1
expect_sql "SELECT (xpath('string(/testsuites/testsuite/@name)', '$xml'))[1]" shop
expect_sql "SELECT (xpath('string(//testcase[@name=\"Change by change\"]/failure/@type)', '$xml'))[1]" residue
expect_sql "SELECT (xpath('string(//testcase[@name=\"Change by change\"]/failure)', '$xml'))[1]::text LIKE '%&lt;&amp;%]]&gt;%'" t
cycle --junit /nowhere/report.xml
expect_status 10
end

finish
