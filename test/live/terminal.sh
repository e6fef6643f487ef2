. "$(dirname "$0")/../lib.sh"

# at_terminal ANSWER COMMAND… – runs it on a terminal of its own, types ANSWER once it asks; $status and $out as of run
at_terminal() {
    answer=$1
    shift
    out=$(env -u CI TERM=xterm python3 -c '
import os, pty, select, sys, time
answer, command = sys.argv[1].encode().decode("unicode_escape").encode(), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen, typed, end = b"", False, time.time() + 30
while time.time() < end:
    ready, _, _ = select.select([terminal], [], [], 0.2)
    try:
        piece = os.read(terminal, 65536) if ready else b""
    except OSError:
        break
    if ready and not piece:
        break
    seen += piece
    if not typed and (b"[y/N]" in seen or b"Password" in seen):
        time.sleep(0.2)
        os.write(terminal, answer)
        typed = True
_, status = os.waitpid(pid, 0)
sys.stdout.write(seen.decode(errors="replace"))
sys.exit(os.waitstatus_to_exitcode(status) % 256)' "$answer" "$@")
    status=$?
    errors=
    command=$*
}

begin "a person is asked before anything is taken back, and may decline"
project pgwright; change users
run "$PGWRIGHT" deploy
at_terminal 'n\n' "$PGWRIGHT" revert
expect_status 12
expect_out "Revert 1 change"
expect_out "declined"
expect_sql "SELECT count(*) FROM users" 0
at_terminal 'y\n' "$PGWRIGHT" revert
expect_status 0
expect_sql "SELECT to_regclass('users') IS NULL" t
end

begin "Ctrl-C at a question is no answer"
project pgwright; change users
run "$PGWRIGHT" deploy
at_terminal '\x03' "$PGWRIGHT" revert
expect_status 130
expect_sql "SELECT count(*) FROM users" 0
end

begin "--no-tty and CI ask nobody"
project pgwright; change users
run "$PGWRIGHT" deploy
at_terminal 'y\n' "$PGWRIGHT" revert --no-tty
expect_status 12
expect_out "confirm it with --yes"
at_terminal 'y\n' env CI=true "$PGWRIGHT" revert
expect_status 12
expect_sql "SELECT count(*) FROM users" 0
end

begin "a password that is typed is not shown"
at_terminal 'opensesame\ny\n' "$PGWRIGHT" roles add "role_$$"
expect_status 0
expect_no_out "opensesame"
run "$PGWRIGHT" roles remove "role_$$"
end

begin "colour on a terminal, none with NO_COLOR"
at_terminal '' "$PGWRIGHT" help
expect_out "$(printf '\033\\[1m')"
at_terminal '' env NO_COLOR=1 "$PGWRIGHT" help
expect_no_out "$(printf '\033')"
at_terminal '' "$PGWRIGHT" help --no-color
expect_no_out "$(printf '\033')"
end

finish
