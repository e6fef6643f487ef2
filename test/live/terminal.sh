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

begin "colour on a terminal, none with NO_COLOR"
at_terminal '' "$PGWRIGHT help"
expect_out "$(printf '\033\\[1m')"
at_terminal '' "env NO_COLOR=1 $PGWRIGHT help"
expect_no_out "$(printf '\033')"
end

finish
