# States of pgschema's own tests: the hash of each must be the one that pgschema 1.12 recorded, on PostgreSQL 18. Servers
# before 16 print views in other words, so states with views are left out there.
. "$(dirname "$0")/../lib.sh"

cases=$PGWRIGHT_SOURCE/../shared/cases/declarative
version=$(psql -XAtq -d postgres -c "SELECT current_setting('server_version_num')::int / 10000")
if [ ! -d "$cases" ] || [ "$version" -lt 14 ]; then
    skip "recorded fingerprints" "there are no cases, or the server is too old"
    finish
fi

is_printed_otherwise() {
    [ "$version" -lt 16 ] && grep -qiE 'CREATE (OR REPLACE )?(MATERIALIZED )?VIEW' "$1"
}

begin "recorded fingerprints"
alone_with testuser
psql -Xq -d postgres -c 'CREATE ROLE testuser LOGIN SUPERUSER' 2>/dev/null # who granted is hashed
owner=$PGUSER
export PGUSER=testuser
equal=0
total=0
while read -r name hash; do
    old=$cases/$name/old.sql
    [ -f "$old" ] && ! is_printed_otherwise "$old" || continue
    psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE WITH (FORCE)" -c "CREATE DATABASE $PGDATABASE" 2>/dev/null
    [ ! -f "$cases/$name/setup.sql" ] || psql -Xq -v ON_ERROR_STOP=1 -f "$cases/$name/setup.sql" >/dev/null 2>&1 || continue
    psql -Xq -v ON_ERROR_STOP=1 -f "$old" >/dev/null 2>&1 || continue
    total=$((total + 1))
    if [ "$("$BUILD/test/pgschema_hash" public 2>&1)" = "$hash" ]; then
        equal=$((equal + 1))
    else
        fail "$name has another hash"
    fi
done <"$PGWRIGHT_SOURCE/test/peers/fingerprints"
name="recorded fingerprints ($equal of $total equal)"
[ $total -gt 70 ] || fail "only $total cases could be loaded"
PGUSER=$owner
end
for role in testuser $(grep -ohE 'CREATE (ROLE|USER) [a-z_]+' "$cases"/*/*/*.sql | awk '{ print $3 }' | sort -u); do
    psql -Xq -d postgres -c "DROP ROLE IF EXISTS $role" 2>/dev/null
done
finish
