# What must be made anew keeps all that it had beside its definition, also what the files say nothing of.
. "$(dirname "$0")/../lib.sh"

PLANNING="postgresql://$PGUSER:$canary_url@/postgres?host=$PGHOST"

# Definitions, old and new, of which none can become the other in place; and what they have besides.
files() {
    write old.sql <<'SQL'
CREATE TABLE t (a int, b text, c int GENERATED ALWAYS AS (length(b)) STORED);
CREATE TYPE mood AS ENUM ('sad', 'glad', 'gone');
CREATE TABLE felt (m mood DEFAULT 'sad', l mood[]);
CREATE DOMAIN amount AS int;
CREATE VIEW v AS SELECT a, b FROM t;
CREATE VIEW w AS SELECT a FROM v;
CREATE MATERIALIZED VIEW mv AS SELECT a FROM v;
CREATE UNIQUE INDEX mv_a ON mv (a);
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT $1';
CREATE VIEW calls AS SELECT f(1) AS x;
CREATE PROCEDURE p(a int) LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
CREATE AGGREGATE g(int) (SFUNC = int4pl, STYPE = int);
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER vt INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION tf();
CREATE RULE r AS ON DELETE TO w DO INSTEAD NOTHING;
CREATE POLICY pol ON t FOR SELECT USING (a > 0);
CREATE INDEX t_a ON t (a);
CREATE TABLE parted (id int GENERATED ALWAYS AS IDENTITY, n int GENERATED ALWAYS AS IDENTITY) PARTITION BY LIST (id);
SQL
    sed -e 's/(a int, b text, c int GENERATED ALWAYS AS (length(b))/(a bigint, b text, c int GENERATED ALWAYS AS (length(b) + 1)/' \
        -e "s/'sad', 'glad', 'gone'/'glad', 'sad'/" -e 's/f(a int) RETURNS int/f(a int) RETURNS bigint/' -e "s/'SELECT \\\$1'/'SELECT \$1::bigint'/" \
        -e 's/p(a int)/p(b int)/' -e "s/STYPE = int)/STYPE = int, INITCOND = '0')/" -e 's/DOMAIN amount AS int/DOMAIN amount AS bigint/' \
        -e 's/FOR SELECT/FOR ALL/' -e 's/ON t (a)/ON t (a DESC)/' \
        -e 's/BY LIST/BY RANGE/' old.sql >new.sql
    write besides.sql <<'SQL'
COMMENT ON VIEW v IS 'v'; COMMENT ON COLUMN w.a IS 'w.a'; COMMENT ON MATERIALIZED VIEW mv IS 'mv'; COMMENT ON INDEX mv_a IS 'mva';
COMMENT ON FUNCTION f(int) IS 'f'; COMMENT ON PROCEDURE p(int) IS 'p'; COMMENT ON AGGREGATE g(int) IS 'g'; COMMENT ON TYPE mood IS 'mood';
COMMENT ON DOMAIN amount IS 'amount'; COMMENT ON TRIGGER vt ON v IS 'vt'; COMMENT ON RULE r ON w IS 'r'; COMMENT ON POLICY pol ON t IS 'pol';
COMMENT ON INDEX t_a IS 't_a'; COMMENT ON COLUMN t.c IS 'c';
COMMENT ON SEQUENCE parted_id_seq IS 'ids';
GRANT SELECT ON v, w, mv TO pg_monitor;
GRANT USAGE ON SEQUENCE parted_id_seq TO pg_monitor WITH GRANT OPTION;
GRANT UPDATE (b) ON v TO pg_monitor WITH GRANT OPTION;
GRANT SELECT (c) ON t TO pg_monitor;
REVOKE EXECUTE ON FUNCTION f(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f(int) TO pg_monitor;
GRANT EXECUTE ON PROCEDURE p(int) TO pg_monitor;
GRANT EXECUTE ON FUNCTION g(int) TO pg_monitor;
REVOKE USAGE ON TYPE mood FROM PUBLIC;
GRANT USAGE ON TYPE mood TO pg_monitor;
GRANT USAGE ON DOMAIN amount TO pg_monitor WITH GRANT OPTION;
ALTER VIEW v SET (security_barrier = true);
ALTER VIEW v ALTER b SET DEFAULT 'x';
ALTER MATERIALIZED VIEW mv SET (fillfactor = 60);
ALTER MATERIALIZED VIEW mv CLUSTER ON mv_a;
ALTER MATERIALIZED VIEW mv ALTER a SET STATISTICS 33;
ALTER TABLE t CLUSTER ON t_a;
ALTER TABLE t ALTER c SET STATISTICS 44;
SQL
    write owners.sql <<'SQL'
ALTER VIEW v OWNER TO pg_read_all_stats;
ALTER VIEW w OWNER TO pg_read_all_stats;
ALTER MATERIALIZED VIEW mv OWNER TO pg_read_all_stats;
ALTER VIEW calls OWNER TO pg_read_all_stats;
ALTER FUNCTION f(int) OWNER TO pg_read_all_stats;
ALTER PROCEDURE p(int) OWNER TO pg_read_all_stats;
ALTER AGGREGATE g(int) OWNER TO pg_read_all_stats;
ALTER TYPE mood OWNER TO pg_read_all_stats;
ALTER DOMAIN amount OWNER TO pg_read_all_stats;
GRANT SELECT ON t TO pg_read_all_stats;
SQL
}

# What each object has besides its definition.
besides() {
    sql "SELECT 'comment', i.type, i.identity, d.description FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i
             WHERE i.schema = 'public' OR i.identity ~ ' on public'
         UNION ALL SELECT 'class', c.relname, c.relowner::regrole::text, concat(c.relacl::text, c.reloptions::text)
             FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind <> 'i'
         UNION ALL SELECT 'column', attrelid::regclass::text, attname, concat(attacl::text, ' ', nullif(attstattarget, -1)) FROM pg_attribute
             JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
         UNION ALL SELECT 'function', proname, proowner::regrole::text, concat(proacl::text, ' ', prosecdef, ' ', proconfig) FROM pg_proc
             WHERE pronamespace = 'public'::regnamespace
         UNION ALL SELECT 'type', typname, typowner::regrole::text, typacl::text FROM pg_type WHERE typnamespace = 'public'::regnamespace
         UNION ALL SELECT 'clustered', indexrelid::regclass::text, '', '' FROM pg_index WHERE indisclustered AND indrelid >= 16384
         ORDER BY 1, 2, 3, 4"
}

load() {
    psql -Xq -v ON_ERROR_STOP=1 -f old.sql -f besides.sql "$@" || fail "old.sql"
}

deploy() {
    run "$PGWRIGHT" deploy --yes --no-record --file wanted.sql --plan-url "$PLANNING" "$@"
    expect_status 0
    run "$PGWRIGHT" plan --file wanted.sql --plan-url "$PLANNING" --output-sql stdout "$@"
    expect_same "" "$out" "a second plan"
}

begin "comments, grants, options and statistics that the files have are there again"
files
load
besides >before
cat new.sql besides.sql >wanted.sql
deploy
besides >after
expect_same "" "$(diff before after)" "what they have besides"
end

begin "owners that the files do not name stay"
files
load -f owners.sql
besides >before
(cat new.sql besides.sql; echo "GRANT SELECT ON t TO pg_read_all_stats;") >wanted.sql
deploy
besides >after
expect_same "" "$(diff before after)" "what they have besides"
end

for policy in '--grants add' '--grants leave' '--ignore privileges=pg_monitor'; do
    begin "grants that are not the files' stay with $policy"
    files
    load
    # what only such a policy keeps: the files know no grant to this role
    grep -v 'pg_monitor' besides.sql >kept.sql
    cat new.sql kept.sql >wanted.sql
    besides | grep pg_monitor >before
    # shellcheck disable=SC2086
    deploy $policy
    besides | grep pg_monitor >after
    expect_same "" "$(diff before after)" "their grants"
    end
done

begin "the way back brings back what there was, owners too"
files
load
cat new.sql besides.sql owners.sql >wanted.sql
schema_facts "$PGDATABASE" "'public'" false >facts.before
run "$PGWRIGHT" plan --file wanted.sql --plan-url "$PLANNING" --output-revert back.sql --output-human human
expect_status 0
deploy
run psql -Xq -v ON_ERROR_STOP=1 -f back.sql
expect_status 0
schema_facts "$PGDATABASE" "'public'" false >facts.after
expect_same "" "$(diff facts.before facts.after)" "the facts"
end

finish
