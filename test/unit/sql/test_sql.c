/* Statements, directives, variables, facts, quoting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sql/quote.h"
#include "sql/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The statements of a text, each in one line, joined by "|"; "error LINE:COLUMN message" when it cannot be read. */
static char *split(const void *ctx, const char *text, size_t len)
{
    Error err = {0};
    Str out = str_new(ctx);
    SqlScript *s = sql_script_of_text(ctx, text, len, &(SqlScriptOptions){.name = "t.sql"}, &err);
    SqlItem item;
    SqlNext next = s == NULL ? SQL_NEXT_ERROR : SQL_NEXT_ITEM;
    while (next == SQL_NEXT_ITEM) {
        next = sql_script_next(s, &item, &err);
        if (next == SQL_NEXT_ITEM)
            str_addf(&out, "%s%s", out.len > 0 ? "|" : "", item.text);
    }
    if (next == SQL_NEXT_ERROR)
        str_addf(&out, "%serror %ld:%ld %s", out.len > 0 ? "|" : "", err.line, err.column, err.message);
    error_clear(&err);
    return out.text;
}

static void check(const char *text, const char *wanted)
{
    SCRATCH void *scratch = mem_scratch();
    assert_string_equal(split(scratch, text, strlen(text)), wanted);
}

static void statements_end_where_psql_ends_them(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"SELECT 1; SELECT 2", "SELECT 1|SELECT 2"},
        {"", ""},
        {" ;; -- nothing\n/* nor here */;", ""},
        {"SELECT ';'; SELECT \";\"", "SELECT ';'|SELECT \";\""},
        {"SELECT 'it''s;'; X", "SELECT 'it''s;'|X"},
        {"SELECT E'a\\';b'; X", "SELECT E'a\\';b'|X"},
        {"SELECT 'a\\'; X", "SELECT 'a\\'|X"},
        {"SELECT E'a'\n'b\\';c'; X", "SELECT E'a'\n'b\\';c'|X"},
        {"SELECT U&'d\\0061;', U&\"a;\"; X", "SELECT U&'d\\0061;', U&\"a;\"|X"},
        {"SELECT $$;$$; X", "SELECT $$;$$|X"},
        {"SELECT $a$;$b$;$a$; X", "SELECT $a$;$b$;$a$|X"},
        {"SELECT $1; SELECT a$b$; X", "SELECT $1|SELECT a$b$|X"},
        {"SELECT 1 /* ; /* ; */ ; */; X", "SELECT 1 /* ; /* ; */ ; */|X"},
        {"SELECT 1 -- ;\n; X", "SELECT 1 -- ;|X"},
        {"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); X",
         "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)|X"},
        {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END; X",
         "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END|X"},
        {"CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END; X",
         "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END|X"},
        {"BEGIN; SELECT 1; END; X", "BEGIN|SELECT 1|END|X"},
        {"DO $$ BEGIN PERFORM 1; END $$; X", "DO $$ BEGIN PERFORM 1; END $$|X"},
        {"-- head\nSELECT 1 -- tail", "SELECT 1 -- tail"},
        {"SELECT 1\\; SELECT 2;", "SELECT 1|SELECT 2"},
        {"SELECT a::int, b[1:2], :c", "SELECT a::int, b[1:2], :c"},
        {"COPY t FROM stdin;\n1;\t'\n\\.\nSELECT 2;", "COPY t FROM stdin|SELECT 2"},
        {"SELECT 1 <newer syntax> (a; b); X", "SELECT 1 <newer syntax> (a; b)|X"},
        {"SET standard_conforming_strings = off; SELECT 'a\\'; b'; X",
         "SET standard_conforming_strings = off|SELECT 'a\\'; b'|X"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(cases[i][0], cases[i][1]);
}

static void what_cannot_be_read_is_told_with_its_place(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"SELECT 1;\n 'abc", "SELECT 1|error 2:2 a string that is not closed"},
        {"SELECT \"abc", "error 1:8 a quoted identifier that is not closed"},
        {"SELECT $x$ abc $$", "error 1:8 a dollar-quoted string that is not closed"},
        {"SELECT é /* abc", "error 1:10 a comment that is not closed"},
        {"\\if true\nSELECT 1;", "SELECT 1|error 1:1 \\if without \\endif"},
        {"\\endif", "error 1:1 there is no \\if for it"},
        {"\\if maybe\n\\endif", "error 1:1 the condition must be a boolean (true, false, on, off, 1, 0), not \"maybe\""},
        {"  \\gexec", "error 1:3 the psql directive \\gexec is not one that pgwright runs"},
        {"\\set x `ls`", "error 1:1 backquotes would run a shell command, which pgwright never does"},
        {"SELECT '\xff'", "error 1:9 invalid UTF-8: byte 0xff"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(cases[i][0], cases[i][1]);
    SCRATCH void *scratch = mem_scratch();
    assert_string_equal(split(scratch, "SELECT\0 1", 9), "error 1:7 a NUL byte, which SQL text cannot hold");
}

static void variables_are_put_in_as_psql_does(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"\\set v 1\nSELECT :v;", "SELECT 1"},
        {"\\set v it''s\nSELECT :'v';", "SELECT 'its'"},
        {"\\set v 'it''s'\nSELECT :'v', :\"v\";", "SELECT 'it''s', \"it's\""},
        {"\\set v a b\nSELECT :v;", "SELECT ab"},
        {"\\set v 1\nSELECT ':v', \":v\", $$:v$$, a::v; -- :v", "SELECT ':v', \":v\", $$:v$$, a::v"},
        {"SELECT :nope, :'nope';", "SELECT :nope, :'nope'"},
        {"\\set v 1\n\\unset v\nSELECT :v;", "SELECT :v"},
        {"\\set v x\nSELECT :{?v}, :{?w};", "SELECT TRUE, FALSE"},
        {"\\set a 1\n\\set b :a:a\nSELECT :b;", "SELECT 11"},
        {"\\if false\nSELECT 'a; \\else';\n\\elif true\nSELECT 2;\n\\else\nSELECT 3;\n\\endif\nSELECT 4;", "SELECT 2|SELECT 4"},
        {"\\if off\n\\nonsense\n\\if true\nSELECT 1;\n\\endif\n\\endif\nSELECT 2;", "SELECT 2"},
        {"\\set x 'a\\nb'\nSELECT :'x';", "SELECT 'a\nb'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(cases[i][0], cases[i][1]);
}

static SqlFacts facts_of(const char *text)
{
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    SqlItem item = {0};
    SqlScript *s = sql_script_of_text(scratch, text, strlen(text), &(SqlScriptOptions){0}, &err);
    assert_int_equal(sql_script_next(s, &item, &err), SQL_NEXT_ITEM);
    return item.facts;
}

static void statements_that_refuse_a_transaction_are_known(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "CREATE INDEX CONCURRENTLY i ON t (a)", "create unique index concurrently if not exists i on t(a)",
        "DROP INDEX CONCURRENTLY i", "REINDEX (VERBOSE, CONCURRENTLY) TABLE t", "REINDEX TABLE CONCURRENTLY t",
        "REINDEX DATABASE d", "REINDEX SYSTEM d", "REINDEX SCHEMA s", "VACUUM", "VACUUM (FULL) t", "CLUSTER",
        "ALTER SYSTEM SET work_mem = '1MB'", "CREATE DATABASE d", "DROP DATABASE IF EXISTS d",
        "ALTER DATABASE d SET TABLESPACE x", "CREATE TABLESPACE x LOCATION '/x'", "DROP TABLESPACE x",
        "ALTER TABLE \"p\" DETACH PARTITION c CONCURRENTLY", "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
        "DROP SUBSCRIPTION s", "ALTER SUBSCRIPTION s REFRESH PUBLICATION", "DISCARD ALL", "COMMIT PREPARED 'x'",
        "ROLLBACK PREPARED 'x'",
    };
    static const char *const fine[] = {
        "CREATE INDEX concurrently_built ON t (a)", "CREATE INDEX \"CONCURRENTLY\" ON t (a)", "DROP INDEX i",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v", "REINDEX TABLE t", "CLUSTER t USING i", "ALTER DATABASE d SET x = 1",
        "ALTER TABLE t DETACH PARTITION c", "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false)",
        "DISCARD TEMP", "SELECT 'VACUUM'", "CREATE TABLE vacuum_me (a int)",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (!facts_of(refused[i]).no_transaction)
            fail_msg("not known: %s", refused[i]);
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
        if (facts_of(fine[i]).no_transaction)
            fail_msg("taken for refused: %s", fine[i]);
}

static void statements_have_their_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        SqlKind kind;
        const char *command;
    } cases[] = {
        {"BEGIN", SQL_BEGIN, "BEGIN"},
        {"START TRANSACTION READ ONLY", SQL_BEGIN, "START TRANSACTION"},
        {"COMMIT AND CHAIN", SQL_COMMIT, "COMMIT"},
        {"END", SQL_COMMIT, "END"},
        {"ABORT", SQL_ROLLBACK, "ABORT"},
        {"ROLLBACK", SQL_ROLLBACK, "ROLLBACK"},
        {"ROLLBACK WORK TO a", SQL_SAVEPOINT, "ROLLBACK WORK TO"},
        {"RELEASE a", SQL_SAVEPOINT, "RELEASE"},
        {"COPY t (a, b) FROM STDIN WITH (FORMAT csv)", SQL_COPY_FROM_STDIN, "COPY"},
        {"COPY (SELECT 1) TO STDOUT", SQL_COPY_TO_STDOUT, "COPY"},
        {"COPY t FROM '/x'", SQL_OTHER, "COPY"},
        {"ALTER TYPE a.b ADD VALUE IF NOT EXISTS 'x'", SQL_ADD_ENUM_VALUE, "ALTER TYPE"},
        {"ALTER TYPE b RENAME VALUE 'x' TO 'y'", SQL_OTHER, "ALTER TYPE"},
        {"SELECT set_config('a.b', 'c', false)", SQL_SET, "SELECT"},
        {"CREATE TEMP TABLE t ()", SQL_SET, "CREATE TEMP"},
        {"CREATE OR REPLACE FUNCTION f() RETURNS int AS 'x'", SQL_OTHER, "CREATE FUNCTION"},
        {"CREATE UNLOGGED TABLE t ()", SQL_OTHER, "CREATE TABLE"},
        {"PREPARE TRANSACTION 'x'", SQL_OTHER, "PREPARE TRANSACTION"},
        {"FROBNICATE everything", SQL_OTHER, "statement"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SqlFacts f = facts_of(cases[i].text);
        assert_int_equal(f.kind, cases[i].kind);
        assert_string_equal(f.command, cases[i].command);
    }
}

static void positions_lead_back_to_the_file(void **state)
{
    (void)state;
    static const char text[] = "-- é\n\\set v long_value\nSELECT é, :v,\n  nope;";
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    SqlItem item;
    SqlScript *s = sql_script_of_text(scratch, text, sizeof text - 1, &(SqlScriptOptions){.name = "t.sql"}, &err);
    assert_int_equal(sql_script_next(s, &item, &err), SQL_NEXT_ITEM);
    assert_string_equal(item.text, "SELECT é, long_value,\n  nope");
    char *source;
    SqlPlace place = sql_item_place(scratch, &item, 25, &source); /* the n of nope */
    assert_int_equal(place.line, 4);
    assert_int_equal(place.column, 3);
    assert_string_equal(source, "  nope;");
    place = sql_item_place(scratch, &item, 15, NULL); /* within the value */
    assert_int_equal(place.line, 3);
    assert_int_equal(place.column, 11);
}

static bool summarize(const char *text, SqlSummary *sum)
{
    SCRATCH void *scratch = mem_scratch();
    char path[] = "/tmp/pgwright-unit.XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    Error err = {0};
    bool ok = sql_script_summarize(scratch, path, &(SqlScriptOptions){0}, sum, &err);
    error_clear(&err);
    unlink(path);
    return ok;
}

static void a_script_is_summed_up(void **state)
{
    (void)state;
    SqlSummary sum;
    assert_true(summarize("BEGIN; SELECT 1; SELECT 2; COMMIT;", &sum));
    assert_int_equal(sum.statements, 2);
    assert_false(sum.no_transaction || sum.rolls_back);
    assert_true(summarize("-- Deploy x\n--  Transaction :  NONE \nSELECT 1;", &sum));
    assert_true(sum.no_transaction);
    assert_true(summarize("SELECT 1;\n-- transaction: none\n", &sum));
    assert_false(sum.no_transaction);
    assert_true(summarize("ALTER TYPE e ADD VALUE 'x'; INSERT INTO t VALUES ('x');", &sum));
    assert_true(sum.adds_enum_value && sum.enum_value_used);
    assert_true(summarize("ALTER TYPE e ADD VALUE 'x'; SELECT 'y';", &sum));
    assert_false(sum.enum_value_used);
    assert_true(summarize("BEGIN; ROLLBACK;", &sum));
    assert_true(sum.rolls_back);
}

static void long_scripts_need_little_memory(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    for (int i = 0; i < 40000; i++)
        str_addf(&text, "INSERT INTO t VALUES (%d, 'some text that makes it longer', $$and; more$$);\n", i);
    SqlSummary sum;
    assert_true(summarize(text.text, &sum));
    assert_int_equal(sum.statements, 40000);
}

static void names_and_values_are_quoted(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    assert_string_equal(sql_ident(scratch, "users"), "users");
    assert_string_equal(sql_ident(scratch, "Users"), "\"Users\"");
    assert_string_equal(sql_ident(scratch, "a\"b"), "\"a\"\"b\"");
    assert_string_equal(sql_ident(scratch, "user"), "\"user\"");
    assert_string_equal(sql_ident(scratch, ""), "\"\"");
    assert_string_equal(sql_ident(scratch, "1a"), "\"1a\"");
    assert_string_equal(sql_qualified(scratch, "a b", "c"), "\"a b\".c");
    assert_string_equal(sql_literal(scratch, "it's"), "'it''s'");
    assert_string_equal(sql_literal(scratch, "a\\'b"), "E'a\\\\''b'");
    assert_string_equal(sql_literal(scratch, NULL), "NULL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_end_where_psql_ends_them),
        cmocka_unit_test(what_cannot_be_read_is_told_with_its_place),
        cmocka_unit_test(variables_are_put_in_as_psql_does),
        cmocka_unit_test(statements_that_refuse_a_transaction_are_known),
        cmocka_unit_test(statements_have_their_kinds),
        cmocka_unit_test(positions_lead_back_to_the_file),
        cmocka_unit_test(a_script_is_summed_up),
        cmocka_unit_test(long_scripts_need_little_memory),
        cmocka_unit_test(names_and_values_are_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
