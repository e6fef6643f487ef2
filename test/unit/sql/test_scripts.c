/* Directives, variables, includes, and the way back to the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "reading.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK(cases) check_texts(cases, sizeof(cases) / sizeof(cases)[0])

static void variables_are_put_in_as_psql_does(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"\\set v 1\nSELECT :v;", "SELECT 1"},
        {"\\set v 'it''s'\nSELECT :'v', :\"v\";", "SELECT 'it''s', \"it's\""},
        {"\\set v users\nSELECT :\"v\";", "SELECT \"users\""},
        {"\\set v 'a\\\\b'\nSELECT date:'v';", "SELECT date E'a\\\\b'"},
        {"\\set v 1\nSELECT ':v', \":v\", $$:v$$, a::v; -- :v", "SELECT ':v', \":v\", $$:v$$, a::v"},
        {"SELECT :nope, :'nope', : 'x', :'a b';", "SELECT :nope, :'nope', : 'x', :'a b'"},
        {"\\set v x\nSELECT :{?v}, :{?w};", "SELECT TRUE, FALSE"},
        {"\\set v 'a; b'\n:v\n;", "a|b"},
        {"\\set v '\\';\\''\nSELECT :v; X", "SELECT ';'|X"},
        {"\\set v '-- c'\nSELECT 1 :v\n+ 2;", "SELECT 1 -- c\n+ 2"},
        {"\\set a 1\n\\set b '\\:a'\nSELECT :b;", "SELECT 1"},
        {"\\set a '\\:b'\n\\set b '\\:a'\nSELECT :a;", "SELECT :a"},
        {"\\set v CONCURRENTLY\nCREATE INDEX :v i ON t (a);", "CREATE INDEX CONCURRENTLY i ON t (a)"},
        {"\\set v ''\nSELECT :v 1;", "SELECT  1"},
        {"\\set v '\\''\nSELECT :v;", "error t.sql:2:8 a string that is not closed"},
    };
    CHECK(cases);
    assert_true(facts_of("\\set v CONCURRENTLY\nCREATE INDEX :v i ON t (a);").no_transaction);
}

static void arguments_are_taken_as_psql_does(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"\\set v a b\nSELECT :v;", "SELECT ab"},
        {"\\set v it''s\nSELECT :'v';", "SELECT 'its'"},
        {"\\set v 'a\\nb\\t\\x41\\101\\q'\nSELECT :v;", "SELECT a\nb\tAAq"},
        {"\\set a 1\n\\echo :a:a':a':'a':b", "[echo 11:a'1':b\n]"},
        {"\\set v \"a  b\"\nSELECT :v;", "SELECT \"a  b\""},
        {"\\set v \"a\\b\"\nSELECT :v;", "SELECT \"a\\b\""},
        {"\\set a 1 \\set b 2\nSELECT :a, :b;", "SELECT 1, 2"},
        {"\\set a 1 \\\\ SELECT :a;", "SELECT 1"},
        {"\\set v 1\n\\unset v\nSELECT :v;", "SELECT :v"},
        {"\\set ON_ERROR_STOP on\n\\set AUTOCOMMIT off\nSELECT 1", "SELECT 1"},
        {"\\set x `ls`", "error t.sql:1:1 backquotes would run a shell command, which pgwright never does"},
        {"\\set x 'abc", "error t.sql:1:1 a quoted argument that is not closed"},
        {"\\set a-b 1", "error t.sql:1:1 \"a-b\" cannot be a variable's name: letters, digits and _ can"},
        {"\\set", "error t.sql:1:1 \\set needs a name"},
        {"\\set v '\\xff'", "error t.sql:1:1 the value of v is not valid UTF-8, or holds a NUL byte"},
        {"\\set v '\\0'", "error t.sql:1:1 the value of v is not valid UTF-8, or holds a NUL byte"},
    };
    CHECK(cases);
}

static void conditions_choose_what_is_read(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"\\if false\nSELECT 'a; \\else';\n\\elif true\nSELECT 2;\n\\else\nSELECT 3;\n\\endif\nX", "SELECT 2|X"},
        {"\\if off\n\\nonsense\n\\if true\nSELECT 1;\n\\endif\n\\endif\nX", "X"},
        {"\\if 1\nSELECT 1;\n\\elif nonsense\n\\else\nSELECT 2;\n\\endif", "SELECT 1"},
        {"SELECT (\n\\if TRU\n1)\n\\else\n2)\n\\endif\n; X", "SELECT (\n\n1)|X"},
        {"SELECT (\n\\if no\n1)\n\\else\n2)\n\\endif\n; X", "SELECT (\n\n2)|X"},
        {"\\if :{?v}\nSELECT 1;\n\\else\nSELECT 2;\n\\endif", "SELECT 2"},
        {"\\if maybe\n\\endif", "error t.sql:1:1 the condition must be a boolean (true, false, on, off, 1, 0), not \"maybe\""},
        {"\\if o\n\\endif", "error t.sql:1:1 the condition must be a boolean (true, false, on, off, 1, 0), not \"o\""},
        {"\\if\n\\endif", "error t.sql:1:1 the condition must be a boolean (true, false, on, off, 1, 0), not \"\""},
        {"\\if true\nSELECT 1;", "SELECT 1|error t.sql:1:1 \\if without \\endif"},
        {"\\endif", "error t.sql:1:1 there is no \\if for it"},
        {"\\else", "error t.sql:1:1 there is no \\if for it"},
        {"\\if true\n\\else\n\\else\n\\endif", "error t.sql:3:1 a second \\else"},
        {"\\if true\n\\else\n\\elif 1\n\\endif", "error t.sql:3:1 \\elif behind \\else"},
    };
    CHECK(cases);
}

static void directives_do_not_disturb_the_statement_they_stand_in(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"SELECT 1\n\\echo hi\n+ 2;\nX", "[echo hi\n]|SELECT 1\n\n+ 2|X"},
        {"\\echo a  \"b  c\" 'd  e'\n\\qecho -n f\n\\warn g", "[echo a \"b  c\" d  e\n]|[echo f]|[echo g\n]"},
        {"\\echo -- no comment ; 'x;'", "[echo -- no comment ; x;\n]"},
        {"SELECT (1\n\\set v 2\n, :v); X", "SELECT (1\n\n, 2)|X"},
        {"\\set v 'SELECT 1 \\\\echo hi'\n:v\n; X", "[echo hi\n]|SELECT 1|X"},
    };
    CHECK(cases);
}

static void copy_is_taken_apart(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"\\copy t from stdin;\n1\n\\.\nX", "[copy COPY t FROM STDIN  < ]{1\n}|X"},
        {"\\copy t (a, b) from stdin with (format csv);\n1,2\n\\.\nX",
         "[copy COPY t (a, b) FROM STDIN with (format csv) < ]{1,2\n}|X"},
        {"\\copy (SELECT 'from', a FROM t) to stdout csv", "[copy COPY (SELECT 'from', a FROM t) TO STDOUT csv > ]"},
        {"\\copy t from program 'ls'",
         "error t.sql:1:1 \\copy … program would run a shell command, which pgwright never does"},
        {"\\copy t from pstdin",
         "error t.sql:1:1 \\copy … from pstdin would read from the terminal; write stdin for data in the script"},
        {"\\copy t", "error t.sql:1:1 \\copy needs FROM or TO, and a file"},
        {"\\copy from stdin", "error t.sql:1:1 \\copy needs FROM or TO, and a file"},
        {"\\copy t from /no/such/file", "error t.sql:1:1 cannot read the file /no/such/file: No such file or directory"},
        {"\\copy t from '/'", "error t.sql:1:1 cannot read the file /: it is a folder"},
    };
    CHECK(cases);
    SCRATCH void *scratch = mem_scratch();
    char *root = project_make(scratch);
    project_file(scratch, root, "it's.csv", "1\n");
    project_file(scratch, root, "t.sql", "\\copy t from 'it''s.csv' csv\n\\copy t to out.csv;\n\\copy t to ../x");
    assert_string_equal(read_file(scratch, root, "t.sql"),
                        mem_printf(scratch,
                                   "[copy COPY t FROM STDIN csv < it's.csv]|[copy COPY t TO STDOUT  > out.csv]|"
                                   "error t.sql:3:1 %s/../x lies outside the project",
                                   root));
    project_remove(root);
}

static void other_directives_are_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"SELECT 1;\n  \\gexec", "SELECT 1|error t.sql:2:3 the psql directive \\gexec is not one that pgwright runs"},
        {"\\! ls", "error t.sql:1:1 the psql directive \\! is not one that pgwright runs"},
        {"\\endif;", "error t.sql:1:1 the psql directive \\endif; is not one that pgwright runs"},
        {"\\connect other", "error t.sql:1:1 \\connect would leave the connection that the change is recorded on"},
        {"\\c other", "error t.sql:1:1 \\c would leave the connection that the change is recorded on"},
        {"\\ x", "error t.sql:1:1 a backslash outside quotes"},
        {"\\x", "error t.sql:1:1 the psql directive \\x is not one that pgwright runs"},
        {"\\", "error t.sql:1:1 a backslash outside quotes"},
    };
    CHECK(cases);
}

static void files_are_included_as_psql_does(void **state)
{
    (void)state;
    static const struct {
        const char *main, *wanted;
    } cases[] = {
        {"\\i a.sql\nX", "SELECT 'a'|X"},
        {"\\include a.sql;\nX", "SELECT 'a'|X"},
        {"\\i 'a.sql'\nX", "SELECT 'a'|X"},
        {"\\i sub/relative.sql\nX", "SELECT 'b'|X"},
        {"\\ir sub/relative.sql\nX", "SELECT 'b'|X"},
        {"\\include_relative sub/b.sql", "SELECT 'b'"},
        {"\\i open.sql\nX", "SELECT 'open'|X"},
        {"SELECT 1\n\\i a.sql\n+ 2;", "SELECT 'a'|SELECT 1\n\n+ 2"},
        {"SELECT (\n\\i a.sql\n1); X", "SELECT 'a'|SELECT (\n\n1)|X"},
        {"\\i bom.sql\nX", "SELECT 'bom'|X"},
        {"\\i empty.sql\nX", "X"},
        {"\\i set.sql\nSELECT :v;", "SELECT 7"},
        {"\\set f a\n\\i :f.sql", "SELECT 'a'"},
        {"\\i copy.sql\nX", "COPY t FROM stdin{1\n}|X"},
        {"\\if true\n\\i endif.sql", "error endif.sql:1:1 there is no \\if for it"},
        {"\\i if.sql\n\\endif", "error if.sql:2:2 \\if without \\endif"},
        {"\\i bad.sql", "SELECT 1|error bad.sql:2:1 a string that is not closed"},
        {" \\i self.sql", "error self.sql:1:1 includes are nested deeper than 16: does a file include itself?"},
        {"\\i", "error main.sql:1:1 the name of the file to include is missing"},
    };
    SCRATCH void *scratch = mem_scratch();
    char *root = project_make(scratch);
    project_file(scratch, root, "a.sql", "SELECT 'a';\n");
    project_file(scratch, root, "sub/b.sql", "SELECT 'b';\n");
    project_file(scratch, root, "sub/relative.sql", "\\ir b.sql\n");
    project_file(scratch, root, "open.sql", "SELECT 'open'");
    project_file(scratch, root, "bom.sql", "\xEF\xBB\xBFSELECT 'bom';");
    project_file(scratch, root, "empty.sql", "");
    project_file(scratch, root, "set.sql", "\\set v 7");
    project_file(scratch, root, "copy.sql", "COPY t FROM stdin;\n1\n");
    project_file(scratch, root, "endif.sql", "\\endif\n");
    project_file(scratch, root, "if.sql", "--\n \\if true\n");
    project_file(scratch, root, "bad.sql", "SELECT 1;\n'");
    project_file(scratch, root, "self.sql", "\\i self.sql");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project_file(scratch, root, "main.sql", cases[i].main);
        assert_string_equal(read_file(scratch, root, "main.sql"), cases[i].wanted);
    }
    project_remove(root);
}

static void what_is_no_file_of_the_project_is_refused(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    char *root = project_make(scratch), *other = project_make(scratch);
    char *outside = project_file(scratch, other, "outside.sql", "SELECT 1;");
    assert_int_equal(symlink(outside, path_join(scratch, root, "link.sql")), 0);
    assert_int_equal(symlink(other, path_join(scratch, root, "folder")), 0);
    assert_int_equal(mkfifo(path_join(scratch, root, "fifo"), 0600), 0);
    project_file(scratch, root, "sub/x", "");
    const char *const cases[][2] = {
        {mem_printf(scratch, "\\i %s", outside), "lies outside the project"},
        {mem_printf(scratch, "\\i ../%s/outside.sql", path_base(other)), "lies outside the project"},
        {"\\i link.sql", "lies outside the project"},
        {"\\ir folder/outside.sql", "lies outside the project"},
        {"\\copy t from link.sql", "lies outside the project"},
        {"\\copy t to folder/new.csv", "lies outside the project"},
        {"\\i sub", ": it is a folder"},
        {"\\i fifo", ": it is not a regular file"},
        {"\\copy t from fifo", ": it is not a regular file"},
        {"\\copy t to fifo", ": it is not a regular file"},
        {"\\i missing.sql", ": No such file or directory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project_file(scratch, root, "main.sql", cases[i][0]);
        const char *got = read_file(scratch, root, "main.sql");
        if (!text_starts(got, "error main.sql:1:1 ") || !text_ends(got, cases[i][1]))
            fail_msg("%s\ngave: %s", cases[i][0], got);
    }
    assert_string_equal(read_file(scratch, root, "link.sql"), "error link.sql:0:0 the script lies outside the project");
    assert_string_equal(read_file(scratch, root, "sub"), "error sub:0:0 cannot read the script: it is a folder");
    assert_string_equal(read_file(scratch, root, "fifo"), "error fifo:0:0 cannot read the script: it is not a regular file");
    project_remove(root);
    project_remove(other);
}

static SqlScript *open_text(const void *ctx, const char *text)
{
    Error err = {0};
    return sql_script_of_text(ctx, text, strlen(text), &(SqlScriptOptions){.name = "t.sql"}, &err);
}

static void check_place(const SqlItem *item, const char *mark, long line, long column)
{
    SCRATCH void *scratch = mem_scratch();
    const char *at = strstr(item->text, mark);
    long position = 1;
    assert_non_null(at);
    for (const char *p = item->text; p < at; p++)
        position += ((unsigned char)*p & 0xC0) != 0x80;
    SqlPlace place = sql_item_place(scratch, item, position, NULL);
    if (place.line != line || place.column != column)
        fail_msg("%s of %s: %ld:%ld", mark, item->text, place.line, place.column);
}

static void positions_lead_back_to_the_file(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    SqlItem item;
    SqlScript *s = open_text(scratch, "-- é\n\\set v long_value\n\\set w '2 + 3'\nSELECT é, :v,\n  nope, :w:w, x\n"
                                      "\\echo hi\n, y, :'v', z\n\\if false\n, a\n\\endif\n, b\\:c;");
    assert_int_equal(sql_script_next(s, &item, &err), SQL_NEXT_ITEM);
    check_place(&item, "hi", 6, 1);
    assert_int_equal(sql_script_next(s, &item, &err), SQL_NEXT_ITEM);
    assert_int_equal(item.place.line, 4);
    assert_int_equal(item.place.column, 1);
    check_place(&item, "é", 4, 8);
    check_place(&item, "_value,", 4, 11);
    check_place(&item, "nope", 5, 3);
    check_place(&item, "+ 32", 5, 9);
    check_place(&item, "3, x", 5, 11);
    check_place(&item, "x\n", 5, 15);
    check_place(&item, "y", 7, 3);
    check_place(&item, "'long", 7, 6);
    check_place(&item, "z", 7, 12);
    check_place(&item, "b", 11, 3);
    check_place(&item, ":c", 11, 4);
    check_place(&item, "c", 11, 6);
    assert_int_equal(sql_script_next(s, &item, &err), SQL_NEXT_END);
}

static void positions_lead_back_through_includes(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    char *root = project_make(scratch), *source;
    Error err = {0};
    SqlItem item;
    project_file(scratch, root, "sub/inc.sql", "-- first\n\\echo hi\nSELECT\n  nope");
    project_file(scratch, root, "sub/main.sql", "SELECT 1,\n\\ir inc.sql\n  other;");
    SqlScript *s = sql_script_open(scratch, path_join(scratch, root, "sub/main.sql"),
                                   &(SqlScriptOptions){.root = root, .base = root, .name = "sub/main.sql"}, &err);
    assert_int_equal(sql_script_next(s, &item, &err), SQL_NEXT_ITEM);
    SqlPlace place = sql_item_place(scratch, &item, 1, &source);
    assert_string_equal(place.file, "sub/inc.sql");
    assert_string_equal(source, "\\echo hi");
    assert_int_equal(sql_script_next(s, &item, &err), SQL_NEXT_ITEM);
    place = sql_item_place(scratch, &item, 10, &source);
    assert_string_equal(place.file, "sub/inc.sql");
    assert_int_equal(place.line, 4);
    assert_int_equal(place.column, 3);
    assert_string_equal(source, "  nope");
    assert_int_equal(sql_script_next(s, &item, &err), SQL_NEXT_ITEM);
    check_place(&item, "other", 3, 3);
    place = sql_item_place(scratch, &item, 14, &source);
    assert_string_equal(place.file, "sub/main.sql");
    assert_string_equal(source, "  other;");
    project_remove(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_are_put_in_as_psql_does),
        cmocka_unit_test(arguments_are_taken_as_psql_does),
        cmocka_unit_test(conditions_choose_what_is_read),
        cmocka_unit_test(directives_do_not_disturb_the_statement_they_stand_in),
        cmocka_unit_test(copy_is_taken_apart),
        cmocka_unit_test(other_directives_are_refused),
        cmocka_unit_test(files_are_included_as_psql_does),
        cmocka_unit_test(what_is_no_file_of_the_project_is_refused),
        cmocka_unit_test(positions_lead_back_to_the_file),
        cmocka_unit_test(positions_lead_back_through_includes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
