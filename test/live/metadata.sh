# Projects with a deploy.sql, looked at without a database: metadata blocks, the order of files, folders of every kind.
. "$(dirname "$0")/../lib.sh"

ID=3f2b8c1e-6d4a-4e8b-9c57-0a1b2c3d4e5f

# block ID IDEMPOTENT [KEY…]: a metadata block
block() {
    printf '/* <pgmi-meta id="%s" idempotent="%s"><sortKeys>' "$1" "$2"
    shift 2
    for key; do printf '<key>%s</key>' "$key"; done
    printf '</sortKeys></pgmi-meta> */\n'
}

# A project of four SQL files, one of them in two places, with a test and a file that is not SQL.
small_project() {
    echo 'SELECT 1;' | write deploy.sql
    block "$ID" true 010 900 | write lib/first.sql
    block 00000000-0000-0000-0000-000000000002 false 020 | write tables.sql
    echo 'SELECT 1;' | write b.sql
    echo 'SELECT 1;' | write a/c.sql
    echo '# Shop' | write README.md
    echo 'SELECT 1;' | write a/__test__/test_c.sql
}

begin "the plan has a row for each file and sort key, in byte order"
small_project
run "$PGWRIGHT" metadata plan --json
expect_status 0
expect_json "jsonb_path_query_array(d, '\$.rows[*].path')" \
    '["./README.md", "./a/c.sql", "./b.sql", "./lib/first.sql", "./tables.sql", "./lib/first.sql"]'
expect_json "jsonb_path_query_array(d, '\$.rows[*].sort_key')" \
    '["./README.md", "./a/c.sql", "./b.sql", "010", "020", "900"]'
expect_json "jsonb_path_query_array(d, '\$.rows[*].execution_order')" '[1, 2, 3, 4, 5, 6]'
expect_json "(SELECT bool_and(r->>'generic_id' = md5(r->>'path')::uuid::text) FROM jsonb_array_elements(d->'rows') r)" t
expect_json "jsonb_path_query_array(d, '\$.plan[*].path')" '["./a/c.sql", "./b.sql", "./lib/first.sql", "./tables.sql"]'
expect_json "d->'plan'->0 = jsonb_build_object('path', './a/c.sql', 'id', md5('./a/c.sql')::uuid, 'idempotent', true,
    'sort_keys', '[\"./a/c.sql\"]'::jsonb, 'description', 'no metadata', 'transaction', 'own')" t
expect_json "d->'plan'->2->>'id' || (d->'plan'->2->>'sort_keys') || (d->'plan'->3->>'idempotent')" "$ID[\"010\", \"900\"]false"
expect_json "d->>'total_files'" 4
run "$PGWRIGHT" metadata plan .
expect_status 0
expect_out '^4 *010 *./lib/first.sql *again'
expect_out '^5 *020 *./tables.sql *once'
expect_out '^1 *./README.md *not SQL'
expect_errors '1 file is not SQL'
end

begin "scaffold changes nothing unless it is told to, and then not the plan"
small_project
run "$PGWRIGHT" metadata plan --json
before=$(printf '%s' "$out" | grep -e '"path"' -e '"generic_id"')
cp -r . ../copy
run "$PGWRIGHT" metadata scaffold
expect_status 0
expect_out '^./a/c.sql  '
expect_errors '2 SQL files without metadata; nothing was written'
diff -r . ../copy >/dev/null || fail "files were written"
rm -r ../copy
chmod 640 b.sql
run "$PGWRIGHT" metadata scaffold --write --json
expect_status 0
expect_json "d->>'written' || (d->'files'->0->>'path') || (d->'files'->1->>'path')" 'true./a/c.sql./b.sql'
expect_same 640 "$(stat -c %a b.sql)" "the mode"
expect_same 'SELECT 1;' "$(tail -n 1 b.sql)" "the statement"
run "$PGWRIGHT" metadata plan --json
expect_same "$before" "$(printf '%s' "$out" | grep -e '"path"' -e '"generic_id"')" "the plan"
expect_json "d->'plan'->1->>'id' = md5('./b.sql')::uuid::text" t
run "$PGWRIGHT" metadata scaffold --write
expect_status 0
expect_out 'Every SQL file has metadata'
run "$PGWRIGHT" metadata validate
expect_status 0
expect_out '^6 files: 4 with metadata, 2 without'
end

begin "scaffold heeds byte order marks, line ends, odd names and what runs once"
: >deploy.sql
printf '\357\273\277SELECT 1;\r\n' >crlf.sql
mkdir 'a*' && echo 'SELECT 1;' >"a*/b&<c>'\".sql"
run "$PGWRIGHT" metadata scaffold --write --no-idempotent
expect_status 0
expect_same 357273277057052015012 "$(head -c 7 crlf.sql | od -An -to1 | tr -d ' \n')" "the beginning"
! sed 's/\r$//' crlf.sql | grep -q "$(printf '\r')" || fail "a line end is mixed"
expect_same "$(grep -c '' crlf.sql)" "$(grep -c "$(printf '\r')$" crlf.sql)" "lines that end in CRLF"
run "$PGWRIGHT" metadata plan --json
expect_status 0
expect_json "d->'plan'->0->>'path' = d->'plan'->0->'sort_keys'->>0 AND d->'plan'->0->>'path' = './a*/b&<c>''\".sql'" t
expect_json "d->'plan'->1->>'idempotent'" false
printf 'SELECT 1;' >"$(printf 'bell\a.sql')"
run "$PGWRIGHT" metadata scaffold --write
expect_status 10
expect_errors 'cannot be written in XML'
end

begin "scaffold leaves links alone: what they lead to has its own block"
: >deploy.sql
echo 'SELECT 1;' >a.sql
ln -s a.sql b.sql
run "$PGWRIGHT" metadata scaffold --write
expect_status 0
expect_out '^1 file got metadata'
[ -L b.sql ] || fail "the link is gone"
expect_same 1 "$(grep -c '<pgmi-meta' a.sql)" "blocks of a.sql"
end

begin "validate tells every fault of every file, with its place"
small_project
block "$ID" true | write z.sql
block nobody maybe ' ' | write bad.sql
printf '\377' | write data.bin
run "$PGWRIGHT" metadata validate
expect_status 10
expect_errors './bad.sql:1:19: the id is not a uuid'
expect_errors './bad.sql:1:39: idempotent is neither true nor false'
expect_errors './bad.sql:1:56: a sort key is blank'
expect_errors './data.bin:1:1: not valid UTF-8'
rm bad.sql data.bin
run "$PGWRIGHT" metadata validate
expect_status 10
expect_errors "./z.sql:1: 2 files have the metadata id $ID"
expect_errors 'detail: ./lib/first.sql, ./z.sql'
run "$PGWRIGHT" metadata validate --json
expect_status 10
expect_json "d->>'validation_passed'" false
expect_json "d->'duplicate_ids'->>0" "$ID: ./lib/first.sql, ./z.sql"
expect_json "array_to_string(ARRAY[d->>'total_files', d->>'files_with_metadata', d->>'files_without_metadata'], ' ')" '7 3 4'
run "$PGWRIGHT" metadata plan
expect_status 0
expect_errors 'files share ids'
rm z.sql
run "$PGWRIGHT" metadata validate --json
expect_status 0
expect_json "d->'duplicate_ids'" '[]'
end

begin "info counts without a database, and without a deploy.sql"
small_project
printf 'connection:\n  database: shop\n' | write pgmi.yaml
run "$PGWRIGHT" info --json
expect_status 0
expect_json "d - 'path' - 'ok' - 'version' - 'directories'" \
    '{"sqlFiles": 5, "template": "basic", "deploySql": true, "testFiles": 1, "configFile": "ok", "totalFiles": 7, "metadataWith": 2}'
expect_json "d->'directories'" '{"./": 4, "./a/": 1, "./lib/": 1, "./a/__test__/": 1}'
rm deploy.sql
mkdir -p lib/api
echo 'colour: red' | write pgmi.yaml
cd lib || exit 1
run "$PGWRIGHT" info ..
cd ..
expect_status 0
expect_out 'template *advanced'
expect_out 'deploy.sql *missing'
expect_out 'settings *error: '
run "$PGWRIGHT" info missing
expect_status 10
run "$PGWRIGHT" info README.md
expect_status 10
expect_errors 'name the folder, not a file of it'
run "$PGWRIGHT" info . .
expect_status 2
end

# in_memory MB: goes into a folder that is in memory, for so much is not to be written to disks.
in_memory() {
    [ "$(df -Pm /dev/shm 2>/dev/null | awk 'END { print $4 }')" -gt "$1" ] 2>/dev/null &&
        memory=$(mktemp -d /dev/shm/pgwright-test.XXXXXX) && cd "$memory"
}
trap 'rm -rf ${memory:+"$memory"}; leave' EXIT

if in_memory 900; then
    begin "a hundred thousand files are read with little work"
    cd "$memory" || exit 1
    : >deploy.sql
    mkdir a b
    seq 50000 | split -l 1 -a 4 --additional-suffix=.sql - a/f
    seq 50001 100000 | split -l 1 -a 4 --additional-suffix=.sql - b/f
    run sh -c '"$0" info --json; times >&2' "$PGWRIGHT"
    expect_status 0
    expect_json "d->>'totalFiles'" 100000
    work=$(printf '%s\n' "$errors" | awk 'END { split($1, u, /[ms]/); split($2, s, /[ms]/); print int(u[1] * 60 + u[2] + s[1] * 60 + s[2]) }')
    [ "$work" -lt 10 ] || grep -q __asan_init "$PGWRIGHT" || fail "it took $work seconds of work"
    rm -rf a b
    end

    begin "a file of 500 MB is refused at once, or read within twice its size"
    cd "$memory" || exit 1
    truncate -s 500M big.sql
    run "$PGWRIGHT" info
    expect_status 10
    expect_errors 'big.sql: too large: 524288000 bytes; at most 10485760 of a file are loaded'
    yes "SELECT 'größer'; -- as it is" | head -c 500000015 >big.sql
    export PGMI_MAX_FILE_SIZE=600000000
    # addresses cannot be limited for a program that checks its memory itself
    if grep -q __asan_init "$PGWRIGHT"; then
        run "$PGWRIGHT" info
    else
        run sh -c 'ulimit -v 1064000; exec "$0" info' "$PGWRIGHT"
    fi
    unset PGMI_MAX_FILE_SIZE
    expect_status 0
    expect_out '1: 1 SQL'
    rm -rf "$memory"
    end
fi

begin "a folder that cannot be read is told"
: >deploy.sql
echo 'SELECT 1;' >secret.sql
chmod 000 secret.sql
if [ "$(id -u)" = 0 ]; then
    chmod 755 . && run setpriv --reuid=postgres --regid=postgres --clear-groups -- "$PGWRIGHT" info "$PWD"
else
    run "$PGWRIGHT" info
fi
expect_status 10
expect_errors 'secret.sql: cannot open the file: Permission denied'
end

finish
