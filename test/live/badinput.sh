# Files as they should not be: each is told with its place before anything is touched, and nothing crashes.
. "$(dirname "$0")/../lib.sh"

STAMP='2024-01-01T00:00:00Z T <t@e>'
is_sanitized() {
    ldd "$PGWRIGHT" | grep -q asan
}

# Runs a command as somebody whom permissions stop: root is stopped by none.
run_as_nobody() {
    if [ "$(id -u)" = 0 ]; then
        run setpriv --reuid=nobody --regid=nogroup --clear-groups -- "$@"
    else
        run "$@"
    fi
}

# Nothing of pgwright's was made.
expect_untouched() {
    expect_sql "SELECT count(*) FROM pg_namespace WHERE nspname IN ('pgwright', 'pgpm_migrate', 'sqitch')" 0
}

begin "empty files: a plan without its project; control and settings files say nothing"
for format in pgwright pgpm sqitch; do
    : >$format.plan
    run "$PGWRIGHT" deploy
    expect_status 10
    expect_errors "$format.plan.*%project is not usable: it is missing"
    rm $format.plan
done
project pgwright; change a; : >shop.control; : >pgwright.yaml; : >deploy/a.sql; : >verify/a.sql; : >revert/a.sql
run "$PGWRIGHT" deploy
expect_status 0
: >package.json
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "package.json:1:"
end

begin "a plan of a header alone has nothing to deploy"
project sqitch
run "$PGWRIGHT" deploy
expect_status 0
run "$PGWRIGHT" status
expect_status 0
end

begin "a byte order mark and CRLF are taken in every kind of file"
printf '\357\273\277%%syntax-version=1.0.0\r\n%%project=shop\r\n\r\nusers %s # néw\r\norders [users] %s\r\n' "$STAMP" "$STAMP" >pgwright.plan
mkdir deploy verify revert
for c in users orders; do
    printf '\357\273\277-- Deploy %s to pg\r\nCREATE TABLE %s (\r\nid int);\r\n' $c $c >deploy/$c.sql
    printf '\357\273\277SELECT id FROM %s;\r\n' $c >verify/$c.sql
    printf '\357\273\277DROP TABLE %s;\r\n' $c >revert/$c.sql
done
printf '\357\273\277comment = '"'shop'"'\r\nrequires = '"'plpgsql'"'\r\n' >shop.control
printf '\357\273\277{"name": "@x/shop"}\r\n' >package.json
printf '\357\273\277{"provides": {}}\r\n' >extensions.json
printf '\357\273\277deployment:\r\n  onChanged: error\r\n' >pgwright.yaml
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT count(*) FROM pgwright.changes" 2
run "$PGWRIGHT" revert --all --yes
expect_status 0
run "$PGWRIGHT" analyze
expect_no_out "header"
end

begin "invalid UTF-8, UTF-16 and NUL bytes in a plan"
project pgwright; change a; printf 'b\377 %s\nc\0d %s\n' "$STAMP" "$STAMP" >>pgwright.plan
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "pgwright.plan:5:2: invalid UTF-8"
expect_errors "pgwright.plan:6:2: a NUL byte"
expect_errors "hint: save the file as UTF-8"
printf '\377\376%%\0p\0' >pgwright.plan
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "pgwright.plan:1:1: invalid UTF-8"
end

begin "invalid UTF-8 and NUL bytes in control, JSON, YAML and sqitch.conf"
project pgwright; change a
printf 'comment = '"'"'\377'"'"'\n' >shop.control
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "shop.control:1:12: invalid UTF-8"
printf 'comment = "x"\nrequires = '"'"'a\0b'"'"'\n' >shop.control
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "shop.control:2:14: a NUL byte"
rm shop.control
printf '{"name": "\377"}' >package.json
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "package.json:1:"
printf '{"name": "a\\u0000b"}' >package.json
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "package.json:1:"
rm package.json
printf 'a: "\377"\n' >pgwright.yaml
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "pgwright.yaml:1:"
rm pgwright.yaml; mv pgwright.plan sqitch.plan
printf '[core]\n\tengine = \377\n' >sqitch.conf
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "sqitch.conf:2:11: invalid UTF-8"
printf '[core]\n\tengine = p\0g\n' >sqitch.conf
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "sqitch.conf:2:12: a NUL byte"
expect_untouched
end

begin "every line that was cut in half is told, in the file's order"
project sqitch
printf 'a %s\nb [a\nc [a] 2024-01-01T0\nd [a] 2024-02-30T00:00:00Z T <t@e>\ne [a] 2024-01-01T00:00:00Z\nf [a] 2024-01-01T00:00:00Z T <t@\n@v1 2024' "$STAMP" >>sqitch.plan
run "$PGWRIGHT" deploy
expect_status 10
expect_same "sqitch.plan:5:3 sqitch.plan:6:7 sqitch.plan:7:7 sqitch.plan:8:27 sqitch.plan:9:28 sqitch.plan:10:5" \
    "$(printf '%s\n' "$errors" | sed -n 's/^pgwright: \(sqitch.plan:[0-9]*:[0-9]*\):.*/\1/p' | paste -sd ' ')" "the places"
run "$PGWRIGHT" deploy --json
expect_status 10
expect_json "d->'error'->>'file' LIKE '%sqitch.plan' AND (d->'error'->>'line')::int = 5" t
end

begin "a thousand faults are told as a hundred and their number"
project pgwright
i=0; while [ $i -lt 1000 ]; do echo "bad name $i"; i=$((i + 1)); done >>pgwright.plan
run "$PGWRIGHT" status
expect_status 10
expect_errors "and 900 more errors"
expect_same 101 "$(printf '%s\n' "$errors" | grep -c '^pgwright: ')" "lines"
end

begin "control files with garbage"
project pgwright; change a
for line in 'requires' "requires = 'a" "requires = 'a' b" '= x'; do
    printf '# ok\n%s\n' "$line" >shop.control
    run "$PGWRIGHT" deploy
    expect_status 10
    expect_errors "shop.control:2:"
done
head -c 20000 /dev/urandom >shop.control
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "shop.control:[0-9]*:[0-9]*: "
expect_untouched
end

begin "JSON and YAML cut in half, or of another shape"
project pgwright; change a
for text in '{"name": "x", ' '{"name": ' '[1, 2' '"x' '[]' '7'; do
    printf '%s' "$text" >package.json
    run "$PGWRIGHT" deploy
    expect_status 10
    expect_errors "package.json:1:"
done
rm package.json
for text in '{"provides": {"citext": {"schema": "x"' '{"provides": []}' '{"provides": {"citext": 1}}' \
    '{"provides": {"citext": {"schema": 1}}}' '{"provides": {"citext": {"grants": {}}}}' \
    '{"provides": {"citext": {"grants": [{"privileges": "USAGE", "to": [1]}]}}}'; do
    printf '%s' "$text" >extensions.json
    run "$PGWRIGHT" deploy
    expect_status 10
    expect_errors "extensions.json"
done
rm extensions.json
for text in 'packages: [a, ' 'a: "b' 'a: b: c' '- 1' 'a: *x' "$(printf 'a:\n\t- b')"; do
    printf '%s\n' "$text" >pgwright.yaml
    run "$PGWRIGHT" deploy
    expect_status 10
    expect_errors "pgwright.yaml:[0-9]*:[0-9]*: "
done
rm pgwright.yaml
for text in '{"packages": ["pa' '[]' '{"packages": "x"}' '{"packages": [1]}'; do
    printf '%s' "$text" >pgpm.json
    run "$PGWRIGHT" deploy
    expect_status 10
    expect_errors "pgpm.json"
done
rm pgpm.json; mv pgwright.plan sqitch.plan
for text in '[core' '[core]
x = "y' '[]' 'x = 1' "$(head -c 300 /dev/zero | tr '\0' '[')"; do
    printf '%s\n' "$text" >sqitch.conf
    run "$PGWRIGHT" deploy
    expect_status 10
    expect_errors "sqitch.conf:[0-9]*:[0-9]*: "
done
expect_untouched
end

begin "JSON and YAML as deep and as large as a bomb"
project pgwright; change a
head -c 100000 /dev/zero | tr '\0' '[' >package.json
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "package.json:1:"
rm package.json
{ echo 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
  for i in 1 2 3 4 5 6 7 8 9; do p=$((i - 1)); echo "a$i: &a$i [*a$p, *a$p, *a$p, *a$p, *a$p, *a$p, *a$p, *a$p, *a$p]"; done; } >pgwright.yaml
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "pgwright.yaml:[0-9]*:[0-9]*: .*too many values"
head -c 100000 /dev/zero | tr '\0' '[' >pgwright.yaml
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "pgwright.yaml:1:[0-9]*: .*too deeply nested"
end

begin "folders where files are expected"
project pgwright; change a; change b
rm deploy/b.sql; mkdir deploy/b.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "pgwright.plan:5:1: the deploy script of b is missing: deploy/b.sql"
expect_errors "detail: it is a folder"
rmdir deploy/b.sql; echo 'SELECT 1;' >deploy/b.sql
mkdir shop.control
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "shop.control: not a file"
rmdir shop.control; mv revert kept; : >revert
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "revert: cannot list the folder: Not a directory"
rm -r revert pgwright.plan; mkdir pgwright.plan
run "$PGWRIGHT" deploy
expect_status 14
expect_errors "pgwright.plan is a folder"
expect_untouched
end

begin "FIFOs and devices are not waited for"
project pgwright; change a; change b
rm deploy/b.sql; mkfifo deploy/b.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "detail: it is not a regular file"
rm deploy/b.sql; printf '\\i x\n' >deploy/b.sql; mkfifo x
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "deploy/b.sql:1:"
rm x; ln -s /dev/zero x
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "outside the project"
expect_untouched
end

begin "circles of links end"
project pgwright; change a; change b
ln -s . deploy/self; ln -s ../deploy deploy/again; ln -s ../.. deploy/up
run "$PGWRIGHT" deploy
expect_status 0
run "$PGWRIGHT" analyze
expect_status 0
for i in 1 2 3 4 5 6 7 8 9; do mkdir "deploy/$i"; for k in 1 2 3 4 5 6 7 8 9; do ln -s "../$k" "deploy/$i/$k"; done; done
run "$PGWRIGHT" status
expect_status 10
expect_errors "links lead to too many folders"
rm -r deploy/[1-9]
deep=$(printf 'd/%.0s' $(seq 1 300)); mkdir -p "deploy/$deep"
run sh -c 'ulimit -n 200; exec "$@"' sh "$PGWRIGHT" status
expect_status 10
expect_errors "cannot list the folder: Too many open files"
rm -r deploy/d deploy/b.sql; ln -s b.sql deploy/b.sql
run "$PGWRIGHT" status
expect_status 10
expect_errors "pgwright.plan:5:1: the deploy script of b is missing"
expect_errors "detail: it is a link that leads nowhere"
end

begin "links among the folders of a workspace: each module counts once, and none outside it"
mkdir -p packages/one packages/two ../outside_$$
echo 'packages: [packages/*, "packages/*/*"]' >pgwright.yaml
for m in one two; do (cd packages/$m && project pgwright $m && change "${m}_table"); done
(cd ../outside_$$ && project pgwright outside && change outside_table)
ln -s . packages/one/self; ln -s ../two packages/one/two; ln -s ../.. packages/two/root; ln -s "../../../outside_$$" packages/two/outside
ln -s / packages/two/slash
run "$PGWRIGHT" deploy --workspace
expect_status 0
expect_sql "SELECT string_agg(change, ' ' ORDER BY change) FROM pgwright.changes" "one_table two_table"
rm -r "../outside_$$"
end

begin "links and includes out of the project are refused, whatever way they go"
project pgwright; change a; mkdir inside; echo 'SELECT 1;' >inside/ok.sql; echo 'SELECT 1;' >../outside.sql
for line in '\ir ../../outside.sql' '\i ../outside.sql' '\i /etc/passwd' '\i inside/../../outside.sql' "\\ir '../../outside.sql'" \
    '\include_relative ../../outside.sql' '\i inside/link.sql' '\i linked/outside.sql' "\\copy a FROM '../outside.sql'"; do
    ln -sf ../../outside.sql inside/link.sql; ln -sfn .. linked
    printf 'SELECT 1;\n%s\n' "$line" >deploy/a.sql
    run "$PGWRIGHT" deploy
    expect_status 10
    expect_errors "deploy/a.sql:2:[0-9]*: .*outside the project"
done
printf '\\i inside/ok.sql\n\\ir ../inside/ok.sql\n' >deploy/a.sql; rm verify/a.sql
run "$PGWRIGHT" deploy
expect_status 0
end

begin "scripts that include each other in a circle"
project pgwright; change a
printf '\\ir a.sql\n' >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "deploy/a.sql:1:"
expect_untouched
end

begin "variables that grow without end"
project pgwright; change a
{ echo '\set v 0123456789'; for i in $(seq 1 60); do echo '\set v :v:v:v:v'; done; echo "SELECT ':v';"; } >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "deploy/a.sql:[0-9]*:1: .*more than 1 MB"
{ echo "\set v0 1"; for i in $(seq 1 60); do echo "\set v$i ':v$((i - 1)),:v$((i - 1))'"; done; echo "SELECT :v60;"; } >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "deploy/a.sql:62:8: .*more than 4 MB"
{ printf "\\\\set v ':\\\\'v\\\\''\\n"; for i in $(seq 1 13); do echo '\set v :v:v:v'; done; echo "SELECT :v;"; } >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "more than [14] MB"
expect_untouched
end

begin "files that may not be read"
project pgwright; change a; change b; : >shop.control; echo '{}' >package.json
for file in deploy/b.sql shop.control package.json pgwright.plan; do
    chmod 000 $file
    run_as_nobody "$PGWRIGHT" deploy
    expect_status 10
    expect_errors "$file: cannot \(open\|read the script\): Permission denied"
    expect_errors "hint: check the permissions: ls -ld"
    chmod 644 $file
done
for folder in deploy revert; do
    chmod 000 $folder
    run_as_nobody "$PGWRIGHT" deploy
    expect_status 10
    expect_errors "$folder: cannot list the folder: Permission denied"
    chmod 755 $folder
done
expect_untouched
end

begin "a folder that may not be written to"
project pgwright; change a; chmod 555 . deploy
run_as_nobody "$PGWRIGHT" add new
expect_status 10
expect_errors "Permission denied"
expect_same 0 "$(grep -c '^new' pgwright.plan)" "lines of the change in the plan"
chmod 755 . deploy
end

begin "names that a plan may not hold"
project pgwright; change a
printf '"quoted" %s\na b %s\nno\302\240break %s\nideographic\343\200\200space %s\nbell\007 %s\n-- %s\na:b %s\n..%s\n../up %s\n' \
    "$STAMP" "$STAMP" "$STAMP" "$STAMP" "$STAMP" "$STAMP" "$STAMP" "$STAMP" "$STAMP" >>pgwright.plan
run "$PGWRIGHT" deploy
expect_status 10
for line in 5 6 7 8 9 10 11 12 13; do expect_errors "^pgwright: pgwright.plan:$line:"; done
expect_errors "not a name for a change: it holds a blank that is not the common one"
expect_errors "not a name for a change: it holds a control character"
run "$PGWRIGHT" add "two words"
expect_status 10
project pgwright; change a
run "$PGWRIGHT" add "two words"
expect_status 2
run "$PGWRIGHT" add "../up"
expect_status 2
run "$PGWRIGHT" add "a/../../up"
expect_status 2
expect_errors "must not be empty, . or .."
run "$PGWRIGHT" deploy --to "no such; DROP TABLE a"
expect_status 2
run "$PGWRIGHT" init "$(printf 'no\377name')" --json
expect_status 2
run "$PGWRIGHT" deploy --json --to "$(printf 'a\377')"
expect_status 2
expect_json "d->'error'->>'message' LIKE 'a_ cannot name a change'" t
end

begin "folders with blanks, quotes and Unicode in their names"
mkdir -p "a folder/it's \"quoted\"/Ünï \$HOME;"; cd "a folder/it's \"quoted\"/Ünï \$HOME;" || exit 1
project pgwright "Größe_'x'é"; change 'tést'; change 'semi;colon'; change "quo'te\"d"
echo 'SELECT 1;' >"deploy/semi;colon.sql"; cp "deploy/semi;colon.sql" "verify/semi;colon.sql"; cp "deploy/semi;colon.sql" "revert/semi;colon.sql"
echo 'SELECT 2;' >"deploy/quo'te\"d.sql"; cp "deploy/quo'te\"d.sql" "verify/quo'te\"d.sql"; cp "deploy/quo'te\"d.sql" "revert/quo'te\"d.sql"
run "$PGWRIGHT" deploy
expect_status 0
run "$PGWRIGHT" verify
expect_status 0
run "$PGWRIGHT" status --json
expect_status 0
expect_json "d IS NOT NULL" t
run "$PGWRIGHT" revert --all --yes
expect_status 0
expect_sql "SELECT count(*) FROM pgwright.changes" 0
end

begin "a script of 100 MB is deployed in bounded memory"
project pgwright
echo "inserts $STAMP
rows $STAMP" >>pgwright.plan
mkdir deploy
yes "SELECT '$(printf '%01000d' 7)';" | head -n 100000 >deploy/inserts.sql
{ echo 'CREATE TABLE rows (t text); COPY rows FROM stdin;'; yes "$(printf '%01000d' 7)" | head -n 100000; echo '\.'; } >deploy/rows.sql
if is_sanitized; then
    run "$PGWRIGHT" deploy
else
    run sh -c 'ulimit -v 400000; exec "$@"' sh "$PGWRIGHT" deploy
fi
expect_status 0
expect_sql "SELECT count(*) FROM rows" 100000
end

begin "a plan of 100,000 changes, in bounded memory; its faults too"
project pgwright
awk 'BEGIN { for (i = 0; i < 100000; i++) print "c" i (i ? " [c" i - 1 "]" : "") " 2024-01-01T00:00:00Z T <t@e> # change " i }' >>pgwright.plan
mkdir deploy
limit='ulimit -v 300000'
! is_sanitized || limit=:
run sh -c "$limit"'; exec "$@"' sh "$PGWRIGHT" status
expect_status 10
expect_errors "pgwright.plan:4:1: the deploy script of c0 is missing"
expect_errors "and 99900 more errors"
(cd deploy && awk 'BEGIN { for (i = 0; i < 100000; i++) { f = "c" i ".sql"; print "SELECT 1;" >f; close(f) } }')
run sh -c "$limit"'; exec "$@"' sh "$PGWRIGHT" status
expect_status 0
expect_out "0 of 100000 deployed"
run "$PGWRIGHT" deploy --to c5
expect_status 0
expect_sql "SELECT count(*) FROM pgwright.changes" 6
end

finish
