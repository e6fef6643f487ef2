/* Session deployments without a server: the statements of a script, the transaction that it leaves open, the rows of COPY. */
#include "deploy/session/contract.h"
#include "deploy/session/rows.h"
#include "deploy/session/statements.h"
#include "deploy/session/syntax.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void statements_are_found_where_they_stand(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        const char *statements; /* with bars between them */
    } cases[] = {
        {"", ""},
        {" -- nothing\n/* at all */ ;; ", ""},
        {"SELECT 1; SELECT 2", "SELECT 1|SELECT 2"},
        {"/* a */ SELECT 1 /* b */ ;\n-- c\nSELECT ';' ;", "SELECT 1|SELECT ';'"},
        {"DO $$ a; b $$; COMMIT", "DO $$ a; b $$|COMMIT"},
        {"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); X", "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)|X"},
        {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; X",
         "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END|X"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SCRATCH void *scratch = mem_scratch();
        StatementSpans found = {0};
        Str text = str_new(scratch);
        statements_find(scratch, view_of(cases[i].script), &found);
        for (size_t k = 0; k < found.n; k++) {
            str_add(&text, k > 0 ? "|" : "");
            str_add_n(&text, cases[i].script + found.v[k].from, found.v[k].to - found.v[k].from);
        }
        assert_string_equal(text.text, cases[i].statements);
    }
}

static void the_transaction_that_is_left_open_has_a_beginning(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        long at; /* of the statement; -1: none */
    } cases[] = {
        {"SELECT 1", -1},
        {"BEGIN; COMMIT", -1},
        {"BEGIN; ROLLBACK; SELECT 1", -1},
        {"SELECT 1; BEGIN; SELECT 2", 10},
        {"BEGIN; END; START TRANSACTION READ ONLY", 12},
        {"BEGIN; BEGIN; SELECT 1", 0},
        {"BEGIN; COMMIT AND CHAIN", 7},
        {"BEGIN; COMMIT AND NO CHAIN", -1},
        {"BEGIN; ROLLBACK AND CHAIN; COMMIT", -1},
        {"BEGIN; SAVEPOINT s; ROLLBACK TO s", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SCRATCH void *scratch = mem_scratch();
        StatementSpans found = {0};
        statements_find(scratch, view_of(cases[i].script), &found);
        const Statement *open = statements_open(&found);
        assert_int_equal(open == NULL ? -1 : (long)open->from, cases[i].at);
    }
}

static void a_body_is_quoted_by_what_it_does_not_hold(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Str query = str_new(scratch);
    View text = view_of("SELECT '$pgwright0$', $pgwright1$x$pgwright1$");
    size_t offset = syntax_add_check(&query, text);
    assert_memory_equal(query.text + offset, text.p, text.len);
    assert_non_null(strstr(query.text, "AS $pgwright2$\n"));
    assert_non_null(strstr(query.text, "\n$pgwright2$;\n"));
}

static void contracts_are_chosen_by_their_version(void **state)
{
    (void)state;
    assert_ptr_equal(session_contract(NULL), session_contract("1"));
    assert_null(session_contract("2"));
    assert_null(session_contract(""));
}

/* All that a COPY is given, until it ends. */
static Str copy_data(const void *ctx, Rows *rows)
{
    Str all = str_new(ctx);
    Error err = {0};
    const char *data;
    size_t len;
    do {
        assert_true(rows_next(rows, &data, &len, &err));
        str_add_n(&all, data, len);
    } while (len > 0);
    return all;
}

static void rows_are_those_of_the_binary_format(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Str content = str_new(scratch);
    str_add_repeat(&content, 'x', 100000);
    FolderFile files[] = {{.path = "./a/b.sql", .extension = ".sql", .content = content.text, .size = 100000, .is_sql = true},
                          {.path = "./c", .extension = "", .content = "c", .size = 1}};
    Folder folder = {.files = {.v = files, .n = 2}};
    TestTree tests = {0};
    Param param = {.key = "env", .value = "dev", .type = "text"};
    ParamList params = {.v = &param, .n = 1};
    Rows *rows = rows_new(scratch, &folder, &tests, &params, false);
    Str statements = str_new(scratch);
    rows_statements(rows, &statements);
    assert_non_null(strstr(statements.text, "COPY pg_temp._pgmi_source ("));
    assert_non_null(strstr(statements.text, "COPY pg_temp._pgwright_load ("));
    Str first = copy_data(scratch, rows);
    assert_memory_equal(first.text, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\15\0\0\0\11./a/b.sql\0\0\0\5b.sql\0\0\0\4./a/", 19 + 2 + 13 + 9 + 8);
    assert_memory_equal(first.text + first.len - 7, "\0\0\0\1c\377\377", 7);
    assert_true(first.len > 100000);
    assert_ptr_equal(rows_file(rows, 2), &files[1]);
    assert_null(rows_file(rows, 3));
    Str second = copy_data(scratch, rows);
    assert_memory_equal(second.text + 19, "\0\12\0\0\0\1p\0\0\0\3env\0\0\0\4text", 2 + 5 + 7 + 8);
    assert_memory_equal(second.text + second.len - 9, "\0\0\0\3dev\377\377", 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_are_found_where_they_stand),
        cmocka_unit_test(the_transaction_that_is_left_open_has_a_beginning),
        cmocka_unit_test(a_body_is_quoted_by_what_it_does_not_hold),
        cmocka_unit_test(contracts_are_chosen_by_their_version),
        cmocka_unit_test(rows_are_those_of_the_binary_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
