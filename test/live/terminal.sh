# What a person at a terminal sees; script(1) makes the terminal.
. "$(dirname "$0")/../lib.sh"

# at_terminal ANSWER COMMAND – runs the command line, types ANSWER after a moment; $status and $out as of run.
at_terminal() {
    out=$( (sleep 0.5; printf "$1"; sleep 1) | env -u CI TERM=xterm timeout 30 script -qec "$2" /dev/null 2>&1)
    status=$?
    command=$2
    errors=
}

begin "a person is asked before anything is taken back, and may decline"
project pgwright; change users
run "$PGWRIGHT" deploy
at_terminal 'n\n' "$PGWRIGHT revert"
expect_status 12
expect_out "Revert 1 change"
expect_out "declined"
expect_sql "SELECT count(*) FROM users" 0
at_terminal 'y\n' "$PGWRIGHT revert"
expect_status 0
expect_sql "SELECT to_regclass('users') IS NULL" t
end

begin "Ctrl-C at a question is no answer"
project pgwright; change users
run "$PGWRIGHT" deploy
at_terminal '\003' "$PGWRIGHT revert"
expect_sql "SELECT count(*) FROM users" 0
[ "$status" != 0 ] || fail "it went on"
end

begin "--no-tty and CI ask nobody"
project pgwright; change users
run "$PGWRIGHT" deploy
at_terminal 'y\n' "$PGWRIGHT revert --no-tty"
expect_status 12
expect_out "confirm it with --yes"
at_terminal 'y\n' "env CI=true $PGWRIGHT revert"
expect_status 12
expect_sql "SELECT count(*) FROM users" 0
end

begin "a password that is typed is not shown"
run "$PGWRIGHT" roles bootstrap --yes
at_terminal 'opensesame\n' "$PGWRIGHT roles add role_$$ --yes"
expect_status 0
expect_no_out "opensesame"
run "$PGWRIGHT" roles remove "role_$$" --yes
end

# session_project – one that is deployed to $PGDATABASE, in which there is something to lose.
session_project() {
    echo 'SELECT 1;' >deploy.sql
    sql "CREATE TABLE kept ()"
}

begin "a database is replaced once its name was typed, and only by it"
session_project
at_terminal "$PGDATABASE\n" "$PGWRIGHT deploy . --overwrite"
expect_status 0
expect_out "Type its name to go on"
expect_out "Recreated database"
expect_sql "SELECT to_regclass('kept') IS NULL" t
sql "CREATE TABLE kept ()"
for answer in 'y\n' '\n' 'postgres\n' "$(echo "$PGDATABASE" | tr a-z A-Z)\n" "$PGDATABASE \n" '\004'; do
    at_terminal "$answer" "$PGWRIGHT deploy . --overwrite"
    expect_status 12
done
expect_sql "SELECT to_regclass('kept') IS NULL" f
end

begin "Ctrl-C instead of a name, and no name in time"
session_project
at_terminal '\003' "$PGWRIGHT deploy . --overwrite"
expect_status 130
at_terminal '' "$PGWRIGHT deploy . --overwrite --timeout 1s"
expect_status 16
expect_sql "SELECT to_regclass('kept') IS NULL" f
end

begin "making a database asks nobody, also with --overwrite"
session_project
at_terminal '' "$PGWRIGHT deploy . -d ${PGDATABASE}_new --overwrite"
expect_status 0
expect_no_out "Type its name"
psql -XAtq -d postgres -c "DROP DATABASE ${PGDATABASE}_new"
end

begin "--force counts five seconds down, for a Ctrl-C"
session_project
begun=$(date +%s)
out=$( (sleep 8) | env -u CI TERM=xterm timeout 30 script -qec "$PGWRIGHT deploy . --overwrite --force" /dev/null 2>&1)
status=$?
[ $(($(date +%s) - begun)) -ge 5 ] || fail "it did not wait"
expect_status 0
expect_out "5 s left to stop this with Ctrl-C"
expect_out "1 s left"
expect_out "is dropped with all that is in it"
expect_sql "SELECT to_regclass('kept') IS NULL" t
sql "CREATE TABLE kept ()"
out=$( (sleep 2; printf '\003'; sleep 1) | env -u CI TERM=xterm timeout 30 script -qec "$PGWRIGHT deploy . --overwrite --force" /dev/null 2>&1)
status=$?
expect_status 130
expect_sql "SELECT to_regclass('kept') IS NULL" f
end

begin "PGMI_NO_BANNER leaves the countdown; PGMI_NON_INTERACTIVE and CI ask nobody"
session_project
out=$( (sleep 2; printf '\003'; sleep 1) | env -u CI TERM=xterm PGMI_NO_BANNER=1 timeout 30 script -qec "$PGWRIGHT deploy . --overwrite --force" /dev/null 2>&1)
expect_no_out "is dropped with all"
expect_out "5 s left"
at_terminal "$PGDATABASE\n" "env PGMI_NON_INTERACTIVE=1 $PGWRIGHT deploy . --overwrite"
expect_status 12
expect_out "say --force"
at_terminal "$PGDATABASE\n" "env CI=true $PGWRIGHT deploy . --overwrite"
expect_status 12
expect_sql "SELECT to_regclass('kept') IS NULL" f
end

begin "colour on a terminal, none with NO_COLOR"
at_terminal '' "$PGWRIGHT help"
expect_out "$(printf '\033\\[1m')"
at_terminal '' "env NO_COLOR=1 $PGWRIGHT help"
expect_no_out "$(printf '\033')"
end

finish
