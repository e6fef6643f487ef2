/* Plans, references, identities, control files, git's configuration syntax. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "project/control.h"
#include "project/extensions.h"
#include "project/gitconfig.h"
#include "project/identity.h"
#include "project/planfile.h"

#include "base/clock.h"
#include "base/config.h"

#include <string.h>

enum { PGWRIGHT, PGPM, SQITCH };

static Module *parse(const void *ctx, int format, const char *text, Error *err)
{
    Module *m = mem_new(ctx, Module);
    m->plan_path = "x.plan";
    PlanReading reading = {.path = "x.plan", .format = &project_formats[format]};
    return planfile_parse(m, &reading, text, strlen(text), err) ? m : NULL;
}

#define HEAD "%syntax-version=1.0.0\n%project=p\n\n"
#define STAMP " 2024-01-01T00:00:00Z T <t@e>"

static void plans_are_read(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Module *m = parse(scratch, SQITCH,
                      HEAD "# comment\n\na" STAMP " # note \\\\ with\\nnewline\nb [a !other:x]" STAMP "\n@v1" STAMP
                           " # first\r\nc [@v1 p:a other:@t]" STAMP "#tight\n",
                      &err);
    assert_non_null(m);
    assert_int_equal(m->changes.n, 3);
    assert_string_equal(m->changes.v[0]->note, "note \\ with\nnewline");
    assert_string_equal(m->changes.v[1]->dependencies.v[0].ref.change, "a");
    assert_true(m->changes.v[1]->dependencies.v[1].conflict);
    assert_ptr_equal(m->changes.v[1]->dependencies.v[0].target, m->changes.v[0]);
    assert_ptr_equal(m->changes.v[2]->dependencies.v[0].target, m->changes.v[1]);
    assert_string_equal(m->changes.v[2]->note, "tight");
    assert_string_equal(m->tags.v[0]->note, "first");
}

static void errors_of_plans_have_their_places(void **state)
{
    (void)state;
    static const struct {
        int format;
        const char *text;
        long line, column;
    } cases[] = {
        {SQITCH, HEAD "a\n", 4, 2},
        {SQITCH, HEAD "a [b" STAMP "\n", 4, 3},
        {SQITCH, HEAD "a [b]" STAMP "\nb" STAMP "\n", 4, 4},
        {SQITCH, HEAD "a [a]" STAMP "\n", 4, 4},
        {SQITCH, HEAD "@v1" STAMP "\n", 4, 1},
        {SQITCH, HEAD "a" STAMP "\na" STAMP "\n", 5, 1},
        {SQITCH, HEAD "a" STAMP "\n@t" STAMP "\n@t" STAMP "\n", 6, 2},
        {SQITCH, HEAD "é:x" STAMP "\n", 4, 1},
        {SQITCH, HEAD "-a" STAMP "\n", 4, 1},
        {SQITCH, "%project=p\na" STAMP "\n", 2, 1},
        {SQITCH, "%syntax-version=9\n%project=p\n\n", 1, 17},
        {SQITCH, "\na" STAMP "\n", 1, 1},
        {PGPM, HEAD "a b\n", 4, 3},
        {PGPM, HEAD "foo^6" STAMP "\n", 4, 1},
        {PGPM, HEAD "foo+" STAMP "\n", 4, 1},
        {PGPM, HEAD "+foo" STAMP "\n", 4, 1},
        {PGPM, HEAD "a#b" STAMP "\n", 4, 1},
        {PGPM, HEAD "a\n\xff\n", 5, 1},
        {PGPM, HEAD "@v1 nosuch" STAMP "\n", 4, 5},
        {PGPM, HEAD "@v1\n", 4, 1},
        {PGPM, HEAD "a\n@v1\n", 5, 4},
        {SQITCH, HEAD "a 2023-02-29T00:00:00Z T <t@e>\n", 4, 3},
        {SQITCH, HEAD "a 2024-13-01T00:00:00Z T <t@e>\n", 4, 3},
        {SQITCH, HEAD "a 2024-01-01T24:00:00Z T <t@e>\n", 4, 3},
        {SQITCH, HEAD "a 2024-01-01T00:00:60Z T <t@e>\n", 4, 3},
        {SQITCH, HEAD "a 2024-01-01T00:00:00Z T\n", 4, 24},
        {SQITCH, HEAD "a 2024-01-01T00:00:00Z T <>\n", 4, 24},
        {SQITCH, HEAD "a 2024-01-01T00:00:00Z T <t@e> x\n", 4, 24},
        {SQITCH, HEAD "a\xc2\xa0z" STAMP "\n", 4, 1},
        {SQITCH, HEAD "a\ab" STAMP "\n", 4, 1},
        {SQITCH, HEAD "a/../b" STAMP "\n", 4, 1},
        {SQITCH, HEAD "a" STAMP "\nb [a é:a a]" STAMP "\n", 5, 10},
        {SQITCH, HEAD "a [é @no]" STAMP "\né" STAMP "\n", 4, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SCRATCH void *scratch = mem_scratch();
        Error err = {0};
        if (parse(scratch, cases[i].format, cases[i].text, &err) != NULL)
            fail_msg("taken: %s", cases[i].text);
        if (err.line != cases[i].line || err.column != cases[i].column)
            fail_msg("%s\nat %ld:%ld: %s", cases[i].text, err.line, err.column, err.message);
        error_clear(&err);
    }
}

/* Dependencies are looked for once all lines are read; their faults stand among the others all the same. */
static void faults_are_told_in_the_order_of_the_file(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    assert_null(parse(scratch, SQITCH, HEAD "a [b]" STAMP "\nb [" STAMP "\nc [a nosuch d]" STAMP "\nd" STAMP "\nd" STAMP "\n",
                      &err));
    static const struct {
        long line, column;
        const char *hint;
    } expected[] = {{4, 4, "it stands in line 5: move a down, behind it"},
                    {5, 3, NULL},
                    {6, 6, NULL},
                    {6, 13, "it stands in line 7: move c down, behind it"},
                    {8, 1, NULL}};
    const Error *e = &err;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++, e = e->next) {
        assert_non_null(e);
        assert_int_equal(e->line, expected[i].line);
        assert_int_equal(e->column, expected[i].column);
        assert_string_equal(e->hint != NULL ? e->hint : "", expected[i].hint != NULL ? expected[i].hint : "");
    }
    assert_null(e);
    error_clear(&err);
}

static void conflicts_may_stand_anywhere_and_lists_may_be_long(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Str text = str_new(scratch);
    str_add(&text, HEAD);
    for (int i = 0; i < 100; i++)
        str_addf(&text, "c%d" STAMP "\n", i);
    str_add(&text, "all [!later");
    for (int i = 0; i < 100; i++)
        str_addf(&text, " c%d", i);
    str_add(&text, "]" STAMP "\nlater []" STAMP "\n");
    Module *m = parse(scratch, SQITCH, text.text, &err);
    assert_non_null(m);
    const DependencyList *list = &m->changes.v[100]->dependencies;
    assert_int_equal(list->n, 101);
    assert_string_equal(list->v[99].target->name, "c99");
    assert_string_equal(list->v[100].target->name, "later");
    assert_int_equal(m->changes.v[101]->dependencies.n, 0);
}

static void a_tag_of_pgwright_may_stand_bare(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Module *m = parse(scratch, PGWRIGHT, HEAD "a\n@v1\n@v2 # note\n", &err);
    assert_non_null(m);
    assert_int_equal(m->tags.n, 2);
    assert_string_equal(m->tags.v[1]->note, "note");
}

static void extensions_json_must_have_its_shape(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    static const char good[] = "{\"provides\": {\"citext\": {\"schema\": \"x\", \"createSchema\": false,"
                               " \"grants\": [{\"privileges\": \"USAGE\", \"to\": [\"a\"]}]}, \"b\": {}}, \"other\": 1}";
    static const char *const bad[] = {"", "[]", "{\"provides\": 1}", "{\"provides\": {\"a\": []}}",
                                      "{\"provides\": {\"a\": {\"schema\": []}}}",
                                      "{\"provides\": {\"a\": {\"grants\": [{\"privileges\": \"X\", \"to\": []}]}}}"};
    Error err = {0};
    Module *m = mem_new(scratch, Module);
    assert_true(extensions_parse(m, good, strlen(good), "x.json", &err));
    assert_int_equal(m->provides.n, 2);
    assert_string_equal(m->provides.v[0].schema, "x");
    assert_false(m->provides.v[0].create_schema);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (extensions_parse(m, bad[i], strlen(bad[i]), "x.json", &err))
            fail_msg("taken: %s", bad[i]);
        error_clear(&err);
    }
}

static void pgpm_plans_may_leave_things_out(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Module *m = parse(scratch, PGPM, "%project=p\na\nb [a] 2024-01-01T00:00:00Z\n@v1 a" STAMP "\nc", &err);
    assert_non_null(m);
    assert_int_equal(m->changes.n, 3);
    assert_string_equal(m->tags.v[0]->change->name, "a");
}

static void names_follow_the_rules(void **state)
{
    (void)state;
    static const char *const good[] = {"foo", "12", "v1.2-1", "_a", "a_", "a/b", "Ünï", "a$b", "x~y", "a-b-c"};
    static const char *const bad[] = {"", "a b", "a:b", "a@b", "a#b", "a\\b", "-a", "a.", "a/3", "a~1", "HEAD", "ROOT",
                                      "a\xe3\x80\x80" "b", "a\x7f" "b", "a\xff", "a//b", "a/./b", "a/../b", "/a", "a/",
                                      "0123456789012345678901234567890123456789x"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_null(name_fault(view_of(good[i]), false));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_non_null(name_fault(view_of(bad[i]), false));
    assert_non_null(name_fault(view_of("a/b"), true));
}

static void references_find_their_change(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Module *m = parse(scratch, SQITCH,
                      HEAD "a" STAMP "\nb" STAMP "\n@v1" STAMP "\nc" STAMP "\na [a@v1]" STAMP "\nd" STAMP "\n", &err);
    assert_non_null(m);
    planfile_finish(m);
    static const struct {
        const char *text;
        int index; /* -1: none, -2: ambiguous */
    } cases[] = {{"b", 1},    {"@v1", 1},  {"a@v1", 0}, {"a@HEAD", 3}, {"HEAD", 4},  {"@HEAD^", 3}, {"HEAD^^", 2},
                 {"@ROOT", 0}, {"ROOT~2", 2}, {"c^", 1},   {"c~", 3},     {"nope", -1}, {"v1", -1},    {"a", -2},
                 {"p:c", 2},   {"HEAD^9", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Reference ref;
        bool ambiguous = false;
        assert_true(reference_parse(scratch, view_of(cases[i].text), &ref));
        const Change *c = reference_find(m, &ref, m->changes.n, &ambiguous);
        int index = ambiguous ? -2 : c == NULL ? -1 : (int)c->index;
        if (index != cases[i].index)
            fail_msg("%s is %d", cases[i].text, index);
    }
    Reference by_id;
    bool ambiguous = false;
    assert_true(reference_parse(scratch, view_of(m->changes.v[2]->id), &by_id));
    assert_ptr_equal(reference_find(m, &by_id, m->changes.n, &ambiguous), m->changes.v[2]);
}

/* Ids that Sqitch 1.3.1 gives this plan. */
static void identities_are_those_of_sqitch(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Module *m = parse(scratch, SQITCH, "%syntax-version=1.0.0\n%project=unit\n\na 2024-05-06T07:08:09Z Zoë <z@e.org> # näme\n",
                      &err);
    assert_non_null(m);
    planfile_finish(m);
    assert_string_equal(m->changes.v[0]->id, "e9511e68a76bd2738c1cb614428db2446c5aa186");
}

static void uris_become_canonical(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    static const char *const cases[][2] = {
        {"HTTPS://Example.COM:443/golden/%7ea", "https://example.com/golden/~a"},
        {"http://h:8080/x", "http://h:8080/x"},
        {"http://H", "http://h/"},
        {"bench", "bench"},
        {"https://user:pw@H/%2f", "https://user:pw@h/%2F"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(identity_canonical_uri(scratch, cases[i][0]), cases[i][1]);
}

static void control_files_follow_postgresql(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Control c;
    static const char text[] = "# comment\ncomment = 'it''s' # more\nrequires = 'a, b ,\"c\"'\ndefault_version = 1.0\r\n";
    assert_true(control_parse(scratch, text, sizeof text - 1, "x.control", &c, &err));
    assert_string_equal(c.comment, "it's");
    assert_int_equal(c.requires.n, 3);
    assert_string_equal(c.requires.v[2], "c");
    assert_string_equal(c.default_version, "1.0");
    assert_true(control_parse(scratch, "requires = ''\n", 14, "x.control", &c, &err));
    assert_int_equal(c.requires.n, 0);
    assert_false(control_parse(scratch, "\nrequires = 'a\n", 15, "x.control", &c, &err));
    assert_int_equal(err.line, 2);
    error_clear(&err);
}

static void git_configuration_becomes_a_tree(void **state)
{
    (void)state;
    Error err = {0};
    static const char text[] = "; comment\n[core]\n\tengine = pg # here\n\tplan_file = \"a b.plan\"\n[engine \"pg\"]\n"
                               "\ttarget = db:pg:\\\nx\n[a.B]\n\tc\n";
    json_t *root = gitconfig_parse(text, sizeof text - 1, "x.conf", &err);
    assert_non_null(root);
    assert_string_equal(config_text(root, "core.engine", ""), "pg");
    assert_string_equal(config_text(root, "core.plan_file", ""), "a b.plan");
    assert_string_equal(config_text(root, "engine.pg.target", ""), "db:pg:x");
    assert_string_equal(config_text(root, "a.b.c", ""), "true");
    json_decref(root);
    assert_null(gitconfig_parse("[core\nx = 1\n", 12, "x.conf", &err));
    assert_int_equal(err.line, 1);
    error_clear(&err);
}

static void large_plans_are_read_linearly(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Str text = str_new(scratch);
    str_add(&text, HEAD "c0" STAMP "\n");
    for (int i = 1; i < 100000; i++)
        str_addf(&text, "c%d [c%d]" STAMP " # change\n", i, i - 1);
    Module *m = parse(scratch, SQITCH, text.text, &err);
    assert_non_null(m);
    assert_int_equal(m->changes.n, 100000);
    planfile_finish(m);
    assert_int_equal(strlen(m->changes.v[99999]->id), 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_are_read),
        cmocka_unit_test(errors_of_plans_have_their_places),
        cmocka_unit_test(faults_are_told_in_the_order_of_the_file),
        cmocka_unit_test(conflicts_may_stand_anywhere_and_lists_may_be_long),
        cmocka_unit_test(a_tag_of_pgwright_may_stand_bare),
        cmocka_unit_test(extensions_json_must_have_its_shape),
        cmocka_unit_test(pgpm_plans_may_leave_things_out),
        cmocka_unit_test(names_follow_the_rules),
        cmocka_unit_test(references_find_their_change),
        cmocka_unit_test(identities_are_those_of_sqitch),
        cmocka_unit_test(uris_become_canonical),
        cmocka_unit_test(control_files_follow_postgresql),
        cmocka_unit_test(git_configuration_becomes_a_tree),
        cmocka_unit_test(large_plans_are_read_linearly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
