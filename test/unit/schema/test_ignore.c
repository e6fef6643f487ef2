/* What ignore files take out of models, without a server: models are made of rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "schema/ignore.h"

#include <stdlib.h>
#include <string.h>

enum { DEPENDENCIES = 3 };

/* A row with nothing behind the cells that are given. */
static void add_row(RowsMaker *maker, const char *const *cells, size_t n)
{
    const char *all[64] = {NULL};
    memcpy(all, cells, n * sizeof *cells);
    rows_add(maker, all);
}

typedef struct Makers {
    LIST(RowsMaker *) all;
} Makers;

static Makers begin(const void *ctx)
{
    Makers m = {0};
    for (size_t i = 0; i < kinds_count; i++)
        list_push(ctx, &m.all, rows_begin(ctx, KIND_COLUMNS + kinds[i].attributes_count, KIND_COLUMNS));
    for (size_t i = 0; i < MODEL_EXTRA_ROWS; i++)
        list_push(ctx, &m.all, rows_begin(ctx, 4, 4));
    return m;
}

static RowsList end(const void *ctx, const Makers *m)
{
    RowsList rows = {0};
    for (size_t i = 0; i < m->all.n; i++)
        list_push(ctx, &rows, rows_end(m->all.v[i]));
    return rows;
}

static void add_object(const Makers *m, KindIndex kind, const char *oid, const char *parent, const char *name)
{
    const char *cells[] = {oid, "0", parent, "public", name, name, "owner"};
    add_row(m->all.v[kind], cells, KIND_COLUMNS);
}

/* a: serial column with a sequence, index, trigger; b: a view on it; c: another table. */
static Model *shop(const void *ctx, const char *table)
{
    Makers m = begin(ctx);
    add_object(&m, KIND_SEQUENCE, "20001", "0", "s");
    add_object(&m, KIND_TABLE, "20002", "0", table);
    add_object(&m, KIND_TABLE, "20003", "0", "c");
    add_object(&m, KIND_INDEX, "20004", "20002", "i");
    add_object(&m, KIND_VIEW, "20005", "0", "b");
    add_object(&m, KIND_TRIGGER, "20006", "20002", "t");
    static const char *const edges[][4] = {
        {"1259", "1259", "a", "20001 0 20002 0 20004 0 20002 0"}, /* the sequence is owned */
        {"1259", "1259", "n", "20005 0 20002 0"},
        {"2620", "1259", "a", "20006 0 20002 0"},
    };
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++)
        add_row(m.all.v[kinds_count + DEPENDENCIES], edges[i], 4);
    TextList schemas = {0};
    RowsList rows = end(ctx, &m);
    list_push(ctx, &schemas, "public");
    return model_new(ctx, &rows, &schemas, 150000, "owner");
}

static IgnoreRules *rules_of(const void *ctx, const char *text)
{
    Error err = {0};
    IgnoreRules *rules = ignore_new(ctx);
    ignore_parse(rules, text, strlen(text), "x", &err);
    assert_false(error_is_set(&err));
    return rules;
}

/* "a b c", and that everything within the model is of it. */
static const char *names_of(const void *ctx, const Model *m)
{
    Str out = str_new(ctx);
    for (size_t i = 0; i < m->objects.n; i++) {
        const Object *o = m->objects.v[i];
        assert_int_equal(o->number, i);
        assert_ptr_equal(model_find(m, o->kind, o->key), o);
        for (size_t k = 0; k < o->needs.n; k++)
            assert_ptr_equal(m->objects.v[o->needs.v[k].on->number], o->needs.v[k].on);
        for (size_t k = 0; k < o->parts.n; k++)
            assert_ptr_equal(m->objects.v[o->parts.v[k]->number], o->parts.v[k]);
        str_addf(&out, "%s%s", i > 0 ? " " : "", o->name);
    }
    return out.text;
}

static void nothing_is_ignored_without_rules(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Model *m = shop(scratch, "a");
    assert_int_equal(ignore_apply(m, ignore_new(scratch)), 0);
    assert_string_equal(names_of(scratch, m), "s a c i b t");
}

static void a_table_takes_along_what_is_its_own(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Model *m = shop(scratch, "a");
    ignore_apply(m, rules_of(scratch, "[tables]\npatterns = ['a']\n[triggers]\npatterns = ['*']\n"));
    assert_string_equal(names_of(scratch, m), "a c b");
    assert_true(m->objects.v[0]->is_external);
    assert_int_equal(m->objects.v[0]->parts.n, 0);
}

static void a_shell_stays_for_its_triggers_where_both_have_it(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    IgnoreRules *rules = rules_of(scratch, "[tables]\npatterns = ['a']\n");
    Model *old = shop(scratch, "a"), *new = shop(scratch, "a");
    object_extras(old, old->objects.v[1])->comment = "theirs";
    ignore_apply(old, rules);
    ignore_apply(new, rules);
    assert_string_equal(names_of(scratch, old), "a c b t");
    ignore_pair(old, new, rules);
    assert_string_equal(names_of(scratch, new), "a c b t");
    assert_string_equal(new->objects.v[0]->extras->comment, "theirs");
    assert_ptr_equal(new->objects.v[0]->values, old->objects.v[0]->values);
}

static void a_shell_of_one_side_goes(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    IgnoreRules *rules = rules_of(scratch, "[tables]\npatterns = ['a', 'other']\n");
    Model *old = shop(scratch, "a"), *new = shop(scratch, "other");
    ignore_apply(old, rules);
    ignore_apply(new, rules);
    ignore_pair(old, new, rules);
    assert_string_equal(names_of(scratch, old), "c b");
    assert_string_equal(names_of(scratch, new), "c b");
}

static void what_is_kept_is_not_seen_where_it_is_not_asked_for(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    IgnoreRules *rules = rules_of(scratch, "[tables]\nkeep = ['a', 'c']\n");
    Model *old = shop(scratch, "a"), *new = shop(scratch, "other");
    ignore_apply(old, rules);
    ignore_apply(new, rules);
    assert_string_equal(names_of(scratch, old), "s a c i b t");
    ignore_pair(old, new, rules);
    assert_string_equal(names_of(scratch, old), "c b");
    assert_string_equal(names_of(scratch, new), "s other c i b t");
}

static void rules_of_the_command_line_are_checked(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    static const char *const wrong[] = {"tables", "tables=", "table=x", "=x", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Error err = {0};
        assert_false(ignore_add(ignore_new(scratch), wrong[i], &err));
        assert_int_equal(err.class, ERR_USAGE);
        error_clear(&err);
    }
    Model *m = shop(scratch, "a");
    IgnoreRules *rules = ignore_new(scratch);
    Error err = {0};
    assert_true(ignore_add(rules, "views=*", &err));
    assert_true(ignore_add(rules, "indexes=public.a.i", &err));
    assert_true(ignore_add(rules, "sequences=!s", &err));
    assert_int_equal(ignore_apply(m, rules), 2);
    assert_string_equal(names_of(scratch, m), "s a c t");
}

static void sections_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } wrong[] = {
        {"[table]\n", "no section \"table\""},
        {"patterns = []\n", "before the first"},
        {"[tables]\npattern = []\n", "not \"pattern\""},
        {"[privileges]\nkeep = ['x']\n", "grants are seen or ignored"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        SCRATCH void *scratch = mem_scratch();
        Error err = {0};
        assert_false(ignore_parse(ignore_new(scratch), wrong[i].text, strlen(wrong[i].text), "x", &err));
        assert_non_null(strstr(err.message, wrong[i].says));
        assert_int_equal(err.class, ERR_CONFIG);
        assert_true(err.line > 0);
        error_clear(&err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_ignored_without_rules),
        cmocka_unit_test(a_table_takes_along_what_is_its_own),
        cmocka_unit_test(a_shell_stays_for_its_triggers_where_both_have_it),
        cmocka_unit_test(a_shell_of_one_side_goes),
        cmocka_unit_test(what_is_kept_is_not_seen_where_it_is_not_asked_for),
        cmocka_unit_test(rules_of_the_command_line_are_checked),
        cmocka_unit_test(sections_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
