-- One schema with every kind of object that belongs to a schema, and every attribute that these can have.
SELECT current_setting('server_version_num')::int >= 150000 AS v15, current_setting('server_version_num')::int >= 160000 AS v16,
       current_setting('server_version_num')::int >= 170000 AS v17, current_setting('server_version_num')::int >= 180000 AS v18 \gset
SET check_function_bodies = off;
SET client_min_messages = error;

-- ---- types ----
CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy', 'Über\n', '');
COMMENT ON TYPE mood IS 'how one feels; '' and \ and "';
CREATE TYPE empty_enum AS ENUM ();
CREATE TYPE pair AS (a integer, b text COLLATE "C", "C c" numeric(10,2)[]);
COMMENT ON COLUMN pair.b IS 'second';
CREATE TYPE nothing AS ();
CREATE TYPE nested AS (p pair, m mood[]);
CREATE FUNCTION float_diff(double precision, double precision) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE TYPE float_span AS RANGE (subtype = double precision, subtype_diff = float_diff, multirange_type_name = float_spans);
CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk');
CREATE COLLATION insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION plain_c (lc_collate = 'C', lc_ctype = 'C');
COMMENT ON COLLATION german IS 'phone books';
CREATE TYPE text_span AS RANGE (subtype = text, collation = german);
CREATE DOMAIN positive AS integer DEFAULT 1 CONSTRAINT above_zero CHECK (VALUE > 0) CHECK (VALUE < 1000000);
CREATE DOMAIN word AS varchar(20) COLLATE german NOT NULL;
CREATE DOMAIN flags AS bit(3)[] DEFAULT ARRAY[B'101'];
CREATE DOMAIN longer AS text;
ALTER DOMAIN longer ADD CONSTRAINT not_short CHECK (length(VALUE) > 3) NOT VALID;
COMMENT ON DOMAIN positive IS 'more than nothing';
COMMENT ON CONSTRAINT above_zero ON DOMAIN positive IS 'no zero';
CREATE DOMAIN of_domain AS positive CHECK (VALUE <> 13);

-- ---- sequences ----
CREATE SEQUENCE plain_seq;
CREATE SEQUENCE odd_seq AS smallint INCREMENT BY -3 MINVALUE -1000 MAXVALUE -10 START WITH -20 CACHE 5 CYCLE;
CREATE SEQUENCE small_seq AS smallint;
CREATE SEQUENCE big_seq MAXVALUE 5000000000 START 100;
COMMENT ON SEQUENCE odd_seq IS 'odd';
\if :v15
CREATE UNLOGGED SEQUENCE unlogged_seq;
\endif

-- ---- functions ----
CREATE FUNCTION add_them(a integer, b integer DEFAULT 1) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 5
    AS $$ SELECT a + b $$;
CREATE FUNCTION add_them(a text, VARIADIC rest text[] DEFAULT '{}') RETURNS text LANGUAGE plpgsql STABLE AS $body$
BEGIN
    RETURN a || array_to_string(rest, $$, $$);   
END $body$;
CREATE FUNCTION with_standard_body(n integer) RETURNS integer LANGUAGE sql RETURN n + 1;
CREATE FUNCTION with_atomic_body(n integer, OUT doubled integer, OUT name text) LANGUAGE sql
    BEGIN ATOMIC SELECT n * 2 AS twice, 'x;y'::text AS name; END;
CREATE FUNCTION rows_of(INOUT n integer, OUT m text) RETURNS SETOF record LANGUAGE sql ROWS 7 AS 'SELECT n, ''x''::text';
CREATE FUNCTION as_table(lim integer) RETURNS TABLE (id integer, "Na me" text) LANGUAGE sql AS 'SELECT 1, ''a''::text';
CREATE FUNCTION with_settings() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET work_mem = '8MB'
    SET "TimeZone" = 'UTC' AS $$ BEGIN PERFORM 1; END $$;
CREATE FUNCTION return_body() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN ''BEGIN ATOMIC''; END';
CREATE FUNCTION by_domain(positive, mood DEFAULT 'happy'::mood, pair[] DEFAULT NULL) RETURNS mood LANGUAGE sql AS 'SELECT $2';
CREATE FUNCTION any_first(anyarray) RETURNS anyelement LANGUAGE sql AS 'SELECT $1[1]';
CREATE PROCEDURE do_it(IN n integer, INOUT result text DEFAULT 'none') LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    result := n::text;
END $$;
COMMENT ON FUNCTION add_them(integer, integer) IS 'sums';
COMMENT ON PROCEDURE do_it IS 'does';
CREATE FUNCTION sum_state(state numeric, n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT state + n';
CREATE FUNCTION sum_final(state numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT state';
CREATE FUNCTION sum_final_extra(state numeric, n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT state';
CREATE AGGREGATE total(numeric) (SFUNC = sum_state, STYPE = numeric, FINALFUNC = sum_final, COMBINEFUNC = sum_state, INITCOND = '0',
    MSFUNC = sum_state, MINVFUNC = sum_state, MSTYPE = numeric, MINITCOND = '0', PARALLEL = safe, SSPACE = 32);
CREATE AGGREGATE total_extra(numeric) (SFUNC = sum_state, STYPE = numeric, FINALFUNC = sum_final_extra, FINALFUNC_EXTRA,
    FINALFUNC_MODIFY = read_write);
CREATE AGGREGATE smallest(integer) (SFUNC = int4smaller, STYPE = integer, SORTOP = <);
CREATE FUNCTION ordered_final(internal, double precision) RETURNS double precision LANGUAGE internal AS 'percentile_cont_float8_final';
CREATE AGGREGATE my_percentile(double precision ORDER BY double precision) (SFUNC = ordered_set_transition, STYPE = internal,
    FINALFUNC = ordered_final);
CREATE AGGREGATE count_all(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
COMMENT ON AGGREGATE total(numeric) IS 'sums up';

-- ---- operators ----
CREATE TYPE point2 AS (x integer, y integer);
CREATE FUNCTION point2_lt(point2, point2) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x < ($2).x';
CREATE FUNCTION point2_gt(point2, point2) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x > ($2).x';
CREATE FUNCTION point2_eq(point2, point2) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x = ($2).x';
CREATE FUNCTION point2_neg(point2) RETURNS point2 LANGUAGE sql IMMUTABLE AS 'SELECT ROW(-($1).x, -($1).y)::point2';
CREATE FUNCTION point2_cmp(point2, point2) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp(($1).x, ($2).x)';
CREATE OPERATOR <<<< (LEFTARG = point2, RIGHTARG = point2, FUNCTION = point2_lt, COMMUTATOR = >>>>, RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR >>>> (LEFTARG = point2, RIGHTARG = point2, FUNCTION = point2_gt, COMMUTATOR = <<<<);
CREATE OPERATOR ==== (LEFTARG = point2, RIGHTARG = point2, FUNCTION = point2_eq, COMMUTATOR = ====, HASHES, MERGES);
CREATE OPERATOR !- (RIGHTARG = point2, FUNCTION = point2_neg);
COMMENT ON OPERATOR ==== (point2, point2) IS 'same x';
CREATE OPERATOR FAMILY point2_ops USING btree;
CREATE OPERATOR CLASS point2_ops DEFAULT FOR TYPE point2 USING btree FAMILY point2_ops AS
    OPERATOR 1 <<<<, OPERATOR 3 ====, OPERATOR 5 >>>>, FUNCTION 1 point2_cmp(point2, point2);
COMMENT ON OPERATOR CLASS point2_ops USING btree IS 'by x';
CREATE FUNCTION point2_int_cmp(point2, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp(($1).x, $2)';
CREATE FUNCTION point2_int_lt(point2, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x < $2';
CREATE OPERATOR <<<< (LEFTARG = point2, RIGHTARG = integer, FUNCTION = point2_int_lt);
ALTER OPERATOR FAMILY point2_ops USING btree ADD OPERATOR 1 <<<< (point2, integer), FUNCTION 1 (point2, integer) point2_int_cmp(point2, integer);
CREATE OPERATOR CLASS own_text_ops FOR TYPE text USING btree AS OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 bttextcmp(text, text);

-- ---- text search ----
CREATE TEXT SEARCH DICTIONARY short_words (TEMPLATE = simple, stopwords = 'english', accept = 'false');
CREATE TEXT SEARCH CONFIGURATION ours (PARSER = pg_catalog."default");
ALTER TEXT SEARCH CONFIGURATION ours ADD MAPPING FOR asciiword, word WITH short_words, english_stem;
ALTER TEXT SEARCH CONFIGURATION ours ADD MAPPING FOR email WITH simple;
CREATE TEXT SEARCH CONFIGURATION empty_one (PARSER = "default");
COMMENT ON TEXT SEARCH CONFIGURATION ours IS 'for us';

-- ---- tables ----
CREATE TABLE plain (
    id bigint GENERATED ALWAYS AS IDENTITY,
    by_default integer GENERATED BY DEFAULT AS IDENTITY (START WITH 5 INCREMENT BY 5 MAXVALUE 1000 CYCLE CACHE 3),
    serial_one serial,
    big_serial bigserial,
    name varchar(40) COLLATE german DEFAULT 'it''s a "name"' NOT NULL,
    code char(3),
    price numeric(12, 4) DEFAULT 0.5,
    any_number numeric,
    at timestamptz(3) DEFAULT CURRENT_TIMESTAMP,
    day date DEFAULT '2020-02-29',
    took interval hour to minute DEFAULT '1:30',
    bits bit varying(5) DEFAULT B'1',
    doc jsonb DEFAULT '{"a": [1, "b''c\\d"]}',
    list text[] DEFAULT ARRAY['x', 'y,z']::text[],
    mood mood DEFAULT 'it''s ok',
    moods mood[] DEFAULT '{happy}',
    pos positive,
    p pair DEFAULT ROW(1, 'b', NULL)::pair,
    span float_span DEFAULT '[1,2)',
    summed integer GENERATED ALWAYS AS (length(name) + 1) STORED,
    by_function integer DEFAULT add_them(1, 2),
    tick bytea DEFAULT '\xdeadbeef',
    CONSTRAINT plain_key PRIMARY KEY (id),
    UNIQUE (name, code),
    CONSTRAINT price_range CHECK (price >= 0 AND price < 1000000),
    CHECK (name LIKE 'a%' OR name <> '100%')
) WITH (autovacuum_enabled = false, fillfactor = 70, toast.autovacuum_vacuum_scale_factor = 0.3);
COMMENT ON TABLE plain IS E'a plain table\nof two lines';
COMMENT ON COLUMN plain.name IS 'what it''s called';
COMMENT ON CONSTRAINT price_range ON plain IS 'a range';
ALTER TABLE plain ALTER COLUMN doc SET STORAGE EXTERNAL, ALTER COLUMN name SET STATISTICS 500, ALTER COLUMN list SET COMPRESSION pglz,
    ALTER COLUMN price SET (n_distinct = -0.5, n_distinct_inherited = 10);
ALTER TABLE plain ADD CONSTRAINT not_checked CHECK (any_number > 0) NOT VALID;
ALTER TABLE plain ADD CONSTRAINT not_inherited CHECK (any_number < 10) NO INHERIT;
ALTER TABLE plain ADD CONSTRAINT with_include UNIQUE (code) INCLUDE (name, price) WITH (fillfactor = 50) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE plain ADD CONSTRAINT no_overlap EXCLUDE USING gist (span WITH &&) WHERE (any_number > 3);
CREATE INDEX plain_expression ON plain (lower(name) text_pattern_ops DESC NULLS LAST, (price + 1)) INCLUDE (code) WHERE code IS NOT NULL AND name LIKE 'a%';
CREATE INDEX plain_collated ON plain (name COLLATE "C" DESC, day ASC NULLS FIRST) WITH (fillfactor = 60, deduplicate_items = off);
CREATE UNIQUE INDEX plain_unique ON plain (any_number);
CREATE INDEX plain_gin ON plain USING gin (doc jsonb_path_ops) WITH (fastupdate = off, gin_pending_list_limit = 1000);
CREATE INDEX plain_brin ON plain USING brin (at timestamptz_minmax_multi_ops (values_per_range = 16)) WITH (pages_per_range = 16);
CREATE INDEX plain_hash ON plain USING hash (code);
CREATE INDEX plain_opclass ON plain (name own_text_ops);
CREATE INDEX plain_function ON plain (add_them(summed, 3));
ALTER INDEX plain_expression ALTER COLUMN 2 SET STATISTICS 300;
COMMENT ON INDEX plain_gin IS 'documents';
ALTER TABLE plain CLUSTER ON plain_collated;
ALTER TABLE plain REPLICA IDENTITY FULL;
\if :v15
ALTER TABLE plain ADD CONSTRAINT nulls_alike UNIQUE NULLS NOT DISTINCT (day, code);
CREATE UNIQUE INDEX plain_nulls_alike ON plain (took) NULLS NOT DISTINCT;
\endif
CREATE STATISTICS plain_stats (ndistinct, dependencies) ON name, code, price FROM plain;
CREATE STATISTICS plain_expression_stats (mcv) ON (lower(name)), code FROM plain;
CREATE STATISTICS one_expression ON (price * 2) FROM plain;
ALTER STATISTICS plain_stats SET STATISTICS 77;
COMMENT ON STATISTICS plain_stats IS 'statistics';

CREATE UNLOGGED TABLE IF NOT EXISTS unlogged (id integer PRIMARY KEY, t text);
CREATE TABLE no_columns ();
CREATE TABLE of_type OF pair (PRIMARY KEY (a), b WITH OPTIONS DEFAULT 'x');
CREATE TABLE identified (a integer NOT NULL, b integer);
CREATE UNIQUE INDEX identified_by ON identified (a);
ALTER TABLE identified REPLICA IDENTITY USING INDEX identified_by;
CREATE TABLE nothing_identified (a integer PRIMARY KEY);
ALTER TABLE nothing_identified REPLICA IDENTITY NOTHING;
ALTER TABLE nothing_identified CLUSTER ON nothing_identified_pkey;
-- columns that were dropped leave holes
CREATE TABLE holes (a integer, b integer, c integer, d integer);
ALTER TABLE holes DROP COLUMN b, ADD COLUMN e text, DROP COLUMN a;
-- a sequence that is owned by another column, and one that two share
CREATE TABLE shares (a integer DEFAULT nextval('plain_seq'), b bigint DEFAULT nextval('plain_seq'::text), c integer);
ALTER SEQUENCE big_seq OWNED BY shares.c;

-- foreign keys that go round
CREATE TABLE parent (id integer PRIMARY KEY, a integer, b text, best_child integer, UNIQUE (a, b));
CREATE TABLE child (id integer PRIMARY KEY, parent_id integer REFERENCES parent ON DELETE CASCADE ON UPDATE SET NULL,
    a integer, b text, self integer REFERENCES child DEFERRABLE,
    CONSTRAINT both_ways FOREIGN KEY (a, b) REFERENCES parent (a, b) MATCH FULL ON DELETE SET DEFAULT DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE parent ADD CONSTRAINT best FOREIGN KEY (best_child) REFERENCES child ON DELETE RESTRICT;
ALTER TABLE child ADD CONSTRAINT unchecked FOREIGN KEY (a) REFERENCES parent (id) NOT VALID;
COMMENT ON CONSTRAINT best ON parent IS 'the best';
\if :v15
ALTER TABLE child ADD CONSTRAINT some_columns FOREIGN KEY (a, b) REFERENCES parent (a, b) ON DELETE SET NULL (a);
\endif

-- inheritance
CREATE TABLE animal (id integer NOT NULL, name text DEFAULT 'none', CHECK (id > 0), CONSTRAINT just_here CHECK (id < 10) NO INHERIT);
CREATE TABLE pet (owner text, id integer NOT NULL) INHERITS (animal);
CREATE TABLE named (name text, nick text);
CREATE TABLE dog (bark text) INHERITS (pet, named);
ALTER TABLE animal ADD CONSTRAINT unchecked CHECK (name <> 'x') NOT VALID;
ALTER TABLE dog ALTER COLUMN name SET DEFAULT 'Rex', ADD CONSTRAINT dog_own CHECK (bark <> '');
CREATE INDEX dog_bark ON dog (bark);

-- partitions
CREATE TABLE measured (id bigint NOT NULL, at date NOT NULL, kind text, value numeric DEFAULT 0, PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
CREATE TABLE measured_2023 PARTITION OF measured FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE measured_2024 PARTITION OF measured (value DEFAULT 24, CONSTRAINT of_2024 CHECK (value > 1)) FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')
    PARTITION BY LIST (id);
CREATE TABLE measured_2024_ab PARTITION OF measured_2024 FOR VALUES IN (1, 2);
CREATE TABLE measured_2024_rest PARTITION OF measured_2024 DEFAULT;
CREATE TABLE listed (kind text, n integer) PARTITION BY LIST (kind);
CREATE TABLE listed_ab PARTITION OF listed FOR VALUES IN ('a', 'b''c', NULL);
CREATE TABLE measured_old (value numeric, kind text, hole integer, at date NOT NULL, id bigint NOT NULL);
ALTER TABLE measured_old DROP COLUMN hole;
ALTER TABLE measured ATTACH PARTITION measured_old FOR VALUES FROM (MINVALUE) TO ('2023-01-01');
CREATE INDEX listed_in_part ON ONLY listed (n);
CREATE INDEX measured_in_part ON ONLY measured (value);
CREATE INDEX measured_old_in_part ON measured_old (value);
ALTER INDEX measured_in_part ATTACH PARTITION measured_old_in_part;
CREATE INDEX measured_kind ON measured (kind, value DESC);
CREATE INDEX measured_2023_own ON measured_2023 (id);
ALTER TABLE measured ADD CONSTRAINT positive_value CHECK (value >= 0);
CREATE TABLE refers (at date, id bigint, FOREIGN KEY (at, id) REFERENCES measured ON DELETE CASCADE);
ALTER TABLE measured ADD COLUMN animal integer REFERENCES parent;
CREATE TABLE hashed (a integer, b text COLLATE german) PARTITION BY HASH (a, b text_pattern_ops, (lower(b)) COLLATE "C");
CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0) WITH (fillfactor = 80);
CREATE UNLOGGED TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE by_expression (a integer) PARTITION BY RANGE ((a % 10), a);
CREATE TABLE by_expression_1 PARTITION OF by_expression FOR VALUES FROM (0, MINVALUE) TO (5, MAXVALUE);

-- ---- rules, triggers, policies ----
CREATE FUNCTION on_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER before_change BEFORE INSERT OR UPDATE OF name, code ON plain FOR EACH ROW
    WHEN (NEW.name <> 'new' AND NOT (NEW.code IS DISTINCT FROM 'old')) EXECUTE FUNCTION on_change('an argument', 'it''s \ two');
CREATE TRIGGER after_statement AFTER UPDATE ON plain REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION on_change();
CREATE TRIGGER emptied AFTER TRUNCATE ON plain EXECUTE FUNCTION on_change();
CREATE CONSTRAINT TRIGGER late_check AFTER INSERT ON child FROM parent DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION on_change();
CREATE TRIGGER measured_change AFTER INSERT ON measured FOR EACH ROW EXECUTE FUNCTION on_change();
COMMENT ON TRIGGER emptied ON plain IS 'gone';
ALTER TABLE plain DISABLE TRIGGER emptied;
ALTER TABLE plain ENABLE ALWAYS TRIGGER before_change;
ALTER TABLE plain ENABLE REPLICA TRIGGER after_statement;
CREATE TABLE log (id integer, what text);
CREATE RULE to_log AS ON DELETE TO child WHERE OLD.id > 10 DO ALSO (INSERT INTO log VALUES (OLD.id, 'it''s; gone'); DELETE FROM log WHERE id < OLD.id);
CREATE RULE tell AS ON INSERT TO log DO ALSO NOTIFY told;
CREATE RULE no_update AS ON UPDATE TO log DO INSTEAD NOTHING;
COMMENT ON RULE to_log ON child IS 'logs';
ALTER TABLE log DISABLE RULE no_update;
ALTER TABLE plain ENABLE ROW LEVEL SECURITY;
ALTER TABLE child ENABLE ROW LEVEL SECURITY;
ALTER TABLE child FORCE ROW LEVEL SECURITY;
CREATE POLICY see_all ON plain FOR SELECT TO PUBLIC USING (true);
CREATE POLICY "Own  rows" ON plain AS RESTRICTIVE FOR UPDATE TO CURRENT_USER, pg_monitor USING (name = CURRENT_USER::text AND code = 'a  b')
    WITH CHECK (add_them(1, 2) > 0 AND pos::boolean);
CREATE POLICY everything ON child USING (EXISTS (SELECT FROM parent q WHERE q.id = child.parent_id)) WITH CHECK (false);
CREATE POLICY only_insert ON child FOR INSERT WITH CHECK (id > 0);
COMMENT ON POLICY see_all ON plain IS 'all';

-- ---- views ----
CREATE VIEW names (id, label) WITH (security_barrier) AS SELECT id, name || ' ' || coalesce(code, '?') FROM plain WHERE price > 0 WITH LOCAL CHECK OPTION;
CREATE VIEW above AS SELECT n.*, p.by_function FROM names n JOIN plain p USING (id);
COMMENT ON VIEW above IS 'a view on a view';
COMMENT ON COLUMN names.label IS 'what it reads';
CREATE VIEW insertable AS SELECT id, what FROM log;
ALTER VIEW insertable ALTER COLUMN what SET DEFAULT 'nothing';
CREATE TRIGGER instead INSTEAD OF INSERT ON above FOR EACH ROW EXECUTE FUNCTION on_change();
CREATE RULE names_delete AS ON DELETE TO above DO INSTEAD DELETE FROM plain WHERE id = OLD.id;
CREATE RECURSIVE VIEW counting (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM counting WHERE n < 100;
CREATE VIEW cascaded WITH (check_option = cascaded) AS SELECT * FROM insertable WHERE id > 0;
CREATE VIEW many_things AS SELECT DISTINCT ON (name) name, rank() OVER w AS r, (SELECT max(id) FROM child), ARRAY[1, 2] @> ARRAY[1] AS has,
    CASE mood WHEN 'sad' THEN NULL::text ELSE 'x' END AS c, (p).b AS b, total(price) FILTER (WHERE price > 1) OVER w AS t
    FROM plain WINDOW w AS (PARTITION BY code ORDER BY id) ORDER BY name, id;
\if :v15
CREATE VIEW as_invoker WITH (security_invoker = true) AS SELECT 1 AS one;
\endif
CREATE MATERIALIZED VIEW summary WITH (fillfactor = 90) AS SELECT code, count(*) AS n FROM plain GROUP BY code;
CREATE UNIQUE INDEX summary_code ON summary (code);
ALTER MATERIALIZED VIEW summary CLUSTER ON summary_code;
ALTER MATERIALIZED VIEW summary ALTER COLUMN n SET STATISTICS 10;
CREATE MATERIALIZED VIEW not_filled AS SELECT n FROM summary WITH NO DATA;
COMMENT ON MATERIALIZED VIEW summary IS 'summed up';
COMMENT ON COLUMN summary.n IS 'how many';

-- functions over tables and views, and what needs these
CREATE FUNCTION of_row(plain) RETURNS text LANGUAGE sql STABLE AS 'SELECT $1.name';
CREATE FUNCTION of_view() RETURNS SETOF names LANGUAGE sql STABLE AS 'SELECT * FROM names';
CREATE VIEW over_functions AS SELECT of_row(p.*) AS row_text FROM plain p;
CREATE TABLE with_row_type (p plain, ps plain[], n names);
CREATE FUNCTION count_children() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM child; END;
ALTER TABLE log ADD COLUMN children bigint DEFAULT count_children();
ALTER TABLE child ADD CONSTRAINT calls_back CHECK (count_children() >= 0);
CREATE TYPE with_table AS (c child);
CREATE DOMAIN row_domain AS log CHECK ((VALUE).id > 0);

\if :v17
CREATE TABLE of_17 (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED);
ALTER TABLE of_17 ALTER COLUMN b SET EXPRESSION AS (a + 2);
\endif
\if :v18
CREATE TABLE of_18 (a int4range CONSTRAINT must NOT NULL, b integer, c integer GENERATED ALWAYS AS (b + 1) VIRTUAL, d integer, e integer, during daterange,
    CONSTRAINT a_key PRIMARY KEY (a, during WITHOUT OVERLAPS), CONSTRAINT unenforced CHECK (b > 0) NOT ENFORCED);
ALTER TABLE of_18 ADD CONSTRAINT later NOT NULL b NOT VALID, ADD CONSTRAINT alone NOT NULL d NO INHERIT, ADD NOT NULL e NOT VALID;
COMMENT ON CONSTRAINT must ON of_18 IS 'it must';
CREATE TABLE refers_18 (a int4range, during daterange, b integer REFERENCES parent NOT ENFORCED,
    CONSTRAINT in_time FOREIGN KEY (a, PERIOD during) REFERENCES of_18 (a, PERIOD during));
CREATE TABLE child_18 (d integer, c integer GENERATED ALWAYS AS (b + 7) VIRTUAL, CONSTRAINT of_child NOT NULL b) INHERITS (of_18);
CREATE TABLE whole_18 (a integer NOT NULL, b integer) PARTITION BY RANGE (a);
CREATE TABLE part_18 PARTITION OF whole_18 (CONSTRAINT part_b NOT NULL b, CONSTRAINT part_a NOT NULL a) FOR VALUES FROM (0) TO (10);
CREATE UNIQUE INDEX ON whole_18 (a DESC);
CREATE FUNCTION casefolded(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT casefold($1)';
\endif
