/* From argv to an Invocation: every form of every type of flag, and every way of being wrong. */
#include "cli/invocation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Splits a line at blanks; ~ within a word is a blank, '' at its end nothing. */
static Invocation *parse(void *ctx, const char *line, Error *err)
{
    char *words[64], *state = NULL, *text = mem_strdup(ctx, line);
    int n = 0;
    for (char *w = strtok_r(text, " ", &state); w != NULL; w = strtok_r(NULL, " ", &state)) {
        for (char *p = w; *p != '\0'; p++)
            *p = *p == '~' ? ' ' : *p;
        size_t len = strlen(w);
        if (len >= 2 && strcmp(w + len - 2, "''") == 0)
            w[len - 2] = '\0';
        words[n++] = w;
    }
    return invocation_parse(ctx, n, words, err);
}

/* A line that must be understood, in the scratch context of the test. */
#define PARSED(line)                                                                                         \
    SCRATCH void *ctx = mem_scratch();                                                                       \
    Error err = {0};                                                                                         \
    Invocation *inv = parse(ctx, line, &err);                                                                \
    if (inv == NULL)                                                                                         \
        fail_msg("%s: %s", line, err.message);

static void refused(const char *line, const char *message, const char *hint)
{
    SCRATCH void *ctx = mem_scratch();
    Error err = {0};
    Invocation *inv = parse(ctx, line, &err);
    if (inv != NULL)
        fail_msg("%s: was understood", line);
    assert_int_equal(err.class, ERR_USAGE);
    if (strstr(err.message, message) == NULL)
        fail_msg("%s: says \"%s\", not \"%s\"", line, err.message, message);
    if (err.hint == NULL || strstr(err.hint, hint) == NULL)
        fail_msg("%s: hints \"%s\", not \"%s\"", line, err.hint, hint);
    error_clear(&err);
}

static void named(const char *line, const char *name)
{
    PARSED(line)
    assert_string_equal(inv->command->name, name);
}

static void text_is(const char *line, const char *flag, const char *value)
{
    PARSED(line)
    const char *got = flag_text(inv, flag);
    if (value == NULL ? got != NULL : got == NULL || strcmp(got, value) != 0)
        fail_msg("%s: --%s is %s, not %s", line, flag, got == NULL ? "nothing" : got,
                 value == NULL ? "nothing" : value);
}

static void commands_are_found_by_all_their_names(void **state)
{
    (void)state;
    named("deploy", "deploy");
    named("apply", "deploy");
    named("migrate deploy", "deploy");
    named("roles bootstrap", "roles bootstrap");
    named("admin-users add --test", "roles add");
    named("test-packages", "test");
    named("log", "history");
}

static void help_and_version_are_commands_too(void **state)
{
    (void)state;
    static const char *const helps[] = {"",
                                        "--help",
                                        "-?",
                                        "-h",
                                        "deploy --help",
                                        "deploy -h",
                                        "init -h shop",
                                        "deploy --no-such --help",
                                        "roles --help"};
    for (size_t i = 0; i < sizeof helps / sizeof helps[0]; i++)
        named(helps[i], "help");
    named("--version", "version");
    named("-V", "version");
    named("-v", "version");
    PARSED("deploy --to x --help")
    assert_string_equal(inv->arguments.v[0], "deploy");
}

static void a_dash_h_with_a_value_is_the_host(void **state)
{
    (void)state;
    text_is("deploy -h db.example.com -d shop", "host", "db.example.com");
    text_is("deploy -hdb", "host", "db");
}

static void values_stand_in_every_usual_place(void **state)
{
    (void)state;
    text_is("deploy --to @v1", "to", "@v1");
    text_is("deploy --to=@v1", "to", "@v1");
    text_is("deploy -d shop", "database", "shop");
    text_is("deploy -dshop", "database", "shop");
    text_is("deploy -d=shop", "database", "shop");
    text_is("deploy --to-change x", "to", "x");
    text_is("add x -n -~a~note", "note", "- a note");
    text_is("add x --note=--yes", "note", "--yes");
    text_is("deploy", "to", NULL);
}

static void switches_have_a_positive_and_a_negative(void **state)
{
    (void)state;
    text_is("deploy", "verify", "true");
    text_is("deploy --no-verify", "verify", "false");
    text_is("deploy --verify=off", "verify", "false");
    text_is("deploy --verify=0", "verify", "false");
    text_is("deploy --verify=yes", "verify", "true");
    text_is("deploy -y1", "single-transaction", "true");
    text_is("deploy -y1", "yes", "true");
}

static void the_transaction_scope_knows_the_words_of_three_tools(void **state)
{
    (void)state;
    text_is("deploy --no-tx", "tx", "none");
    text_is("deploy --tx", "tx", "true");
    text_is("deploy --tx --yes", "tx", "true");
    text_is("deploy --tx billing", "tx", "true");
    text_is("deploy --tx=false", "tx", "false");
    text_is("deploy --tx false", "tx", "false");
    text_is("deploy --mode tag", "tx", "tag");
    PARSED("deploy --tx billing")
    assert_string_equal(inv->arguments.v[0], "billing");
}

static void lists_add_up(void **state)
{
    (void)state;
    PARSED("add x -r a -r b,c --requires=d")
    const TextList *list = flag_list(inv, "requires");
    assert_int_equal(list->n, 4);
    assert_string_equal(list->v[2], "c");
    assert_string_equal(flag_text(inv, "requires"), "a,b,c,d");
}

static void pairs_keep_their_commas(void **state)
{
    (void)state;
    PARSED("deploy -s a=1,2 --set b=x=y")
    const TextList *list = flag_list(inv, "set");
    assert_int_equal(list->n, 2);
    assert_string_equal(list->v[0], "a=1,2");
    assert_string_equal(list->v[1], "b=x=y");
}

static void numbers_and_durations_are_read(void **state)
{
    (void)state;
    PARSED("deploy --lock-timeout 1500ms --timeout 2min")
    assert_int_equal(flag_duration(inv, "lock-timeout"), 1500);
    assert_int_equal(flag_duration(inv, "timeout"), 120000);
    assert_int_equal(flag_duration(inv, "statement-timeout"), 0);
}

static void behind_two_dashes_everything_is_an_argument(void **state)
{
    (void)state;
    PARSED("sandbox psql -- -c --help")
    assert_int_equal(inv->arguments.n, 2);
    assert_string_equal(inv->arguments.v[1], "--help");
}

static void global_flags_may_stand_before_the_command(void **state)
{
    (void)state;
    named("--json status", "status");
    named("-q --cwd /tmp --no-color status", "status");
    text_is("--cwd=/tmp status -d x", "cwd", "/tmp");
    refused("--to x deploy", "--to cannot stand before the command", "pgwright help");
}

static void the_environment_gives_what_the_line_does_not(void **state)
{
    (void)state;
    setenv("PGWRIGHT_URL", "postgresql:///env", 1);
    text_is("status", "url", "postgresql:///env");
    text_is("status --url postgresql:///line", "url", "postgresql:///line");
    setenv("PGWRIGHT_URL", "", 1);
    text_is("status", "url", NULL);
    unsetenv("PGWRIGHT_URL");
}

static void what_has_no_meaning_is_refused(void **state)
{
    (void)state;
    refused("dpeloy", "no command dpeloy", "did you mean deploy");
    refused("install", "no command install", "extensions folder");
    refused("roles", "bootstrap, add, remove", "pgwright help roles");
    refused("sandbox begin", "start, stop", "pgwright help sandbox");
    refused("deploy --createbd", "does not know the flag --createbd", "did you mean --createdb");
    refused("deploy --no-verfy", "--no-verfy", "did you mean --no-verify");
    refused("deploy -Z", "-Z", "pgwright help deploy");
    refused("deploy --pglite=dir", "--pglite", "--sandbox");
    refused("revert --password x", "--password", "PGPASSWORD");
    refused("deploy a b", "no use for the argument \"b\"", "pgwright help deploy");
    refused("rework", "needs an argument: CHANGE", "pgwright help rework");
    refused("completion bash --json", "no JSON", "pgwright help");
    refused("completion", "needs an argument: bash|zsh|fish", "pgwright help completion");
}

static void values_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    refused("deploy --to", "--to needs a value: CHANGE", "pgwright help deploy");
    refused("deploy --to --yes", "--to needs a value", "pgwright help deploy");
    refused("revert --to=''", "empty value", "pgwright help revert");
    refused("revert --to ''", "empty value", "pgwright help revert");
    refused("deploy --to a --to b", "given twice: a and b", "pgwright help deploy");
    refused("deploy --verify --no-verify", "given twice", "pgwright help deploy");
    refused("deploy --tx=often", "--tx takes one of run|", "pgwright help deploy");
    refused("deploy --timeout soon", "--timeout takes a time", "pgwright help deploy");
    refused("deploy --set novalue", "--set takes name=value", "pgwright help deploy");
    refused("test --jobs -1", "--jobs needs a value", "pgwright help test");
    refused("test --jobs=many", "--jobs takes a whole number", "pgwright help test");
    refused("deploy --verify=perhaps", "--verify takes true or false", "pgwright help deploy");
    refused("status --engine pglite", "--engine takes one of pg", "pgwright help status");
}

static void the_same_twice_is_no_contradiction(void **state)
{
    (void)state;
    text_is("deploy --to a --to a", "to", "a");
    text_is("deploy -y --yes", "yes", "true");
}

static void what_was_given_can_be_listed(void **state)
{
    (void)state;
    PARSED("deploy --to x --no-verify")
    assert_true(flag_given(inv, "to"));
    assert_false(flag_given(inv, "strict"));
    assert_true(flag_exists(inv, "strict"));
    assert_false(flag_exists(inv, "client"));
    assert_string_equal(flag_given_name(inv, 0), "to");
    assert_string_equal(flag_given_name(inv, 1), "verify");
    assert_null(flag_given_name(inv, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_found_by_all_their_names),
        cmocka_unit_test(help_and_version_are_commands_too),
        cmocka_unit_test(a_dash_h_with_a_value_is_the_host),
        cmocka_unit_test(values_stand_in_every_usual_place),
        cmocka_unit_test(switches_have_a_positive_and_a_negative),
        cmocka_unit_test(the_transaction_scope_knows_the_words_of_three_tools),
        cmocka_unit_test(lists_add_up),
        cmocka_unit_test(pairs_keep_their_commas),
        cmocka_unit_test(numbers_and_durations_are_read),
        cmocka_unit_test(behind_two_dashes_everything_is_an_argument),
        cmocka_unit_test(global_flags_may_stand_before_the_command),
        cmocka_unit_test(the_environment_gives_what_the_line_does_not),
        cmocka_unit_test(what_has_no_meaning_is_refused),
        cmocka_unit_test(values_that_do_not_fit_are_refused),
        cmocka_unit_test(the_same_twice_is_no_contradiction),
        cmocka_unit_test(what_was_given_can_be_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
