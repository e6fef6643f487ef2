/* What deploy.sql is made of: masks, pieces, calls of tests, and the order of these tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cases.h"
#include "project/session/macros.h"
#include "project/session/folder_scan.h"
#include "project/session/mask.h"
#include "project/session/units.h"

#include <stdio.h>
#include <string.h>

static void answer_mask(const void *ctx, const Case *c, Str *actual)
{
    const char *mask = mask_make(ctx, c->input, NULL);
    assert_int_equal(strlen(mask), c->input.len);
    cases_add(actual, view_of(mask), "%s", "");
}

static void masks_show_sql_alone(void **state)
{
    (void)state;
    cases_check("masks.txt", 79, answer_mask);
}

static void answer_units(const void *ctx, const Case *c, Str *actual)
{
    UnitList units = {0};
    units_split(ctx, c->input, &units);
    if (units.n == 1 && units.v[0].text.len == c->input.len) {
        cases_add(actual, (View){0}, "whole, %ld", units.v[0].line);
        return;
    }
    for (size_t i = 0; i < units.n; i++) {
        assert_ptr_equal(units.v[i].text.p, c->input.p + units.v[i].at);
        cases_add(actual, units.v[i].text, "%ld", units.v[i].line);
    }
}

static void units_end_where_statements_end(void **state)
{
    (void)state;
    cases_check("units.txt", 77, answer_units);
}

static void add_errors(Str *actual, Error *err)
{
    for (const Error *e = err; e != NULL && error_is_set(e); e = e->next) {
        assert_int_equal(e->class, ERR_SQL);
        assert_string_equal(e->file, "deploy.sql");
        cases_add(actual, view_of(e->message), "error %ld:%ld", e->line, e->column);
    }
    error_clear(err);
}

static void answer_macros(const void *ctx, const Case *c, Str *actual)
{
    MacroList macros = {0};
    Error err = {0};
    if (!macros_find(ctx, "deploy.sql", c->input, &macros, &err)) {
        add_errors(actual, &err);
        return;
    }
    for (size_t i = 0; i < macros.n; i++) {
        const Macro *m = &macros.v[i];
        cases_add(actual, (View){c->input.p + m->from, m->to - m->from}, "%ld:%ld %s %s", m->line, m->column,
                  m->pattern != NULL ? m->pattern : "-", m->callback != NULL ? m->callback : "-");
    }
}

static void calls_of_tests_are_found(void **state)
{
    (void)state;
    cases_check("macros.txt", 89, answer_macros);
}

/* A file of a project, as a folder's scan tells it. */
static FolderFile file_of(const char *path)
{
    bool is_test = folder_path_is_test(path);
    return (FolderFile){.path = path,
                        .is_test = is_test,
                        .is_sql = folder_path_is_sql(path),
                        .is_fixture = is_test && path_is_fixture(path)};
}

/* The input of a case of tests.txt, read. */
typedef struct Suite {
    Folder folder;
    const char *matching, *callback;
} Suite;

static Suite suite_of(const void *ctx, View input)
{
    Suite suite = {0};
    char *text = mem_strndup(ctx, input.p, input.len), *state = NULL;
    for (char *line = strtok_r(text, "\n", &state); line != NULL; line = strtok_r(NULL, "\n", &state)) {
        if (text_starts(line, "matching "))
            suite.matching = line + strlen("matching ");
        else if (text_starts(line, "callback "))
            suite.callback = line + strlen("callback ");
        else
            list_push(ctx, &suite.folder.files, file_of(line));
    }
    return suite;
}

static bool *matches_of(const void *ctx, const TestTree *tree, const char *matching)
{
    if (matching == NULL)
        return NULL;
    bool *matches = mem_array(ctx, bool, tree->scripts.n + 1);
    for (size_t i = 0; i < tree->scripts.n; i++)
        matches[i] = strstr(tree->scripts.v[i].file->path, matching) != NULL;
    return matches;
}

static void add_folders(Str *actual, const TestTree *tree)
{
    cases_add(actual, (View){0}, "folders");
    for (size_t i = 0; i < tree->directories.n; i++) {
        const TestDirectory *d = &tree->directories.v[i];
        str_addf(actual, "%s %s %d\n", d->path, d->parent < 0 ? "-" : tree->directories.v[d->parent].path, d->depth);
    }
}

static void add_plan(Str *actual, const TestPlan *plan)
{
    cases_add(actual, (View){0}, "plan");
    for (size_t i = 0; i < plan->steps.n; i++) {
        const TestStep *s = &plan->steps.v[i];
        str_addf(actual, "%zu %s %s %d\n", i + 1, test_step_names[s->kind],
                 s->script != NULL ? s->script->file->path : s->directory->path, s->directory->depth);
    }
}

/* In pieces it is the same, and each script has a savepoint to go back to. */
static void check_pieces(const void *ctx, const TestPlan *plan, const Str *sql)
{
    TestPieceList pieces = {0};
    Str joined = str_new(ctx);
    if (plan->steps.n == 0)
        return;
    tests_write_pieces(ctx, plan, &pieces);
    assert_int_equal(pieces.n, plan->steps.n + 2);
    for (size_t i = 0; i < pieces.n; i++) {
        bool script = i > 0 && i <= plan->steps.n && plan->steps.v[i - 1].kind != TEST_TEARDOWN;
        str_add(&joined, pieces.v[i].sql);
        assert_true(script == (pieces.v[i].savepoint != NULL));
        assert_true(!script || strstr(joined.text, mem_printf(ctx, "SAVEPOINT %s;", pieces.v[i].savepoint)) != NULL);
    }
    joined.text[joined.len - 1] = '\0';
    assert_string_equal(joined.text, sql->text);
}

/* Of what can be told, only what the case asks for. */
static void answer_tests(const void *ctx, const Case *c, Str *actual)
{
    Suite suite = suite_of(ctx, c->input);
    TestTree *tree = tests_tree(ctx, &suite.folder);
    TestPlan plan = {.pattern = suite.matching, .callback = suite.callback};
    tests_plan(ctx, tree, matches_of(ctx, tree, suite.matching), &plan);
    const char *asked = mem_strndup(ctx, c->expected.p, c->expected.len);
    if (strstr(asked, "--- folders\n") != NULL)
        add_folders(actual, tree);
    if (strstr(asked, "--- plan\n") != NULL)
        add_plan(actual, &plan);
    if (strstr(asked, "--- sql\n") != NULL) {
        Str sql = str_new(ctx);
        tests_write(&plan, &sql);
        cases_add(actual, (View){sql.text, sql.len}, "sql");
        check_pieces(ctx, &plan, &sql);
    }
}

static void tests_run_in_the_order_of_folders(void **state)
{
    (void)state;
    cases_check("tests.txt", 32, answer_tests);
}

/* A quote, comment or parenthesis that is put anywhere changes nothing before it; no text leads beyond its end. */
static void every_beginning_of_a_script_can_be_read(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    CaseList cases = cases_read(scratch, "units.txt");
    for (size_t i = 0; i < cases.n; i++) {
        SCRATCH void *work = mem_scratch();
        for (size_t len = 0; len <= cases.v[i].input.len; len++) {
            View script = {mem_strndup(work, cases.v[i].input.p, len), len};
            UnitList units = {0};
            MacroList macros = {0};
            Error err = {0};
            units_split(work, script, &units);
            const Unit *last = &units.v[units.n - 1];
            assert_true(units.n >= 1 && units.v[0].at == 0 && last->at + last->text.len <= len);
            assert_int_equal(strlen(mask_make(work, script, NULL)), len);
            assert_true(macros_find(work, "deploy.sql", script, &macros, &err));
        }
    }
}

/* A comment that is put between any two tokens does not move the cuts. */
static void comments_do_not_move_the_cuts(void **state)
{
    (void)state;
    static const char script[] = "BEGIN ; CREATE PROCEDURE p ( ) BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END ; END ; "
                                 "ROLLBACK WORK TO s ; COMMIT WORK AND NO CHAIN ; SELECT $a$ ; $a$ ; DO 'x' ; VACUUM";
    static const char comment[] = "/* ; COMMIT ; ' $$ ( */";
    for (size_t at = 0; at < strlen(script); at++) {
        if (script[at] != ' ' || strncmp(script + at - 3, "$a$ ; ", 6) == 0 || strncmp(script + at - 5, "$a$ ; ", 6) == 0)
            continue;
        SCRATCH void *scratch = mem_scratch();
        const char *text = mem_printf(scratch, "%.*s %s%s", (int)at, script, comment, script + at);
        UnitList units = {0};
        units_split(scratch, view_of(text), &units);
        assert_int_equal(units.n, 4);
        assert_memory_equal(units.v[1].text.p, "SELECT", 6);
        assert_memory_equal(units.v[2].text.p, "DO", 2);
        assert_memory_equal(units.v[3].text.p, "VACUUM", 6);
    }
}

static void block_comments_are_listed(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    View text = view_of("/*a*/ -- /*b*/\nSELECT '/*c*/', $$/*d*/$$ /*e/*f*/*/ \"/*g*/\" /*h");
    MaskCommentList comments = {0};
    mask_make(scratch, text, &comments);
    assert_int_equal(comments.n, 2);
    assert_memory_equal(text.p + comments.v[0].from, "/*a*/ ", 6);
    assert_int_equal(comments.v[0].to, 5);
    assert_memory_equal(text.p + comments.v[1].from, "/*e/*f*/*/", 10);
    assert_int_equal(comments.v[1].to - comments.v[1].from, 10);
}

static TestPlan plan_of(const void *ctx, const char *paths)
{
    Suite *suite = mem_new(ctx, Suite);
    *suite = suite_of(ctx, view_of(paths));
    TestPlan plan = {0};
    tests_plan(ctx, tests_tree(ctx, &suite->folder), NULL, &plan);
    return plan;
}

static void calls_are_replaced_by_statements(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    View script = view_of("BEGIN;\nCALL pgmi_test();\nSELECT 1; CALL pgmi_test('b') -- none\n; COMMIT;\n");
    MacroList macros = {0};
    Error err = {0};
    assert_true(macros_find(scratch, "deploy.sql", script, &macros, &err));
    TestPlan plans[] = {plan_of(scratch, "./__test__/a.sql"), plan_of(scratch, "")};
    Expanded e;
    macros_expand(scratch, script, &macros, plans, &e);
    Str expected = str_new(scratch);
    str_add(&expected, "BEGIN;\n");
    tests_write(&plans[0], &expected);
    size_t second = expected.len;
    str_add(&expected, "\nSELECT 1; ");
    size_t third = expected.len;
    tests_write(&plans[1], &expected);
    size_t last = expected.len;
    str_add(&expected, " COMMIT;\n");
    assert_string_equal(e.text.p, expected.text);
    assert_int_equal(e.text.len, expected.len);
    assert_null(expanded_part(&e, 0)->macro);
    assert_null(expanded_part(&e, 6)->macro);
    assert_ptr_equal(expanded_part(&e, 7)->macro, &macros.v[0]);
    assert_ptr_equal(expanded_part(&e, second - 1)->macro, &macros.v[0]);
    const ExpandedPart *copied = expanded_part(&e, second + 1);
    assert_null(copied->macro);
    assert_int_equal(script.p[copied->from + 1], 'S');
    assert_ptr_equal(expanded_part(&e, third)->macro, &macros.v[1]);
    assert_memory_equal(script.p + expanded_part(&e, last)->from, " COMMIT;", 8);
    UnitList units = {0};
    units_split(scratch, e.text, &units);
    assert_int_equal(units.n, 1);
}

static void nothing_to_replace_is_copied(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Expanded e;
    macros_expand(scratch, view_of("SELECT 1;\n"), &(MacroList){0}, NULL, &e);
    assert_string_equal(e.text.p, "SELECT 1;\n");
    assert_int_equal(e.parts.n, 1);
    macros_expand(scratch, (View){0}, &(MacroList){0}, NULL, &e);
    assert_string_equal(e.text.p, "");
}

/* What grows faster than its input would not end here. */
static void large_projects_take_no_longer_than_their_size(void **state)
{
    (void)state;
    enum { MANY = 30000 };
    SCRATCH void *scratch = mem_scratch();
    Str script = str_new(scratch), paths = str_new(scratch);
    str_add(&script, "COMMIT;\n");
    for (int i = 0; i < MANY; i++) {
        str_add(&script, "CALL pgmi_test(); -- ( ' /* CREATE FUNCTION f() BEGIN ATOMIC\n");
        str_addf(&paths, "./d%06d/__test__/t.sql\n./one/__test__/t%06d.sql\n", i, i);
    }
    View text = {script.text, script.len};
    UnitList units = {0};
    MacroList macros = {0};
    Error err = {0};
    units_split(scratch, text, &units);
    assert_int_equal(units.n, MANY + 1);
    assert_true(macros_find(scratch, "deploy.sql", text, &macros, &err));
    assert_int_equal(macros.n, MANY);
    assert_int_equal(macros.v[MANY - 1].line, MANY + 1);
    TestPlan plan = plan_of(scratch, paths.text);
    assert_int_equal(plan.steps.n, 3 * MANY + 1);
    Str sql = str_new(scratch);
    tests_write(&plan, &sql);
    units.n = 0;
    units_split(scratch, (View){sql.text, sql.len}, &units);
    assert_int_equal(units.n, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_show_sql_alone),
        cmocka_unit_test(units_end_where_statements_end),
        cmocka_unit_test(calls_of_tests_are_found),
        cmocka_unit_test(tests_run_in_the_order_of_folders),
        cmocka_unit_test(every_beginning_of_a_script_can_be_read),
        cmocka_unit_test(comments_do_not_move_the_cuts),
        cmocka_unit_test(block_comments_are_listed),
        cmocka_unit_test(calls_are_replaced_by_statements),
        cmocka_unit_test(nothing_to_replace_is_copied),
        cmocka_unit_test(large_projects_take_no_longer_than_their_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
