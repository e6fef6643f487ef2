/* Marks between the statements of a text: where they stand, and that they can be taken out again. */
#include "deploy/session/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define M(numbers) "INSERT INTO pg_temp._pgwright_mark VALUES (" numbers ")"

static const struct {
    const char *text, *marked;
} texts[] = {
    {"", M("7,0,true") ";"},
    {"-- nothing", M("7,0,true") ";-- nothing"},
    {"SELECT 1", M("7,0,false") ";SELECT 1;" M("7,1,true")},
    {"SELECT 1;\nSELECT 2; -- end;\n", M("7,0,false") ";SELECT 1;" M("7,1,false") ";\nSELECT 2;" M("7,2,true") "; -- end;\n"},
    {"SELECT ';' -- a;\n, $x$;$x$;", M("7,0,false") ";SELECT ';' -- a;\n, $x$;$x$;" M("7,1,true") ";"},
    {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END; SELECT 3",
     M("7,0,false") ";CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;" M("7,1,false")
     "; SELECT 3;" M("7,2,true")},
    {"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);;",
     M("7,0,false") ";CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);" M("7,1,true") ";;"},
};

static char *mark(void *ctx, const char *text, const bool *quiet)
{
    Str out = str_new(ctx);
    StatementSpans statements = {0};
    statements_find(ctx, view_of(text), &statements);
    marks_add(&out, view_of(text), &statements, 0, &(MarkOwner){.file = 7, .quiet = quiet});
    return out.text;
}

static void marks_stand_behind_statements(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        SCRATCH void *scratch = mem_scratch();
        assert_string_equal(mark(scratch, texts[i].text, NULL), texts[i].marked);
    }
}

static void without_marks_the_text_is_as_it_was(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        SCRATCH void *scratch = mem_scratch();
        const char *text = texts[i].text;
        assert_string_equal(marks_removed(scratch, texts[i].marked), text);
        assert_ptr_equal(marks_removed(scratch, text), text);
    }
}

static void bytes_lead_back_to_where_they_stood(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    const char *text = "SELECT 1;\nSELECT 2; SELECT bad", *marked = mark(scratch, text, NULL);
    assert_int_equal(marks_origin(view_of(marked), 0), 0);
    assert_int_equal(marks_origin(view_of(marked), (size_t)(strstr(marked, "SELECT 1") - marked)), 0);
    assert_int_equal(marks_origin(view_of(marked), (size_t)(strstr(marked, "SELECT 2") - marked)), 10);
    assert_int_equal(marks_origin(view_of(marked), (size_t)(strstr(marked, "bad") - marked)), strstr(text, "bad") - text);
    assert_int_equal(marks_origin(view_of(marked), strlen(marked)), strlen(text));
    assert_int_equal(marks_origin(view_of(text), 12), 12);
}

static void quiet_statements_have_none(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    assert_string_equal(mark(scratch, "BEGIN; SELECT 1", (bool[]){true, false}),
                        M("7,0,false") ";BEGIN; SELECT 1;" M("7,2,true"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_stand_behind_statements),
        cmocka_unit_test(without_marks_the_text_is_as_it_was),
        cmocka_unit_test(bytes_lead_back_to_where_they_stood),
        cmocka_unit_test(quiet_statements_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
