/* The splitter against libpg_query's: statements that both know are split alike, alone and in every order of two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pg_query.h>

#include "sql/script.h"

#include <string.h>

static const char *const statements[] = {
    "SELECT 1",
    "SELECT ';', E'\\';', $$;$$, $a$;$$;$a$, \";\" /* ; /* ; */ */ -- ;\n",
    "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)",
    "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT a; SELECT CASE WHEN a > 1 THEN 2 ELSE 3 END; END",
    "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$",
    "DO $do$ BEGIN PERFORM ';'; END $do$",
    "INSERT INTO t VALUES (1, 'a''b;', U&'\\0061;', B'01', X'1F')",
    "CREATE TABLE \"odd;name\" (\"a\"\"b\" int CHECK (\"a\"\"b\" > 0))",
    "SELECT a::text, b[1:2], c @> '{}', d ->> 'x', 1.5e3, $1",
    "UPDATE t SET a = (SELECT max(b) FROM u WHERE u.id = t.id) WHERE true",
    "WITH x AS (SELECT 1) SELECT * FROM x",
    "COMMENT ON TABLE t IS 'it''s; fine'",
    "ALTER TABLE t ADD CONSTRAINT c EXCLUDE USING gist (r WITH &&)",
    "BEGIN",
    "END",
};
enum { COUNT = sizeof statements / sizeof statements[0] };

/* Both ways of splitting, compared by where statements begin and how many there are. */
static void compare(const char *text)
{
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    SqlItem item;
    PgQuerySplitResult theirs = pg_query_split_with_parser(text);
    if (theirs.error != NULL)
        fail_msg("libpg_query: %s in %s", theirs.error->message, text);
    SqlScript *ours = sql_script_of_text(scratch, text, strlen(text), &(SqlScriptOptions){0}, &err);
    int n = 0;
    while (sql_script_next(ours, &item, &err) == SQL_NEXT_ITEM) {
        if (n < theirs.n_stmts) {
            const char *their_text = text + theirs.stmts[n]->stmt_location;
            if (strstr(their_text, item.text) == NULL)
                fail_msg("statement %d of: %s\nis: %s", n, text, item.text);
        }
        n++;
    }
    assert_false(error_is_set(&err));
    assert_int_equal(n, theirs.n_stmts);
    pg_query_free_split_result(theirs);
}

static void alone(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT; i++)
        compare(statements[i]);
}

static void in_every_order_of_two(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT; i++)
        for (int k = 0; k < COUNT; k++) {
            SCRATCH void *scratch = mem_scratch();
            compare(mem_printf(scratch, "%s;\n%s ; SELECT 3", statements[i], statements[k]));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(alone), cmocka_unit_test(in_every_order_of_two)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
