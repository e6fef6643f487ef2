-- Names made to hurt, of every kind that has files, parts and references.
SET check_function_bodies = off;
CREATE TABLE "select" ("from" integer PRIMARY KEY, "Where" text, "order by" text, "it's" integer, "a""b" integer, "c.d" integer, "e\f" text, " " integer,
    "é" integer, "$1" integer, "1st" integer, "tab	" integer, "line
break" integer, "user" text DEFAULT 'x', "--" integer, "/*" integer, "%s%n" text, "{id}" integer, "😀" integer);
COMMENT ON COLUMN "select"."line
break" IS 'line
break';
CREATE TABLE "Select" ("From" integer REFERENCES "select", CONSTRAINT "Che""ck" CHECK ("From" > 0));
CREATE TABLE "SELECT" (a integer REFERENCES "select" ("from"));
CREATE TABLE "select_2" (a integer);
CREATE TABLE public (public integer, "public.public" text);
COMMENT ON COLUMN public.public.public IS 'like its schema';
CREATE TABLE "public.dotted" ("public.x" integer);
CREATE TABLE "a/b" ("../c" integer);
CREATE TABLE ".." (x integer);
CREATE TABLE "a b" (x integer);
CREATE TABLE "quo""ted" ("quo""ted" integer UNIQUE, "'" text);
CREATE TABLE "semi;colon" (";" integer);
CREATE TABLE "new
line" (x integer);
CREATE TABLE "{name}" ("{value}" text DEFAULT '{literal} %s %d');
CREATE TABLE "paren(theses" ("a(b)" integer, "{" integer);
CREATE TABLE n12345678901234567890123456789012345678901234567890123456789012 (
    c12345678901234567890123456789012345678901234567890123456789012 serial PRIMARY KEY,
    d12345678901234567890123456789012345678901234567890123456789012 integer NOT NULL UNIQUE CHECK (d12345678901234567890123456789012345678901234567890123456789012 > 0),
    e12345678901234567890123456789012345678901234567890123456789012 integer GENERATED ALWAYS AS IDENTITY);
CREATE TABLE n1234567890123456789012345678901234567890123456789012345678901x (a integer REFERENCES n12345678901234567890123456789012345678901234567890123456789012);
CREATE INDEX "In dex" ON "select" (("Where" || "e\f"), "order by" DESC) WHERE "it's" > 0;
CREATE TYPE "Mood" AS ENUM ('a''b', 'c"d', 'e\f', 'G.H');
CREATE TYPE "table" AS ("select" integer, "a.b" "Mood");
CREATE DOMAIN "Do main" AS "Mood" CONSTRAINT "con'straint" CHECK (VALUE <> 'a''b');
CREATE SEQUENCE "Se quence.1";
CREATE FUNCTION "fun""c"("select" integer, "Ar g" "Mood" DEFAULT 'G.H') RETURNS "table" LANGUAGE sql AS $$ SELECT 1, 'G.H'::"Mood" $$;
CREATE FUNCTION "fun""c"("table") RETURNS text LANGUAGE sql AS $_$ SELECT $$x$$ $_$;
CREATE FUNCTION "Fun""c"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE PROCEDURE "paren(s"("in" integer) LANGUAGE sql AS '';
CREATE FUNCTION "a,b"(integer, text) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE AGGREGATE "Agg regate"(integer) (SFUNC = int4larger, STYPE = integer);
CREATE COLLATION "Co.llation" (locale = 'C');
CREATE FUNCTION "Same"("Mood", "Mood") RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
CREATE OPERATOR @#@ (LEFTARG = "Mood", RIGHTARG = "Mood", FUNCTION = "Same");
CREATE VIEW "View" ("select", "Wh ere") AS SELECT s."from", s."Where" FROM "select" s JOIN "Select" t ON t."From" = s."from";
CREATE VIEW "vi""ew" AS SELECT "View"."Wh ere" AS "as", "a,b"(1, 'x') FROM "View";
CREATE TRIGGER "Tri.gger" BEFORE UPDATE OF "Where" ON "select" FOR EACH ROW WHEN (NEW."Where" <> 'new') EXECUTE FUNCTION "Fun""c"();
CREATE POLICY "Pol""icy" ON "select" USING ("user" = CURRENT_USER);
CREATE RULE "Ru le" AS ON DELETE TO "Select" DO INSTEAD NOTHING;
CREATE STATISTICS "Sta.tistics" ON "Where", "order by" FROM "select";
CREATE TEXT SEARCH CONFIGURATION "Con.fig" (PARSER = "default");
CREATE TABLE "Parent." ("a.b" integer) PARTITION BY LIST ("a.b");
CREATE TABLE "Part""1" PARTITION OF "Parent." FOR VALUES IN (1);
CREATE INDEX "Pa.rt" ON "Parent." ("a.b");
CREATE TABLE "Inherits" ("own" integer) INHERITS ("select_2");
CREATE OPERATOR CLASS "Op class" FOR TYPE integer USING btree AS OPERATOR 1 <, FUNCTION 1 btint4cmp(integer, integer);
CREATE TABLE authorization_ (LIKE "select" INCLUDING ALL);
CREATE TABLE "ALL" ("ALL" "Mood"[] DEFAULT '{"G.H"}', "default" "table" DEFAULT ROW(1, 'c"d'), "serial" bigserial);
GRANT SELECT ("Where") ON "select" TO pg_monitor;
GRANT EXECUTE ON FUNCTION "fun""c"("table") TO pg_monitor;
