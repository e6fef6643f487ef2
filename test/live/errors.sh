. "$(dirname "$0")/../lib.sh"

begin "all errors of a plan at once, each with its place"
printf '%%syntax-version=1.0.0\n%%project=p\n\na 2024-01-01T00:00:00Z T <t@e>\nb [nosuch] 2024-01-01T00:00:00Z T <t@e>\na 2024-01-01T00:00:00Z T <t@e>\nc 2024-01-01T00:0\n' >sqitch.plan
run "$PGWRIGHT" status
expect_status 10
expect_errors "sqitch.plan:5:4: no change nosuch"
expect_errors "sqitch.plan:6:1: the change a stands here twice"
expect_errors "sqitch.plan:7:3: a time"
end

begin "a plan of Sqitch needs a blank line behind its pragmas; pgpm's does not"
printf '%%syntax-version=1.0.0\n%%project=p\na 2024-01-01T00:00:00Z T <t@e>\n' >pgpm.plan
mkdir deploy; echo 'SELECT 1;' >deploy/a.sql
run "$PGWRIGHT" status
expect_status 0
mv pgpm.plan sqitch.plan
run "$PGWRIGHT" status
expect_status 10
end

begin "BOM, CRLF, empty and comment-only scripts"
project pgwright; change bom; change crlf; change empty; change comment
printf '\357\273\277CREATE TABLE bom (id int);\n' >deploy/bom.sql
printf 'CREATE TABLE crlf (\r\n  id int\r\n);\r\n' >deploy/crlf.sql
: >deploy/empty.sql; echo '-- nothing' >deploy/comment.sql
rm verify/empty.sql verify/comment.sql
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT count(*) FROM pgwright.changes" 4
end

begin "invalid UTF-8 and NUL bytes are found before anything runs, with their place"
project pgwright; change a; change b
printf 'SELECT 1;\nSELECT '"'"'\377'"'"';\n' >deploy/b.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "deploy/b.sql:2:9: invalid UTF-8"
expect_sql "SELECT to_regclass('a') IS NULL" t
printf 'SELECT 1;\0' >deploy/b.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "deploy/b.sql:1:10: a NUL byte"
end

begin "unterminated quotes point to where they begin"
project pgwright; change a
printf 'SELECT 1;\nSELECT $body$ oops\n' >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "deploy/a.sql:2:8: a dollar-quoted string that is not closed"
end

begin "directives that are not run are named with their place"
project pgwright; change a
printf 'SELECT 1;\n\\gexec\n' >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors 'deploy/a.sql:2:1: the psql directive .gexec'
printf '\\connect other\n' >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "leave the connection"
end

begin "scripts and includes outside the project are refused"
project pgwright; change a
echo 'SELECT 1;' >../outside.sql
printf '\\ir ../../outside.sql\n' >deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "outside the project"
rm deploy/a.sql; ln -s ../../outside.sql deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "outside the project"
end

begin "a missing deploy script is found before anything runs"
project pgpm; change a; change b; rm deploy/b.sql
run "$PGWRIGHT" deploy
expect_status 10
expect_errors "pgpm.plan:5:1: the deploy script of b is missing"
expect_sql "SELECT to_regclass('a') IS NULL" t
end

begin "names with quotes, Unicode and slashes"
project pgwright
for name in 'a/Ünïcode' "it's" 'x$y'; do
    mkdir -p "deploy/$(dirname "$name")"
    echo "$name 2024-01-01T00:00:00Z Zoë <z@example.com> # näme" >>pgwright.plan
    echo 'SELECT 1;' >"deploy/$name.sql"
done
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT string_agg(change, ' ' ORDER BY deployed_at) FROM pgwright.changes" "a/Ünïcode it's x\$y"
end

begin "no project, no server, no database: each has its code and hint"
run "$PGWRIGHT" status
expect_status 14
project pgwright; change a
run "$PGWRIGHT" status -h /nowhere
expect_status 11
run "$PGWRIGHT" status -d "no such database"
expect_status 11
expect_errors "createdb"
PGDATABASE= run env -u PGDATABASE "$PGWRIGHT" status
expect_status 2
end

begin "unknown flags and commands are refused with the nearest"
run "$PGWRIGHT" deploy --createbd
expect_status 2
expect_errors "createdb"
run "$PGWRIGHT" deplyo
expect_status 2
expect_errors "deploy"
end

begin "no password is ever printed"
project pgwright; change a
echo "SELECT 'canary-Secret1';" >deploy/a.sql
PGPASSWORD=canary-Secret1 run env PGPASSWORD=canary-Secret1 "$PGWRIGHT" deploy --url "postgresql://nobody:canary-Secret1@localhost:1/x" --json
expect_status 11
expect_no_out canary
expect_no_errors canary
end

begin "a role without rights is told which"
project pgwright; change a
psql -XAtqc "CREATE ROLE weak_$$ LOGIN; REVOKE CREATE ON DATABASE \"$PGDATABASE\" FROM PUBLIC"
run "$PGWRIGHT" deploy -U "weak_$$"
expect_status 13
expect_errors "GRANT CREATE ON DATABASE"
psql -XAtqc "DROP ROLE weak_$$"
end

begin "JSON on stdout is one document, also on failure"
project pgwright; change a; echo 'SELECT 1/0;' >deploy/a.sql
run "$PGWRIGHT" deploy --json
expect_status 13
expect_json "(d->>'ok') || (d->'error'->>'sqlstate')" false22012
end

finish
