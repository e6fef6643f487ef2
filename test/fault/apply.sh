# A plan of some forty steps, most of them in the forms that spare a running database, is killed, or its connection cut,
# behind every protocol message in turn. Whatever the point, `plan` and `deploy` again must reach the wanted state, with
# nothing left to do, no invalid index, and nothing of what helped on the way.
. "$(dirname "$0")/../lib.sh"

RELAY=$BUILD/test/relay
SOCKET=$PGHOST/.s.PGSQL.5432
PLANNING="postgresql://$PGUSER:$canary_url@/postgres?host=$PGHOST"
base=apply_base_$$
trap 'psql -XAtq -d postgres -c "DROP DATABASE IF EXISTS $base" >/dev/null 2>&1; leave' EXIT

files() {
    write old.sql <<'SQL'
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TYPE size AS ENUM ('s', 'm');
CREATE TABLE customer (id bigint NOT NULL, email text, name varchar(20), age int, note text, mood mood DEFAULT 'sad', gone text);
CREATE TABLE orders (id bigint CONSTRAINT orders_pkey PRIMARY KEY, customer bigint, amount int, state text, placed timestamptz);
CREATE TABLE item (orders bigint, line int, sku text, CONSTRAINT item_key UNIQUE (orders), CONSTRAINT item_line CHECK (line >= 0));
CREATE INDEX orders_state ON orders (state);
CREATE UNIQUE INDEX orders_customer ON orders (customer, id);
CREATE INDEX orders_old ON orders (amount);
CREATE INDEX customer_name ON customer (name);
CREATE TABLE event (id bigint NOT NULL, at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_2 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE event_3 (id bigint NOT NULL, at date NOT NULL, what text);
CREATE VIEW named AS SELECT id, name FROM customer;
CREATE FUNCTION total(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT sum(amount) FROM orders WHERE customer = $1';
SQL
    write rows.sql <<'SQL'
INSERT INTO customer SELECT i, 'c' || i || '@example.com', 'n' || i, i % 90, 'x', 'glad' FROM generate_series(1, 300) i;
INSERT INTO orders SELECT i, 1 + i % 300, i, 'new', now() FROM generate_series(1, 300) i;
INSERT INTO item SELECT i, 1, 'sku' FROM generate_series(1, 300) i;
INSERT INTO event SELECT i, date '2024-01-01' + i, 'what' FROM generate_series(1, 700) i;
INSERT INTO event_3 SELECT i, date '2026-01-01' + i, 'what' FROM generate_series(1, 300) i;
SQL
    write wanted.sql <<'SQL'
CREATE TYPE mood AS ENUM ('sad', 'glad', 'mad');
CREATE TYPE size AS ENUM ('xs', 's', 'm');
CREATE TABLE customer (id bigint NOT NULL, email text NOT NULL, name text, age smallint, note text NOT NULL, mood mood DEFAULT 'mad', born date,
    CONSTRAINT customer_pkey PRIMARY KEY (id), CONSTRAINT customer_email_key UNIQUE (email), CONSTRAINT customer_age CHECK (age < 200));
CREATE TABLE orders (id bigint CONSTRAINT orders_pkey PRIMARY KEY, customer bigint NOT NULL, amount int, state text, placed timestamptz, size size DEFAULT 'xs',
    CONSTRAINT orders_customer_fkey FOREIGN KEY (customer) REFERENCES customer, CONSTRAINT orders_amount CHECK (amount > 0));
CREATE TABLE item (orders bigint NOT NULL, line int NOT NULL, sku text, CONSTRAINT item_key UNIQUE (orders, line), CONSTRAINT item_line CHECK (line >= 1),
    CONSTRAINT item_orders_fkey FOREIGN KEY (orders) REFERENCES orders ON DELETE CASCADE);
CREATE INDEX orders_state ON orders (state, placed);
CREATE UNIQUE INDEX orders_customer ON orders (customer, id) INCLUDE (amount);
CREATE INDEX orders_placed ON orders (placed) WHERE state <> 'done';
COMMENT ON INDEX orders_placed IS 'what is open';
CREATE INDEX customer_name ON customer (lower(name));
CREATE INDEX customer_mood ON customer (mood) WHERE mood = 'mad';
CREATE TABLE event (id bigint NOT NULL, at date NOT NULL, what text, CONSTRAINT event_key UNIQUE (id, at)) PARTITION BY RANGE (at);
CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_2 (id bigint NOT NULL, at date NOT NULL, what text);
CREATE TABLE event_3 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX event_what ON event (what);
CREATE TABLE tag (id int PRIMARY KEY, label text);
CREATE VIEW named AS SELECT id, name, email FROM customer;
CREATE VIEW open AS SELECT id, placed FROM orders WHERE state <> 'done';
CREATE FUNCTION total(bigint) RETURNS numeric LANGUAGE sql AS 'SELECT sum(amount)::numeric FROM orders WHERE customer = $1';
SQL
}

# Each row of the catalogs, and how many rows the tables have; helpers are in neither the wanted schema nor here.
facts() {
    psql -XAtq -v ON_ERROR_STOP=1 -c "PREPARE facts (text, bool) AS $(cat "$PGWRIGHT_SOURCE/test/madeup/facts.sql")" \
        -c "EXECUTE facts ('public', false)" 2>&1
    sql "SELECT 'invalid ' || indexrelid::regclass FROM pg_index WHERE NOT indisvalid"
    sql "SELECT 'helper ' || relname FROM pg_class WHERE relname ~ '_[0-9a-f]{8}_[a-z_]+\$' UNION ALL
        SELECT 'helper ' || conname FROM pg_constraint WHERE conname ~ '_[0-9a-f]{8}_[a-z_]+\$'"
    for table in customer orders item event event_2; do
        sql "SELECT '$table', count(*) FROM $table"
    done
}

again() {
    psql -XAtq -d postgres -c "DROP DATABASE IF EXISTS \"$PGDATABASE\" WITH (FORCE)" -c "CREATE DATABASE \"$PGDATABASE\" TEMPLATE $base"
}

plan() {
    run "$PGWRIGHT" plan --file wanted.sql --plan-url "$PLANNING" "$@"
}

check_point() {
    run "$PGWRIGHT" deploy --file wanted.sql --plan-url "$PLANNING" --yes
    [ "$status" = 0 ] || fail "the next deploy ended with $status: $errors"
    run "$PGWRIGHT" plan --file wanted.sql --plan-url "$PLANNING" --check
    [ "$status" = 0 ] || fail "something is left to do: $out"
    facts >found
    difference=$(diff wanted found) || fail "the next deploy left another state:
$difference"
    [ -z "$why" ] || fail "(that was: $1 $2)"
}

every_point() {
    files
    psql -XAtq -d postgres -c "SET client_min_messages = error" -c "DROP DATABASE IF EXISTS $base" -c "CREATE DATABASE $base"
    psql -XAtq -d $base -v ON_ERROR_STOP=1 -f old.sql -f rows.sql || fail "old.sql"
    again
    plan --output-json plan.json
    expect_status 0
    steps=$(grep -c '"sql"' plan.json)
    run "$RELAY" "$SOCKET" --report report -- "$PGWRIGHT" deploy --plan plan.json --yes $3
    expect_status 0
    facts >wanted
    expect_same "" "$(grep -E '^(helper|invalid) ' wanted)" "an undisturbed run left"
    total=$(sed -n 's/^messages //p' report)
    again
    run "$RELAY" "$SOCKET" --report report -- "$PGWRIGHT" deploy --plan plan.json --dry-run
    expect_status 0
    points=0
    k=$(sed -n 's/^messages //p' report) # before that nothing is changed
    first=$k
    while [ $k -le "$total" ] && [ -z "$why" ]; do
        again
        timeout 60 "$RELAY" "$SOCKET" "$1" $k -- "$PGWRIGHT" deploy --plan plan.json --yes $3 >/dev/null 2>&1
        check_point "$1" $k
        points=$((points + 1))
        k=$((k + $2))
    done
    name="$name ($points of $((total - first + 1)) points, $steps steps)"
}

begin "killed behind each message"
every_point --kill "${FAULT_STEP:-31}" --no-record
end
begin "cut behind each message"
every_point --cut "${FAULT_STEP:-61}"
end

begin "a detachment that was cut off half way is finished, or taken back"
write old.sql <<'SQL'
CREATE TABLE event (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
SQL
write wanted.sql <<'SQL'
CREATE TABLE event (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE event_1 (at date NOT NULL, what text);
SQL
psql -XAtq -v ON_ERROR_STOP=1 -f old.sql -c "INSERT INTO event VALUES ('2024-05-05', 'x')" || fail "old.sql"
cut_off() {
    rm -f held let_go
    (echo "BEGIN; LOCK TABLE ONLY event IN ACCESS SHARE MODE; SELECT 'held';"; while [ ! -f let_go ]; do sleep 0.1; done; echo "COMMIT;") | psql -XAtq >held 2>&1 &
    holder=$!
    until grep -qs held held; do sleep 0.1; done
    "$PGWRIGHT" deploy --file wanted.sql --plan-url "$PLANNING" --yes >cut.out 2>&1 &
    deploy=$!
    tries=0
    until [ "$(sql "SELECT count(*) FROM pg_inherits WHERE inhdetachpending")" = 1 ]; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { fail "nothing is being detached: $(cat cut.out)"; break; }
        sleep 0.1
    done
    kill -INT $deploy
    wait $deploy
    touch let_go
    wait $holder
    expect_sql "SELECT count(*) FROM pg_inherits WHERE inhdetachpending" 1
}
for file in wanted.sql old.sql; do
    cut_off
    run "$PGWRIGHT" deploy --file $file --plan-url "$PLANNING" --yes
    expect_status 0
    run "$PGWRIGHT" plan --file $file --plan-url "$PLANNING" --check
    expect_status 0
    expect_sql "SELECT count(*) FROM pg_constraint WHERE conrelid = 'event_1'::regclass AND contype = 'c'" 0
    run "$PGWRIGHT" deploy --file old.sql --plan-url "$PLANNING" --yes
    expect_status 0
    expect_sql "SELECT * FROM event" "2024-05-05|x"
done
end

finish
