# The roles that modules grant to. Roles belong to the server: names of their own, and everything is removed again.
. "$(dirname "$0")/../lib.sh"

names() {
    printf '{"packages": ["packages/*"], "db": {"roles": {"anonymous": "r%s_anon", "authenticated": "r%s_auth", "administrator": "r%s_admin", "authenticatedClient": "r%s_client"}, "connections": {"app": {"user": "r%s_app", "password": "secret-app"}, "admin": {"user": "r%s_boss", "password": "secret-boss"}}}}' \
        $$ $$ $$ $$ $$ $$ >pgpm.json
    mkdir -p packages
}

cleanup() {
    for role in app boss client user anon auth admin maker; do psql -XAtqc "DROP ROLE IF EXISTS r$$_$role" >/dev/null 2>&1; done
}

begin "bootstrap makes them once, with their attributes, and sets these right again"
names
run "$PGWRIGHT" roles bootstrap --client
expect_status 0
expect_sql "SELECT string_agg(substr(rolname, length('r$$_') + 1) || rolcanlogin || rolbypassrls, ' ' ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'r$$\\_%'" "adminfalsetrue anonfalsefalse authfalsefalse clientfalsefalse"
expect_sql "SELECT setconfig FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = setrole WHERE rolname = 'r$$_client'" "{statement_timeout=15s}"
sql "ALTER ROLE r$$_anon LOGIN CREATEDB"
run "$PGWRIGHT" roles bootstrap
expect_status 0
expect_out "Nothing to make"
expect_sql "SELECT rolcanlogin OR rolcreatedb FROM pg_roles WHERE rolname = 'r$$_anon'" f
cleanup
end

begin "a login role gets its rights and a SCRAM verifier; no password is printed; removing it twice is fine"
names
run "$PGWRIGHT" roles bootstrap
run env PGWRIGHT_ROLE_PASSWORD=canary-Secret2 PGOPTIONS="-c password_encryption=scram-sha-256" "$PGWRIGHT" roles add "r$$_user" --verbose
expect_status 0
expect_no_out canary
expect_no_errors canary
expect_sql "SELECT substr(rolpassword, 1, 13) FROM pg_authid WHERE rolname = 'r$$_user'" "SCRAM-SHA-256"
expect_sql "SELECT pg_has_role('r$$_user', 'r$$_auth', 'member') AND pg_has_role('r$$_user', 'r$$_anon', 'member')" t
run "$PGWRIGHT" roles remove "r$$_user"
expect_status 0
run "$PGWRIGHT" roles remove "r$$_user"
expect_status 0
expect_out "Nothing to remove"
cleanup
end

begin "the test users"
names
run "$PGWRIGHT" roles bootstrap
run "$PGWRIGHT" roles add --test
expect_status 0
expect_sql "SELECT pg_has_role('r$$_boss', 'r$$_admin', 'member') AND pg_has_role('r$$_app', 'r$$_auth', 'member') AND NOT pg_has_role('r$$_app', 'r$$_admin', 'member')" t
run "$PGWRIGHT" roles remove --test
expect_status 0
expect_sql "SELECT count(*) FROM pg_roles WHERE rolname IN ('r$$_app', 'r$$_boss')" 0
cleanup
end

begin "a role with CREATEROLE does, from version 16 on, and once they are there it needs no right to grant"
names
sql "CREATE ROLE r$$_maker LOGIN CREATEROLE BYPASSRLS"
run "$PGWRIGHT" roles bootstrap --client -U "r$$_maker"
if [ "$(sql 'SHOW server_version_num')" -ge 160000 ]; then
    expect_status 0
    run "$PGWRIGHT" roles add --test -U "r$$_maker"
    expect_status 0
    run "$PGWRIGHT" roles remove --test -U "r$$_maker"
    expect_status 0
else
    expect_status 13
    expect_errors "must be superuser"
    run "$PGWRIGHT" roles bootstrap --client
fi
sql "ALTER ROLE r$$_maker NOCREATEROLE; REVOKE ADMIN OPTION FOR r$$_auth FROM r$$_maker" >/dev/null
run "$PGWRIGHT" roles bootstrap --client -U "r$$_maker"
expect_status 0
expect_out "Nothing to make"
expect_no_errors "already"
cleanup
end

begin "a role without grants on it is told how to make the others"
project pgpm; change a; echo 'CREATE TABLE a (id int); GRANT SELECT ON a TO authenticated_nowhere;' >deploy/a.sql
printf '{"db": {"roles": {"authenticated": "authenticated_nowhere"}}}' >pgpm.json
run "$PGWRIGHT" deploy
expect_status 13
expect_errors "pgwright roles bootstrap"
end

begin "a login role without the project's roles says what makes them"
names
run "$PGWRIGHT" roles add "r$$_user"
expect_status 13
expect_errors 'role "r[0-9]*_anon" does not exist'
expect_errors "pgwright roles bootstrap"
expect_sql "SELECT count(*) FROM pg_roles WHERE rolname = 'r$$_user'" 0
end

finish
