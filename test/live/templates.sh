# The projects that init --template makes. Roles belong to the server: names of their own, and everything is removed again.
. "$(dirname "$0")/../lib.sh"

prefix="tpl$$"

# All that there is but the lines of the log, which a deployment may add to, and sequences, which no rollback takes back.
state() {
    "$SERVER_BIN/pg_dump" --exclude-table-data=internal.deployment_script_execution_log |
        grep -v '^\\.*restrict \|^SELECT pg_catalog.setval' >"$1"
}

# Nothing has changed since `state before`.
expect_no_change() {
    state after
    cmp -s before after || fail "something has changed:
$(diff before after)"
}

# Removes the roles of `advanced`, and all they own here.
forget_roles() {
    for role in login app owner deployer; do
        sql "REASSIGN OWNED BY ${prefix}_$role TO postgres" >/dev/null
        sql "DROP OWNED BY ${prefix}_$role CASCADE" >/dev/null
        sql "DROP ROLE ${prefix}_$role" >/dev/null
    done
}

advanced() {
    run "$PGWRIGHT" deploy advanced -d "$PGDATABASE" --param "role_prefix=$prefix" "$@"
}

begin "templates are listed and described"
run "$PGWRIGHT" templates list
expect_status 0
expect_same "basic advanced" "$(printf '%s\n' "$out" | cut -d ' ' -f 1 | paste -sd ' ')" "the names of the templates"
run "$PGWRIGHT" templates list --json
expect_json "d #>> '{templates,1,name}'" advanced
run "$PGWRIGHT" templates describe basic
expect_status 0
expect_out schema/010_people.sql
run "$PGWRIGHT" templates describe advanced --json
expect_json "d->'files' ? 'deploy/roles.sql'" t
run "$PGWRIGHT" templates describe none
expect_status 2
expect_errors "there are basic, advanced"
run "$PGWRIGHT" init --template none
expect_status 2
end

begin "init writes a template's files into a new folder, with the folder's name in them"
run "$PGWRIGHT" init --template basic sub/shop
expect_status 0
expect_same "$out" "$(cd sub/shop && find . -type f | sed 's,^\./,,' | sort)" "the files that it tells of"
expect_errors "pgwright deploy sub/shop"
grep -q '^# shop$' sub/shop/README.md || fail "no name in README.md"
! grep -rq '{{' sub/shop || fail "a placeholder was left"
run "$PGWRIGHT" init --template advanced "we don't */ \"say\"" --json
expect_status 0
expect_json "d->>'folder'" "we don't */ \"say\""
end

begin "a folder that holds anything but settings is left alone"
mkdir a b c
echo mine >a/notes.txt
run "$PGWRIGHT" init -t basic a
expect_status 2
expect_errors "notes.txt"
expect_same notes.txt "$(ls -A a)" "what is in the folder"
run "$PGWRIGHT" init -t basic a/notes.txt
expect_status 2
run "$PGWRIGHT" init -t basic b c
expect_status 2
expect_same "" "$(ls -A b c | tr -d 'bc:\n')" "what is in the folders"
end

begin "settings, .env and .git stay as they are"
mkdir a b .git
echo "timeout: 1m" >a/pgmi.yaml
echo "A=1" >a/.env
(cd a && run "$PGWRIGHT" init -t basic)
expect_same "timeout: 1m A=1" "$(cat a/pgmi.yaml a/.env | paste -sd ' ')" "the settings"
[ -f a/deploy.sql ] && [ ! -e a/pgwright.yaml ] || fail "no project, or settings beside those that are there"
echo "timeout: 2m" >b/pgwright.yaml
run "$PGWRIGHT" init -t basic b
expect_status 0
expect_same "timeout: 2m" "$(cat b/pgwright.yaml)" "the settings"
end

begin "basic deploys, passes its tests, and deploys again without change"
run "$PGWRIGHT" init -t basic shop
run "$PGWRIGHT" deploy shop -d "$PGDATABASE"
expect_status 0
expect_errors "__test__/test_register_person.sql"
expect_sql "SELECT count(*) FROM app.person" 0
state before
run "$PGWRIGHT" deploy shop -d "$PGDATABASE"
expect_status 0
expect_no_change
run "$PGWRIGHT" deploy shop -d "$PGDATABASE" --param demo=on
expect_status 0
expect_sql "SELECT string_agg(name, ' ' ORDER BY name) FROM app.person" "Ada Grace"
run "$PGWRIGHT" deploy shop -d "$PGDATABASE" --param demo=on
expect_status 0
expect_sql "SELECT count(*) FROM app.person" 2
end

begin "basic: a test that fails takes everything back"
run "$PGWRIGHT" init -t basic shop
sed -i 's/EXCLUDED.name/person.name/' shop/schema/020_people_functions.sql
run "$PGWRIGHT" deploy shop -d "$PGDATABASE"
expect_status 13
expect_errors "the name is the new one"
expect_sql "SELECT to_regnamespace('app') IS NULL" t
end

begin "basic: the role that deploys needs CREATE on the database, nothing more"
sql "CREATE ROLE ${prefix}_deployer LOGIN; GRANT CREATE ON DATABASE \"$PGDATABASE\" TO ${prefix}_deployer"
run "$PGWRIGHT" init -t basic shop
run "$PGWRIGHT" deploy shop -d "$PGDATABASE" -U "${prefix}_deployer"
expect_status 0
run "$PGWRIGHT" deploy shop -d "$PGDATABASE" -U "${prefix}_deployer" --param demo=true
expect_status 0
forget_roles
end

version=$(psql -XAtqc 'SHOW server_version_num' -d postgres)
if [ "$version" -lt 150000 ]; then
    begin "advanced says that the server is too old"
    run "$PGWRIGHT" init -t advanced advanced
    advanced
    expect_status 13
    expect_errors "PostgreSQL 15 or later is needed"
    end
    skip "advanced" "PostgreSQL 15 is needed"
    finish
fi

begin "advanced deploys, passes its tests, and deploys again without change"
run "$PGWRIGHT" init -t advanced advanced
advanced
expect_status 0
expect_errors "4 script(s) ran"
expect_errors "as_application/test_row_security.sql"
expect_sql "SELECT count(*) FROM internal.deployment_script_execution_log" 4
state before
advanced
expect_status 0
expect_errors "^0 script(s) ran"
expect_no_change
expect_sql "SELECT count(*) FROM internal.deployment_script_execution_log" 4
advanced --param rerun=all
expect_status 0
expect_errors "^2 script(s) ran"
expect_no_change
expect_sql "SELECT count(*), count(DISTINCT xact_id), bool_and(executed_by = session_user) FROM internal.deployment_script_execution_log" "6|2|t"
forget_roles
end

begin "advanced works for an owner of the database with CREATEROLE, who is no superuser"
sql "CREATE ROLE ${prefix}_deployer LOGIN CREATEROLE"
sql "ALTER DATABASE \"$PGDATABASE\" OWNER TO ${prefix}_deployer"
run "$PGWRIGHT" init -t advanced advanced
advanced -U "${prefix}_deployer"
expect_status 0
state before
advanced -U "${prefix}_deployer"
expect_status 0
expect_errors "^0 script(s) ran"
expect_no_change
expect_no_errors "WARNING\|no privileges\|already a member"
expect_sql "SELECT count(*) FROM pg_class c WHERE relnamespace IN ('app'::regnamespace, 'api'::regnamespace, 'internal'::regnamespace) AND relowner <> '${prefix}_owner'::regrole" 0
forget_roles
end

begin "advanced: who does not own the database is told so"
sql "CREATE ROLE ${prefix}_deployer LOGIN CREATEROLE"
run "$PGWRIGHT" init -t advanced advanced
advanced -U "${prefix}_deployer"
expect_status 13
expect_errors "only the owner of the database"
expect_errors "deploy/roles.sql"
expect_sql "SELECT to_regrole('${prefix}_owner') IS NULL" t
forget_roles
end

begin "advanced: the application reaches its own rows through api, and nothing else"
run "$PGWRIGHT" init -t advanced advanced
advanced
expect_status 0
sql "INSERT INTO app.account (account_id, name) VALUES ('00000000-0000-0000-0000-000000000001', 'one'), ('00000000-0000-0000-0000-000000000002', 'two')"
export PGUSER="${prefix}_login"
expect_sql "SET app.account = '00000000-0000-0000-0000-000000000001'; SELECT count(add_note('mine')); SELECT body FROM note" "1
mine"
expect_sql "SET app.account = '00000000-0000-0000-0000-000000000002'; SELECT count(*) FROM note" 0
expect_sql "SELECT count(*) FROM note" 0
case $(sql "SELECT * FROM app.note") in *"permission denied for schema app"*) ;; *) fail "app.note can be named" ;; esac
case $(sql "CREATE TABLE public.t ()") in *"permission denied"*) ;; *) fail "the application makes tables" ;; esac
case $(sql "CREATE TEMP TABLE t ()") in *"permission denied"*) ;; *) fail "the application makes temporary tables" ;; esac
export PGUSER=postgres
forget_roles
end

begin "advanced: a password comes to the role, and to nobody's eyes"
echo "login_password=canary-pass-word" >secrets.env
run "$PGWRIGHT" init -t advanced advanced
advanced --params-file secrets.env --verbose
expect_status 0
expect_no_errors canary
expect_no_out canary
expect_errors "has a new password"
expect_sql "SELECT rolpassword LIKE 'SCRAM-SHA-256%' FROM pg_authid WHERE rolname = '${prefix}_login'" t
forget_roles
end

begin "advanced: parameters that nobody declared, or of another value, are refused before anything is made"
run "$PGWRIGHT" init -t advanced advanced
advanced --param envv=production --param other=1
expect_status 13
expect_errors "unknown parameters: envv, other"
advanced --param env=prod --param rerun=none
expect_status 13
expect_errors "env must be one of development, staging, production; rerun must be one of changed, all"
advanced --param "role_prefix=abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"
expect_status 13
expect_errors "role_prefix is too long"
expect_sql "SELECT to_regrole('${prefix}_owner') IS NULL AND to_regnamespace('app') IS NULL" t
end

begin "advanced: what runs once does so, however its file is called; what may run again does when it was changed"
run "$PGWRIGHT" init -t advanced advanced
advanced
expect_status 0
mv advanced/schema/notes.sql advanced/schema/moved.sql
echo "-- a word more" >>advanced/schema/moved.sql
echo "COMMENT ON VIEW api.note IS 'Changed';" >>advanced/api/notes.sql
advanced
expect_status 0
expect_errors "schema/moved.sql was changed, but ran on"
expect_errors "^1 script(s) ran"
expect_sql "SELECT obj_description('api.note'::regclass)" Changed
expect_sql "SELECT file_path, count(DISTINCT value) FROM internal.deployment_script_execution_log JOIN internal.deployment_script_content ON checksum = deployment_script_content_checksum WHERE file_path LIKE './api/%' GROUP BY 1" "./api/notes.sql|2"
forget_roles
end

begin "advanced: a new table without row security, and a file that nobody would run, are told of"
run "$PGWRIGHT" init -t advanced advanced
cat >advanced/schema/more.sql <<'EOF'
/* <pgmi-meta id="7ad6f0b1-92c5-4b1e-8a35-2f6d7f0e4a11" idempotent="false">
     <sortKeys><key>010/030</key></sortKeys>
   </pgmi-meta> */
CREATE TABLE app.more (id bigint);
EOF
advanced
expect_status 13
expect_errors "without row security: app.more"
expect_sql "SELECT to_regnamespace('app') IS NULL AND to_regrole('${prefix}_owner') IS NULL" t
echo "CREATE TABLE app.more (id bigint);" >advanced/schema/more.sql
advanced
expect_status 13
expect_errors "files without metadata: ./schema/more.sql"
end
finish
