/* Where statements end, and what cannot be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reading.h"

#include <string.h>

#define CHECK(cases) check_texts(cases, sizeof(cases) / sizeof(cases)[0])

static void statements_end_where_psql_ends_them(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"SELECT 1; SELECT 2", "SELECT 1|SELECT 2"},
        {"", ""},
        {" ;; -- nothing\n/* nor here */;", ""},
        {"-- only a comment", ""},
        {"\xEF\xBB\xBFSELECT 1;", "SELECT 1"},
        {"\xEF\xBB\xBF", ""},
        {"SELECT\r\n1;\r\nSELECT 'a\r\nb'\r\n", "SELECT\r\n1|SELECT 'a\r\nb'"},
        {"SELECT 1 -- a line that ends with CR\r; SELECT 2", "SELECT 1 -- a line that ends with CR|SELECT 2"},
        {"SELECT 1 -- ;\n; X", "SELECT 1 -- ;|X"},
        {"SELECT 1 /* ; /* ; */ ; */; X", "SELECT 1 /* ; /* ; */ ; */|X"},
        {"SELECT /*/ ; */ 1; X", "SELECT /*/ ; */ 1|X"},
        {"SELECT 1 @*/* ; */ 2; X", "SELECT 1 @*/* ; */ 2|X"},
        {"SELECT 1--1;\n; X", "SELECT 1--1;|X"},
        {"-- head\nSELECT 1 -- tail", "SELECT 1 -- tail"},
        {"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); X",
         "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)|X"},
        {"SELECT 1) ; X", "SELECT 1)|X"},
        {"BEGIN; SELECT 1; END; X", "BEGIN|SELECT 1|END|X"},
        {"SELECT 1 <newer syntax> (a; b); X", "SELECT 1 <newer syntax> (a; b)|X"},
        {"SELECT a::int, b[1:2], :c, d := 1", "SELECT a::int, b[1:2], :c, d := 1"},
        {"SELECT 1\\; SELECT 2;", "SELECT 1|SELECT 2"},
        {"CREATE RULE r AS ON INSERT TO t DO (SELECT 1\\; SELECT 2); X",
         "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)|X"},
        {"\\set b 1\nSELECT a[1\\:b], a[1:b];", "SELECT a[1:b], a[11]"},
    };
    CHECK(cases);
}

static void quotes_hide_semicolons(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"SELECT ';'; SELECT \";\"", "SELECT ';'|SELECT \";\""},
        {"SELECT 'it''s;'; X", "SELECT 'it''s;'|X"},
        {"SELECT 'a\\'; X", "SELECT 'a\\'|X"},
        {"SELECT \"a\\\"; X", "SELECT \"a\\\"|X"},
        {"SELECT E'a\\';b'; X", "SELECT E'a\\';b'|X"},
        {"SELECT e'\\\\'; X", "SELECT e'\\\\'|X"},
        {"SELECT N'a\\', B'1;', x'F;'; X", "SELECT N'a\\', B'1;', x'F;'|X"},
        {"SELECT E'a'\n'b\\';c'; X", "SELECT E'a'\n'b\\';c'|X"},
        {"SELECT E'a' -- so\n -- it goes on\n'b\\';c'; X", "SELECT E'a' -- so\n -- it goes on\n'b\\';c'|X"},
        {"SELECT E'a' 'b\\'; X", "SELECT E'a' 'b\\'|X"},
        {"SELECT U&'d\\0061;', U&\"a;\"; X", "SELECT U&'d\\0061;', U&\"a;\"|X"},
        {"SELECT U & 'a;'; X", "SELECT U & 'a;'|X"},
        {"SELECT $$;$$; X", "SELECT $$;$$|X"},
        {"SELECT $a$;$b$;$a$; X", "SELECT $a$;$b$;$a$|X"},
        {"SELECT $a$;$$;$A$;$a$; X", "SELECT $a$;$$;$A$;$a$|X"},
        {"SELECT $é$;$é$; X", "SELECT $é$;$é$|X"},
        {"SELECT $1; SELECT a$b$; X", "SELECT $1|SELECT a$b$|X"},
        {"SELECT 1$$;$$; X", "SELECT 1$$;$$|X"},
        {"SET standard_conforming_strings = off; SELECT 'a\\'; b'; X",
         "SET standard_conforming_strings = off|SELECT 'a\\'; b'|X"},
        {"SET standard_conforming_strings TO 'false'; SELECT N'\\''; SET standard_conforming_strings = on; SELECT '\\'; X",
         "SET standard_conforming_strings TO 'false'|SELECT N'\\''|SET standard_conforming_strings = on|SELECT '\\'|X"},
        {"SELECT set_config('standard_conforming_strings', 'off', false); SELECT '\\''; X",
         "SELECT set_config('standard_conforming_strings', 'off', false)|SELECT '\\''|X"},
        {"SET standard_conforming_strings = off; RESET standard_conforming_strings; SELECT '\\'; X",
         "SET standard_conforming_strings = off|RESET standard_conforming_strings|SELECT '\\'|X"},
    };
    CHECK(cases);
}

static void bodies_of_functions_are_one_statement(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END; X",
         "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END|X"},
        {"CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END; X",
         "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END|X"},
        {"create function f(a int = (case when true then 1 end)) returns int begin atomic; select 1; end; X",
         "create function f(a int = (case when true then 1 end)) returns int begin atomic; select 1; end|X"},
        {"CREATE FUNCTION f() RETURNS int AS $$ BEGIN; $$; X", "CREATE FUNCTION f() RETURNS int AS $$ BEGIN; $$|X"},
        {"DO $$ BEGIN PERFORM 1; END $$; X", "DO $$ BEGIN PERFORM 1; END $$|X"},
        {"CREATE TABLE t (a int); BEGIN; X", "CREATE TABLE t (a int)|BEGIN|X"},
        {"ALTER FUNCTION f() RENAME TO g; BEGIN; X", "ALTER FUNCTION f() RENAME TO g|BEGIN|X"},
    };
    CHECK(cases);
}

static void data_of_copy_is_no_sql(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"COPY t FROM stdin;\n1;\t'\n\\N\n\\.\nSELECT 2;", "COPY t FROM stdin{1;\t'\n\\N\n}|SELECT 2"},
        {"COPY t FROM stdin;\n\\.\nSELECT 2;", "COPY t FROM stdin{}|SELECT 2"},
        {"COPY t FROM stdin;\r\n1\r\n\\.\r\nSELECT 2;", "COPY t FROM stdin{1\r\n}|SELECT 2"},
        {"COPY t (a, b) FROM STDIN WITH (FORMAT csv); -- data\n1,\"a;\"", "COPY t (a, b) FROM STDIN WITH (FORMAT csv){1,\"a;\"}"},
        {"COPY t FROM stdout;\n1\n\\.\nX", "COPY t FROM stdout{1\n}|X"},
        {"COPY t FROM '/a/file'; X", "COPY t FROM '/a/file'|X"},
        {"COPY t TO stdout; X", "COPY t TO stdout|X"},
        {"COPY t FROM stdin; SELECT 1;\n1\n\\.\n",
         "COPY t FROM stdin{}|error t.sql:1:20 text behind COPY … FROM STDIN; its data begins on the next line"},
        {"COPY t FROM stdin", "COPY t FROM stdin{}"},
    };
    CHECK(cases);
}

static void what_cannot_be_read_is_told_with_its_place(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"SELECT 1;\n 'abc", "SELECT 1|error t.sql:2:2 a string that is not closed"},
        {"SELECT E'abc\\'", "error t.sql:1:8 a string that is not closed"},
        {"SELECT \"abc", "error t.sql:1:8 a quoted identifier that is not closed"},
        {"SELECT U&\"abc", "error t.sql:1:8 a quoted identifier that is not closed"},
        {"SELECT $x$ abc $$", "error t.sql:1:8 a dollar-quoted string that is not closed"},
        {"SELECT é /* abc /* */", "error t.sql:1:10 a comment that is not closed"},
        {"SELECT '\xff'", "error t.sql:1:9 invalid UTF-8: byte 0xff"},
        {"SELECT 1;\n--é \xc3", "error t.sql:2:5 invalid UTF-8: byte 0xc3"},
        {"SELECT '\xed\xa0\x80'", "error t.sql:1:9 invalid UTF-8: byte 0xed"},
    };
    CHECK(cases);
    SCRATCH void *scratch = mem_scratch();
    assert_string_equal(read_text(scratch, "SELECT\0 1", 9), "error t.sql:1:7 a NUL byte, which SQL text cannot hold");
}

static void the_line_at_fault_can_be_printed(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    assert_null(sql_script_of_text(scratch, "SELECT \xff, 1;", 12, &(SqlScriptOptions){0}, &err));
    assert_string_equal(err.source, "SELECT \uFFFD, 1;");
    error_clear(&err);
}

/* Every place where a piece of the file may end. */
static void pieces_of_a_file_are_put_together(void **state)
{
    (void)state;
    static const char tail[] = "SELECT E'a\\'' -- c\n'b', $a$;$$;$a$, \"x\"\"y\", /* ; */ 1.5 <= :v\\; DO $$;$$;\r\nCOPY t FROM stdin;\n1\n\\.\nX";
    static const char wanted[] = "SELECT E'a\\'' -- c\n'b', $a$;$$;$a$, \"x\"\"y\", /* ; */ 1.5 <= :v|DO $$;$$|COPY t FROM stdin{1\n}|X";
    SCRATCH void *scratch = mem_scratch();
    char *root = project_make(scratch);
    for (size_t before = 256 * 1024 - sizeof tail; before <= 256 * 1024 + 1; before++) {
        SCRATCH void *turn = mem_scratch();
        Str text = str_new(turn);
        str_add_repeat(&text, ' ', before);
        str_add(&text, tail);
        project_file(turn, root, "t.sql", text.text);
        assert_string_equal(read_file(turn, root, "t.sql"), wanted);
    }
    project_remove(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_end_where_psql_ends_them),
        cmocka_unit_test(quotes_hide_semicolons),
        cmocka_unit_test(bodies_of_functions_are_one_statement),
        cmocka_unit_test(data_of_copy_is_no_sql),
        cmocka_unit_test(what_cannot_be_read_is_told_with_its_place),
        cmocka_unit_test(the_line_at_fault_can_be_printed),
        cmocka_unit_test(pieces_of_a_file_are_put_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
