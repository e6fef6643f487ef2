# What the documents show is what happens: the README's session is typed again, every command line in the documents is one
# that the program takes, and the table of exit codes is the program's own.
. "$(dirname "$0")/../lib.sh"

SOURCE=$PGWRIGHT_SOURCE
export PGWRIGHT_PG_BIN="$SERVER_BIN"

begin "the README's session"
unset PGDATABASE
mkdir shop && cd shop || exit 1
sed -n '/^## A session/,/^What fails/p' "$SOURCE/README.md" | sed -n 's/^\$ pgwright //p' >commands
[ "$(wc -l <commands)" -ge 5 ] || fail "the README shows no session"
while read -r line; do
    eval "run \"\$PGWRIGHT\" $line"
    [ "$status" = 0 ] || fail "pgwright $line: $errors"
    case $line in
    add*) echo 'CREATE TABLE users (id int);' >deploy/users.sql; echo 'SELECT id FROM users;' >verify/users.sql
        echo 'DROP TABLE users;' >revert/users.sql ;;
    esac
done <commands
run "$PGWRIGHT" sandbox stop
cd ..
end

begin "the README's error"
project pgwright; change customers; change orders
printf 'CREATE TABLE orders (\n    id bigint,\n    -- who\n    customer_id bigint REFERENCES customer\n);\n' >deploy/orders.sql
run "$PGWRIGHT" deploy
expect_status 13
expect_errors 'deploy/orders.sql:[0-9]*:[0-9]*: relation "customer" does not exist (SQLSTATE 42P01)'
end

begin "every command line of the documents is one that the program takes"
cat "$SOURCE/README.md" "$SOURCE"/doc/*.md | sed -n 's/^\(\$ \)\{0,1\}\(pgwright [a-z].*\)/\2/p; s/`\(pgwright [a-z][^`]*\)`/\
\1\
/g' | sed -n 's/^pgwright \([a-z].*\)/\1/p' | sed 's/ *#.*//; s/ COMMAND$//' | sort -u >lines
[ "$(wc -l <lines)" -ge 8 ] || fail "the documents show no commands"
while read -r line; do
    [ -n "$line" ] || continue
    eval "run \"\$PGWRIGHT\" $line --cwd '$PWD' --help"
    [ "$status" = 0 ] || fail "pgwright $line: $errors"
done <lines
end

begin "the table of exit codes"
"$PGWRIGHT" help exit-codes | awk '$1 ~ /^[0-9]+$/ { print $1 }' | sort -n >wanted
sed -n 's/^| \([0-9]*\) |.*/\1/p' "$SOURCE/doc/exit-codes.md" | sort -n >got
expect_same "$(cat wanted)" "$(cat got)" "the codes"
end

begin "the example workspace passes its full cycle"
cp -r "$SOURCE/examples/shop" . && rm -rf shop/.pgwright && cd shop || exit 1
run "$PGWRIGHT" test --workspace --all --prefix "d$$_"
expect_status 0
cd ..
end

finish
