# What kills, other users and careless hands do to the throwaway server, and what the next start makes of it.
. "$(dirname "$0")/../lib.sh"

export PGWRIGHT_PG_BIN="$SERVER_BIN"

# A project with a running sandbox that holds the table "kept".
sandbox() {
    unset PGDATABASE
    project pgwright
    run "$PGWRIGHT" sandbox start
    expect_status 0
    ask 'CREATE TABLE kept ()'
    ask 'CHECKPOINT' # commits are not waited for: without it a kill may lose the table, as it may
}

ask() {
    run "$PGWRIGHT" sandbox psql -- -XAtqc "$1"
}

expect_kept() {
    ask "SELECT to_regclass('kept')"
    expect_out '^kept$'
    expect_no_errors "anew"
}

fact() {
    "$PGWRIGHT" sandbox status | sed -n "s/.*$1 *//p"
}

stop() {
    run "$PGWRIGHT" sandbox stop
    expect_status 0
    expect_out "does not run"
}

begin "killed with a session at work, it starts again beside nobody and with its data"
sandbox
"$PGWRIGHT" sandbox psql -- -qc 'DO $$ BEGIN LOOP END LOOP; END $$' >/dev/null 2>&1 &
sleep 0.5
kill -9 "$(fact 'runs as process')"
expect_kept
wait
stop
end

begin "the dead server's process number may be somebody else's by now"
sandbox
kill -9 "$(fact 'runs as process')"
data=.pgwright/$(ls .pgwright | grep -x 'sandbox-[0-9]*')
alien=$(head -n 1 "$PGHOST/.s.PGSQL.5432.lock")
for file in postmaster.pid .s.PGSQL.5432.lock; do sed -i "1s/.*/$alien/" "$data/$file"; done
run "$PGWRIGHT" sandbox stop
expect_status 0
kill -0 "$alien" || fail "the wrong server was stopped"
expect_kept
stop
end

begin "killed while its data was made, nothing looks finished and nothing stays behind"
unset PGDATABASE
project pgwright
for delay in 0.02 0.1 0.2 0.3; do
    timeout -s KILL $delay "$PGWRIGHT" sandbox start >/dev/null 2>&1
done
sleep 1
rm -rf .pgwright/sandbox-[0-9]* # at the last delay it may have been done
run "$PGWRIGHT" sandbox start
expect_status 0
expect_no_errors "anew"
expect_same "" "$(ls .pgwright | grep new-)" "left behind"
stop
end

begin "its files removed while it ran, it is made anew and the old server is gone"
sandbox
before=$(fact 'runs as process')
rm -rf .pgwright
run "$PGWRIGHT" sandbox start
expect_status 0
! readlink "/proc/$before/exe" >/dev/null || fail "process $before still runs"
stop
end

begin "its project renamed, it keeps its data"
sandbox
stop
mkdir moved && mv pgwright.plan .pgwright moved && cd moved || exit 1
expect_kept
stop
end

begin "long paths and odd ones"
here=$PWD
for name in "it's \"50%\" off, O'Brien & søn" "$(printf 'a%.0s' $(seq 1 150))"; do
    mkdir -p "$here/$name" && cd "$here/$name" || exit 1
    sandbox
    expect_kept
    run "$PGWRIGHT" deploy --sandbox -d "a b/c%d" --createdb
    expect_status 0
    run "$PGWRIGHT" sandbox reset --yes
    expect_status 0
    stop
    rmdir "$(fact 'socket')" 2>/dev/null
done
end

begin "whatever the environment says of ports, hosts and masks"
unset PGDATABASE
sandbox
stop
run env PGPORT=6543 PGHOST=nowhere.invalid PGUSER=nobody PGDATA=/nowhere "$PGWRIGHT" sandbox start
expect_status 0
expect_kept
stop
rm -rf .pgwright
(umask 077 && "$PGWRIGHT" sandbox start >/dev/null) || fail "with umask 077"
ask 'SELECT 40 + 2'
expect_out '^42$'
stop
end

begin "ALTER SYSTEM cannot open it to the network"
sandbox
ask 'ALTER SYSTEM RESET ALL'
stop
ask 'SHOW listen_addresses'
expect_out '^$'
stop
end

begin "a symbolic link in its place is not followed"
unset PGDATABASE
project pgwright
mkdir victim && ln -s victim .pgwright
facts=$(stat -c '%U %a %Y' victim)
run "$PGWRIGHT" sandbox start
expect_status 0
expect_same "$facts" "$(stat -c '%U %a %Y' victim)" "the folder behind the link"
stop
end

begin "a lock that the caller held is not held by the server"
unset PGDATABASE
project pgwright
(flock 9 && "$PGWRIGHT" sandbox start >/dev/null) 9>held
flock -n held true || fail "it is"
stop
end

begin "eight that start it at once find one server, also a killed one"
sandbox
for round in 1 2 3; do
    kill -9 "$(fact 'runs as process')"
    for i in 1 2 3 4 5 6 7 8; do "$PGWRIGHT" sandbox start >"start.$i" 2>&1 & done
    wait
    expect_same 1 "$(cat start.* | grep -c 'runs as process' | sed 's/^8$/1/')" "round $round: $(cat start.*)"
    expect_same 1 "$(sed -n 's/.*runs as process //p' start.* | sort -u | wc -l)" "round $round: servers"
done
expect_kept
stop
end

if [ "$(id -u)" != 0 ]; then
    skip "root in other people's projects" "needs root"
    finish
fi

begin "root leaves other people's projects alone, and needs no right to trace processes"
unset PGDATABASE
project pgwright
chown nobody .
run setpriv --bounding-set=-sys_ptrace "$PGWRIGHT" sandbox start
expect_status 0
[ ! -e .pgwright ] || fail "it made .pgwright"
run setpriv --bounding-set=-sys_ptrace "$PGWRIGHT" sandbox stop
expect_out "does not run"
run "$PGWRIGHT" sandbox status # with all rights
expect_out "does not run"
end

begin "an ordinary user has one of their own"
unset PGDATABASE
project pgwright
chown -R nobody . && mkdir "$test_root/theirs" && chown nobody "$test_root/theirs"
as_nobody() {
    run setpriv --reuid=nobody --regid=nogroup --clear-groups env XDG_CACHE_HOME="$test_root/theirs" "$PGWRIGHT" "$@"
}
as_nobody sandbox start
expect_status 0
expect_out "data  $PWD/.pgwright"
as_nobody sandbox stop
expect_out "does not run"
chown root . && chmod 755 .
as_nobody sandbox start
expect_status 0
expect_out "data  $test_root/theirs"
as_nobody sandbox stop
expect_out "does not run"
end

finish
