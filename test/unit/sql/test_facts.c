/* Facts of statements, summaries of scripts, quoting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reading.h"
#include "sql/quote.h"

#include <string.h>

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
        "ROLLBACK PREPARED 'x'", "REINDEX (CONCURRENTLY true) INDEX i", "REINDEX (VERBOSE) SCHEMA s",
        "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (create_slot = true, copy_data = off)",
        "ALTER SUBSCRIPTION s SET PUBLICATION p", "ALTER SUBSCRIPTION s ADD PUBLICATION p WITH (copy_data = false)",
        "ALTER SUBSCRIPTION s SET (failover = true)", "ALTER SUBSCRIPTION s SET (two_phase = false)",
        "CLUSTER VERBOSE", "CLUSTER (VERBOSE)", "/* c */ vacuum",
    };
    static const char *const fine[] = {
        "CREATE INDEX concurrently_built ON t (a)", "CREATE INDEX \"CONCURRENTLY\" ON t (a)", "DROP INDEX i",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v", "REINDEX TABLE t", "CLUSTER t USING i", "ALTER DATABASE d SET x = 1",
        "ALTER TABLE t DETACH PARTITION c", "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false)",
        "DISCARD TEMP", "SELECT 'VACUUM'", "CREATE TABLE vacuum_me (a int)", "REINDEX (CONCURRENTLY false) TABLE t",
        "REINDEX (CONCURRENTLY 'off', VERBOSE) TABLE t", "ALTER TABLE t DETACH PARTITION c FINALIZE",
        "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (create_slot = 'off')", "ALTER SUBSCRIPTION s DISABLE",
        "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)", "ALTER SUBSCRIPTION s SET (two_phase = true)",
        "ALTER SUBSCRIPTION s SET (slot_name = NONE)", "CALL vacuum()",
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

static void a_script_is_summed_up(void **state)
{
    (void)state;
    SqlSummary sum = summary_of("BEGIN; SELECT 1; CREATE TABLE t (); COMMIT;");
    assert_int_equal(sum.statements, 2);
    assert_int_equal(sum.locks, 5);
    assert_false(sum.no_transaction || sum.rolls_back || sum.has_copy || sum.adds_enum_value);
    assert_true(summary_of("BEGIN; ROLLBACK;").rolls_back);
    assert_false(summary_of("SAVEPOINT a; ROLLBACK TO a;").rolls_back);
    assert_true(summary_of("COPY t FROM stdin;\n1\n\\.\n").has_copy);
    assert_true(summary_of("\\copy t from stdin\n1\n\\.\n").has_copy);
    sum = summary_of("SELECT 1;\n VACUUM; DROP DATABASE d;");
    assert_true(sum.no_transaction);
    assert_string_equal(sum.why, "VACUUM");
    assert_int_equal(sum.why_place.line, 2);
    assert_int_equal(sum.why_place.column, 2);
    sum = summary_of("abc");
    assert_string_equal(sum.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_string_equal(sum.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void a_script_may_ask_for_no_transaction(void **state)
{
    (void)state;
    static const char *const asking[] = {
        "-- transaction: none\nSELECT 1;", "-- Deploy x\n\n--  Transaction :  NONE \nSELECT 1;",
        "\xEF\xBB\xBF--transaction:none\r\nSELECT 1;", "/* about */ -- transaction: none\nSELECT 1;",
        "\\set ON_ERROR_STOP on\n-- transaction: none\nSELECT 1;", "-- transaction: none",
    };
    static const char *const silent[] = {
        "SELECT 1;\n-- transaction: none\n", "-- transaction: change\nSELECT 1;", "/* transaction: none */ SELECT 1;",
        "-- no transaction: none of them\nSELECT 1;", "SELECT '-- transaction: none';",
    };
    for (size_t i = 0; i < sizeof asking / sizeof asking[0]; i++)
        if (!summary_of(asking[i]).no_transaction)
            fail_msg("not seen: %s", asking[i]);
    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++)
        if (summary_of(silent[i]).no_transaction)
            fail_msg("seen: %s", silent[i]);
}

static void new_enum_values_that_are_used_at_once_are_known(void **state)
{
    (void)state;
    static const char *const used[] = {
        "ALTER TYPE e ADD VALUE 'x'; INSERT INTO t VALUES ('x');",
        "ALTER TYPE s.e ADD VALUE IF NOT EXISTS 'x' BEFORE 'a'; SELECT E'x'::e;",
        "ALTER TYPE e ADD VALUE 'x'; DO $$ BEGIN INSERT INTO t VALUES ('x'); END $$;",
        "ALTER TYPE e ADD VALUE 'x'; COPY t FROM stdin;\nx\n\\.\n",
        "\\set l x\nALTER TYPE e ADD VALUE :'l'; SELECT :'l';",
    };
    static const char *const fine[] = {
        "ALTER TYPE e ADD VALUE 'x'; SELECT 'y';",
        "SELECT 'x'; ALTER TYPE e ADD VALUE 'x';",
        "ALTER TYPE e ADD VALUE 'x'; ALTER TYPE e ADD VALUE 'y' AFTER 'x';",
        "ALTER TYPE e ADD VALUE 'x'; ALTER TYPE f ADD VALUE 'x';",
        "ALTER TYPE e ADD VALUE 'x'; SELECT xs FROM t WHERE y = 'xs';",
    };
    for (size_t i = 0; i < sizeof used / sizeof used[0]; i++)
        if (!summary_of(used[i]).adds_enum_value || !summary_of(used[i]).enum_value_used)
            fail_msg("not seen: %s", used[i]);
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
        if (!summary_of(fine[i]).adds_enum_value || summary_of(fine[i]).enum_value_used)
            fail_msg("seen: %s", fine[i]);
}

static void long_scripts_are_read_to_their_end(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    for (int i = 0; i < 40000; i++)
        str_addf(&text, "INSERT INTO t VALUES (%d, 'some text that makes it longer', $$and; more$$);\n", i);
    str_add(&text, "SELECT '");
    str_add_repeat(&text, ';', 3000000);
    str_add(&text, "'");
    assert_int_equal(summary_of(text.text).statements, 40001);
}

static void names_and_values_are_quoted(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    assert_string_equal(sql_ident(scratch, "users"), "users");
    assert_string_equal(sql_ident(scratch, "Users"), "\"Users\"");
    assert_string_equal(sql_ident(scratch, "a\"b"), "\"a\"\"b\"");
    assert_string_equal(sql_ident(scratch, "user"), "\"user\"");
    assert_string_equal(sql_ident(scratch, "json_table"), "\"json_table\"");
    assert_string_equal(sql_ident(scratch, "xmltable"), "\"xmltable\"");
    assert_string_equal(sql_ident(scratch, "temp"), "temp");
    assert_string_equal(sql_ident(scratch, "été"), "\"été\"");
    assert_string_equal(sql_ident_quoted(scratch, "users"), "\"users\"");
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
        cmocka_unit_test(statements_that_refuse_a_transaction_are_known),
        cmocka_unit_test(statements_have_their_kinds),
        cmocka_unit_test(a_script_is_summed_up),
        cmocka_unit_test(a_script_may_ask_for_no_transaction),
        cmocka_unit_test(new_enum_values_that_are_used_at_once_are_known),
        cmocka_unit_test(long_scripts_are_read_to_their_end),
        cmocka_unit_test(names_and_values_are_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
