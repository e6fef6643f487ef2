# What the forms of steps that spare a running database promise, seen in the plan and by who uses the database meanwhile.
. "$(dirname "$0")/../lib.sh"

PLANNING="postgresql://$PGUSER:$canary_url@/postgres?host=$PGHOST"

plan() {
    run "$PGWRIGHT" plan --file wanted.sql --plan-url "$PLANNING" "$@"
}

deploy() {
    run "$PGWRIGHT" deploy --file wanted.sql --plan-url "$PLANNING" --yes "$@"
}

expect_reached() {
    plan --check
    expect_status 0
    expect_sql "SELECT conrelid::regclass || ' ' || conname FROM pg_constraint WHERE conname ~ '_[0-9a-f]{8}_'" ""
}

load() {
    psql -Xq -v ON_ERROR_STOP=1 -f old.sql "$@" || fail "old.sql"
}


begin "what is made anew is gone and back in one transaction, whatever else is to be done"
write old.sql <<'END'
CREATE TABLE t (a int, b text, c text);
CREATE VIEW v AS SELECT a, b FROM t;
CREATE VIEW w AS SELECT a FROM v;
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT $1';
CREATE TABLE d (x int DEFAULT f(1), y int);
CREATE POLICY p ON t FOR SELECT USING (true);
CREATE TABLE other (id int, note text);
END
write wanted.sql <<'END'
CREATE TABLE t (a bigint NOT NULL, b text, c text, CONSTRAINT t_b UNIQUE (b), CONSTRAINT t_c CHECK (c <> ''));
CREATE INDEX t_a ON t (a);
CREATE INDEX t_bc ON t (b, c);
CREATE VIEW v AS SELECT b, a FROM t;
CREATE VIEW w AS SELECT a FROM v;
CREATE FUNCTION f(b int) RETURNS int LANGUAGE sql AS 'SELECT $1';
CREATE TABLE d (x int DEFAULT f(1), y int NOT NULL);
CREATE POLICY p ON t FOR ALL USING (true);
CREATE TABLE other (id int NOT NULL, note text);
CREATE INDEX other_note ON other (note);
END
load
plan --output-json plan.json
expect_status 0
out=$(cat plan.json)
# how many statements take away what comes back, and in how many groups these, and those that bring it back, are
expect_json "(SELECT count(*) FILTER (WHERE s ~ 'DROP (VIEW|FUNCTION|POLICY|DEFAULT)') || ' ' ||
        count(DISTINCT g) FILTER (WHERE s ~ 'DROP (VIEW|FUNCTION|POLICY|DEFAULT)|CREATE (OR REPLACE )?(VIEW|FUNCTION|POLICY)|SET DEFAULT')
    FROM jsonb_array_elements(d->'groups') WITH ORDINALITY x (steps, g), jsonb_path_query(steps, '\$.steps[*].sql') sql, LATERAL (SELECT sql #>> '{}' AS s) y)" "5 1"
deploy
expect_status 0
expect_reached
end

begin "who reads a view that is made anew, and writes to a column whose default is, never finds it missing"
write old.sql <<'END'
CREATE FUNCTION slow(bigint) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS
'BEGIN IF $1 % 20 = 0 THEN PERFORM pg_sleep(0.001); END IF; RETURN $1; END';
CREATE TABLE t (a bigint, b text);
CREATE FUNCTION one(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE d (x int DEFAULT one(1));
CREATE VIEW v AS SELECT a, b FROM t;
END
sed -e 's/SELECT a, b/SELECT b, a/' -e 's/one(a int)/one(b int)/' old.sql >wanted.sql
echo 'CREATE INDEX t_slow ON t (slow(a)); CREATE INDEX d_slow ON d (slow(x));' >>wanted.sql
load -c "INSERT INTO t SELECT i, 'x' FROM generate_series(1, 20000) i"
rm -f over
while [ ! -f over ]; do
    echo "SELECT count(*) > 0 AS seen FROM v; INSERT INTO d DEFAULT VALUES;"
done | psql -XAtq -v ON_ERROR_STOP=1 >client.out 2>&1 &
client=$!
sleep 0.5
deploy
touch over
wait $client
expect_status 0
! grep -v '^t$' client.out >odd || fail "the client: $(head -n 3 odd)"
expect_sql "SELECT count(*) FROM d WHERE x IS NULL" 0
[ "$(wc -l <client.out)" -gt 100 ] || fail "the client did too little to find anything out"
expect_reached
end

begin "a partition comes beside a default one: no look at all rows under a strong lock"
write old.sql <<'END'
CREATE TABLE e (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE e_rest PARTITION OF e DEFAULT;
CREATE TABLE e_2 (a int, b text);
CREATE TABLE l (a text) PARTITION BY LIST (a);
CREATE TABLE l_rest PARTITION OF l DEFAULT;
END
write wanted.sql <<'END'
CREATE TABLE e (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE e_rest PARTITION OF e DEFAULT;
CREATE TABLE e_2 PARTITION OF e FOR VALUES FROM (10) TO (20);
CREATE TABLE e_3 PARTITION OF e FOR VALUES FROM (20) TO (30);
CREATE TABLE l (a text) PARTITION BY LIST (a);
CREATE TABLE l_rest PARTITION OF l DEFAULT;
CREATE TABLE l_1 PARTITION OF l FOR VALUES IN ('it''s', NULL);
END
load -c "INSERT INTO e SELECT i FROM generate_series(50, 500) i" -c "INSERT INTO e_2 VALUES (11)" -c "INSERT INTO l VALUES ('x')"
plan --forbid long-lock
expect_status 0
PGOPTIONS='-c client_min_messages=debug1' deploy --debug
expect_status 0
expect_same 4 "$(printf '%s' "$errors" | grep -c 'implied by existing constraints')" "how often the server needed no look"
expect_reached
sql "INSERT INTO e VALUES (35)" >/dev/null
sed -i 's/^CREATE TABLE l_1/CREATE TABLE e_4 PARTITION OF e FOR VALUES FROM (30) TO (40);\n&/' wanted.sql
deploy
expect_status 13
expect_errors 'e_rest'
sql "DELETE FROM e WHERE a = 35" >/dev/null
deploy
expect_status 0
expect_reached
end

begin "a table becomes the default partition beside others: no look at all rows under a strong lock"
write old.sql <<'END'
CREATE TABLE e (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE a_rest (a int, b text);
CREATE TABLE l (a text) PARTITION BY LIST (a);
CREATE TABLE l_1 PARTITION OF l FOR VALUES IN ('it''s', NULL);
CREATE TABLE l_rest (a text);
END
write wanted.sql <<'END'
CREATE TABLE e (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE e_2 PARTITION OF e FOR VALUES FROM (10) TO (20);
CREATE TABLE e_3 PARTITION OF e FOR VALUES FROM (20) TO (30);
CREATE TABLE a_rest PARTITION OF e DEFAULT;
CREATE TABLE l (a text) PARTITION BY LIST (a);
CREATE TABLE l_1 PARTITION OF l FOR VALUES IN ('it''s', NULL);
CREATE TABLE l_rest PARTITION OF l DEFAULT;
END
load -c "INSERT INTO a_rest SELECT i FROM generate_series(50, 500) i" -c "INSERT INTO l_rest VALUES ('x')"
plan --forbid long-lock
expect_status 0
PGOPTIONS='-c client_min_messages=debug1' deploy --debug
expect_status 0
expect_same 2 "$(printf '%s' "$errors" | grep -c 'implied by existing constraints')" "how often the server needed no look"
expect_reached
end

begin "a key of a partitioned table is built partition by partition: no strong lock is long"
write old.sql <<'END'
CREATE TABLE e (a int NOT NULL, b int) PARTITION BY RANGE (a);
CREATE TABLE e_1 PARTITION OF e FOR VALUES FROM (0) TO (10);
CREATE TABLE e_2 PARTITION OF e FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (a);
CREATE TABLE e_21 PARTITION OF e_2 FOR VALUES FROM (10) TO (15);
END
cp old.sql wanted.sql
echo 'ALTER TABLE e ADD CONSTRAINT e_key PRIMARY KEY (a); ALTER TABLE e ADD CONSTRAINT e_sole UNIQUE (a, b);' >>wanted.sql
load -c "INSERT INTO e SELECT i, i FROM generate_series(0, 14) i"
plan --forbid long-lock
expect_status 0
deploy
expect_status 0
expect_reached
end

begin "a partition whose bound changes is seen at every time"
write old.sql <<'END'
CREATE TABLE e (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE e_1 PARTITION OF e FOR VALUES FROM (1) TO (10);
CREATE TABLE n (a int);
END
write wanted.sql <<'END'
CREATE TABLE e (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE e_1 PARTITION OF e FOR VALUES FROM (1) TO (20);
CREATE TABLE n (a int);
CREATE INDEX n_a ON n (a);
END
load -c "INSERT INTO e VALUES (1)"
plan --output-sql plan.sql
expect_status 0
expect_same "ATTACH PARTITION" "$(sed -n '/DETACH PARTITION/,$p' plan.sql | sed -n '3s/.*\(ATTACH PARTITION\).*/\1/p')" "what comes behind the detachment"
deploy
expect_status 0
expect_reached
end

begin "a partition of a table in a schema that is not managed comes and goes"
sql "CREATE SCHEMA w; CREATE TABLE w.e (a int) PARTITION BY RANGE (a); CREATE TABLE w.rest PARTITION OF w.e DEFAULT; CREATE TABLE e_1 (a int)" >/dev/null
echo 'CREATE TABLE e_1 PARTITION OF w.e FOR VALUES FROM (1) TO (10);' >wanted.sql
deploy
expect_status 0
expect_reached
echo 'CREATE TABLE e_1 PARTITION OF w.e FOR VALUES FROM (1) TO (20);' >wanted.sql
deploy
expect_status 0
expect_reached
echo 'CREATE TABLE e_1 (a int);' >wanted.sql
deploy
expect_status 0
expect_reached
expect_sql "SELECT count(*) FROM pg_inherits WHERE inhparent = 'w.e'::regclass" 1
end

begin "a detachment that ran out of time is finished by the next run"
write old.sql <<'END'
CREATE TABLE e (a int) PARTITION BY RANGE (a);
CREATE TABLE e_1 PARTITION OF e FOR VALUES FROM (1) TO (10);
END
write wanted.sql <<'END'
CREATE TABLE e (a int) PARTITION BY RANGE (a);
CREATE TABLE e_1 (a int);
END
load -c "INSERT INTO e VALUES (1)"
(echo "BEGIN; LOCK TABLE ONLY e IN ACCESS SHARE MODE; SELECT 1;"; while [ ! -f let_go ]; do sleep 0.1; done; echo "COMMIT;") | psql -XAtq >held 2>&1 &
holder=$!
until grep -qs 1 held; do sleep 0.1; done
deploy --statement-timeout 1s
expect_status 16
touch let_go
wait $holder
expect_sql "SELECT count(*) FROM pg_inherits WHERE inhdetachpending" 1
plan --output-sql stdout
expect_out 'DETACH PARTITION e_1 FINALIZE'
deploy
expect_status 0
expect_reached
expect_sql "SELECT count(*) FROM e_1" 1
end

begin "every step tells the locks that it takes, and no strong one is held while rows are looked at"
write old.sql <<'END'
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (a int, b text, c int, d int, gone int);
CREATE INDEX t_gone ON t (gone);
CREATE INDEX t_changed ON t (b);
CREATE TABLE e (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE e_1 PARTITION OF e FOR VALUES FROM (1) TO (10);
CREATE TABLE e_2 PARTITION OF e FOR VALUES FROM (10) TO (20);
CREATE TABLE e_3 (a int, b text);
END
write wanted.sql <<'END'
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (a int NOT NULL, b text, c int REFERENCES p, d int CHECK (d > 0), gone int, CONSTRAINT t_pkey PRIMARY KEY (a), CONSTRAINT t_b UNIQUE (b));
CREATE INDEX t_changed ON t (b, c);
CREATE INDEX t_new ON t (c);
CREATE TABLE e (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE e_1 PARTITION OF e FOR VALUES FROM (1) TO (10);
CREATE TABLE e_2 (a int, b text);
CREATE TABLE e_3 PARTITION OF e FOR VALUES FROM (20) TO (30);
CREATE INDEX e_b ON e (b);
END
load -c "INSERT INTO e SELECT i FROM generate_series(1, 19) i"
plan --output-json plan.json --forbid long-lock,table-rewrite
expect_status 0
out=$(cat plan.json)
expect_json "(SELECT string_agg(step->>'sql', '; ') FROM jsonb_path_query(d, '\$.groups[*].steps[*]') step
    WHERE step->'directive' IS NULL AND step->'locks' = '[]' AND step->>'sql' ~ '^(ALTER|DROP|CREATE.*INDEX)')" ""
expect_json "(SELECT count(*) FROM jsonb_path_query(d, '\$.groups[*]') grp
    WHERE grp::text ~ 'VALIDATE CONSTRAINT' AND jsonb_array_length(grp->'steps') > 1)" 0
deploy
expect_status 0
expect_reached
end

finish
