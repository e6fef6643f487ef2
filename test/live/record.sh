# What the history holds of a deploy: rows written together, each with its change's own time and name.
. "$(dirname "$0")/../lib.sh"

# Changes t1 … that do next to nothing.
many() {
    mkdir deploy
    awk -v n="$1" -v plan="$(ls ./*.plan)" 'BEGIN {
        for (i = 1; i <= n; i++) {
            printf("t%d 2024-01-01T00:00:00Z Tester <tester@example.com> # t%d\n", i, i) >> plan
            print "SELECT " i ";" > ("deploy/t" i ".sql")
            close("deploy/t" i ".sql")
        }
    }'
}

# ordered TABLE NAME TIME – how many rows, how many different times, and are the names in the order of these?
ordered() {
    sql "SELECT count(*), count(DISTINCT $3), bool_and(substr($2, 2)::int = n)
           FROM (SELECT $2, $3, row_number() OVER (ORDER BY $3) n FROM $1) t"
}

begin "1200 changes in one transaction, each with a time of its own, in order: pgwright"
project pgwright; many 1200
run "$PGWRIGHT" deploy
expect_status 0
expect_same "1200|1200|t" "$(ordered pgwright.changes change deployed_at)" "changes"
expect_same "1200|1200|t" "$(ordered pgwright.events change seq)" "events"
run "$PGWRIGHT" history --verify
expect_out "1200 events, whole"
end

begin "the same: pgpm"
project pgpm; many 1200
run "$PGWRIGHT" deploy
expect_status 0
expect_same "1200|1200|t" "$(ordered pgpm_migrate.changes change_name deployed_at)" "changes"
expect_same "1200|1200|t" "$(ordered pgpm_migrate.events change_name occurred_at)" "events by time"
expect_same "1200|1200|t" "$(ordered pgpm_migrate.events change_name event_id)" "events by number"
end

begin "the same: sqitch"
project sqitch; many 1200
run "$PGWRIGHT" deploy
expect_status 0
expect_same "1200|1200|t" "$(ordered sqitch.changes change committed_at)" "changes"
expect_same "1200|1200|t" "$(ordered sqitch.events change committed_at)" "events"
end

begin "a change's time is when it ran, not when its transaction was committed"
project pgwright; change a; change b; change c
echo 'SELECT pg_sleep(0.4);' >>deploy/b.sql
echo 'SELECT pg_sleep(0.4);' >>deploy/c.sql
for options in --no-verify '' --tx=change; do
    run "$PGWRIGHT" deploy $options
    expect_status 0
    expect_sql "SELECT bool_and(after >= '0.4 s' AND after < '3 s')
                  FROM (SELECT deployed_at - lag(deployed_at) OVER (ORDER BY change) AS after FROM pgwright.changes) t" t
    run "$PGWRIGHT" revert --all --yes --no-verify
done
end

begin "whatever the scripts set, times are right"
project pgwright; change a; change b
echo "SET datestyle = 'German'; SET timezone = 'Asia/Tokyo'; SET extra_float_digits = 0;" >>deploy/a.sql
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT bool_and(deployed_at > now() - interval '1 minute' AND deployed_at <= now()) FROM pgwright.changes" t
end

begin "what the history refuses is named, and nothing stays of its transaction"
project pgwright; change a; "$PGWRIGHT" deploy >/dev/null 2>&1
sql "ALTER TABLE pgwright.changes ADD CHECK (change <> 'c')"
change b; change c; change d
run "$PGWRIGHT" deploy
expect_status 13
expect_errors "recording shop:c"
expect_errors "violates check constraint"
expect_sql "SELECT string_agg(change, ',') FROM pgwright.changes" a
expect_sql "SELECT to_regclass('b')" ""
expect_sql "SELECT string_agg(kind || ' ' || change, ',' ORDER BY seq) FROM pgwright.events" "deploy a,fail c"
end

begin "the same with a transaction each, and outside transactions"
project pgwright; change a; "$PGWRIGHT" deploy >/dev/null 2>&1
sql "ALTER TABLE pgwright.changes ADD CHECK (change <> 'c')"
change b; change c
run "$PGWRIGHT" deploy --tx=change
expect_status 13
expect_errors "recording shop:c"
expect_sql "SELECT string_agg(change, ',' ORDER BY change) FROM pgwright.changes" a,b
echo 'CREATE INDEX CONCURRENTLY c ON b (id);' >deploy/c.sql
echo 'SELECT 1;' >verify/c.sql
run "$PGWRIGHT" deploy
expect_status 13
expect_errors "recording shop:c"
end

begin "tags of many changes, several on one"
project pgwright; change a; tag v1; tag v2; change b; tag v3
run "$PGWRIGHT" deploy
expect_status 0
expect_sql "SELECT string_agg(t.tag || ' ' || c.change, ',' ORDER BY t.deployed_at)
              FROM pgwright.tags t JOIN pgwright.changes c USING (change_id)" "v1 a,v2 a,v3 b"
end

finish
