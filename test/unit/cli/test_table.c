/* The table of commands itself: complete, free of clashes, and true to its own examples. */
#include "cli/flags.h"
#include "cli/invocation.h"
#include "cli/render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool is_sentence(const char *text)
{
    return text != NULL && *text != '\0' && text[strlen(text) - 1] != '.' && strchr(text, '\n') == NULL;
}

static void every_command_explains_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < commands_count; i++) {
        const Command *c = &commands[i];
        if (!is_sentence(c->summary) || c->group == NULL || c->arguments == NULL || c->run == NULL)
            fail_msg("%s: the row is incomplete", c->name);
        if (c->about == NULL || c->about[strlen(c->about) - 1] != '.')
            fail_msg("%s: about is no prose", c->name);
        if (c->max_arguments >= 0 && c->min_arguments > c->max_arguments)
            fail_msg("%s: needs more arguments than it takes", c->name);
        if ((c->max_arguments == 0) != (c->arguments[0] == '\0'))
            fail_msg("%s: takes arguments that it does not name, or the other way round", c->name);
    }
}

static void every_flag_explains_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < commands_count; i++)
        for (size_t k = 0; command_flag(&commands[i], k) != NULL; k++) {
            const Flag *f = command_flag(&commands[i], k);
            if (!is_sentence(f->help))
                fail_msg("%s --%s: no help in one sentence without a dot", commands[i].name, f->name);
            if ((f->type == FLAG_CHOICE) != (f->choices != NULL))
                fail_msg("%s --%s: choices and type disagree", commands[i].name, f->name);
            if (f->type != FLAG_BOOL && f->value == NULL)
                fail_msg("%s --%s: its value has no name", commands[i].name, f->name);
            if (f->letters != NULL && f->letter == 0 && f->hidden)
                fail_msg("%s --%s: letters without need", commands[i].name, f->name);
        }
}

/* Is this name, or an alias, that of another flag of the command as well? */
static void assert_alone(const Command *c, const Flag *flag, const char *name, size_t len)
{
    for (size_t k = 0; command_flag(c, k) != NULL; k++) {
        const Flag *f = command_flag(c, k);
        if (f != flag && (list_has_word(f->name, name, len) || list_has_word(f->aliases, name, len)))
            fail_msg("%s: --%.*s is a name of --%s and of --%s", c->name, (int)len, name, flag->name,
                     f->name);
    }
}

static void no_two_flags_of_a_command_share_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < commands_count; i++)
        for (size_t k = 0; command_flag(&commands[i], k) != NULL; k++) {
            const Flag *f = command_flag(&commands[i], k);
            assert_alone(&commands[i], f, f->name, strlen(f->name));
            for (const char *p = f->aliases; p != NULL && *p != '\0';) {
                size_t n = strcspn(p, ",");
                assert_alone(&commands[i], f, p, n);
                p += n + (p[n] != '\0');
            }
        }
}

static void no_two_flags_of_a_command_share_a_letter(void **state)
{
    (void)state;
    for (size_t i = 0; i < commands_count; i++) {
        const Flag *owner[128] = {0};
        for (size_t k = 0; command_flag(&commands[i], k) != NULL; k++) {
            const Flag *f = command_flag(&commands[i], k);
            char letters[16] = {f->letter, '\0'};
            if (f->letters != NULL)
                strncat(letters, f->letters, sizeof letters - 2);
            for (const char *p = letters; *p != '\0'; p++) {
                if (owner[(unsigned char)*p] != NULL)
                    fail_msg("%s: -%c is --%s and --%s", commands[i].name, *p, owner[(unsigned char)*p]->name,
                             f->name);
                owner[(unsigned char)*p] = f;
            }
        }
    }
}

static void no_two_commands_share_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < commands_count; i++) {
        assert_ptr_equal(command_find(commands[i].name), &commands[i]);
        for (const char *p = commands[i].aliases; p != NULL && *p != '\0';) {
            SCRATCH void *scratch = mem_scratch();
            size_t n = strcspn(p, ",");
            assert_ptr_equal(command_find(mem_strndup(scratch, p, n)), &commands[i]);
            p += n + (p[n] != '\0');
        }
    }
    for (size_t i = 0; i < commands_elsewhere_count; i++)
        assert_null(command_find(commands_elsewhere[i].name));
}

static void families_stand_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < commands_count; i++) {
        SCRATCH void *scratch = mem_scratch();
        char *word = mem_strndup(scratch, commands[i].name, strcspn(commands[i].name, " "));
        if (command_is_first_of_family(&commands[i]))
            assert_ptr_equal(command_of_family(word, 0), &commands[i]);
    }
}

static void fallbacks_fit_their_flags(void **state)
{
    (void)state;
    for (size_t i = 0; i < commands_count; i++)
        for (size_t k = 0; command_flag(&commands[i], k) != NULL; k++) {
            const Flag *f = command_flag(&commands[i], k);
            if (f->fallback != NULL && f->type == FLAG_CHOICE &&
                !list_has_word(f->choices, f->fallback, strlen(f->fallback)))
                fail_msg("%s --%s: the default is no choice", commands[i].name, f->name);
            const char *shown = f->type == FLAG_CHOICE ? flag_choices(f) : "";
            for (size_t n; *shown != '\0'; shown += n + (shown[n] != '\0'))
                if (n = strcspn(shown, "|"), !list_has_word(f->choices, shown, n))
                    fail_msg("%s --%s: shows a choice that it refuses", commands[i].name, f->name);
        }
}

/* Words as a shell would split them, with single quotes. */
static int split_words(void *ctx, const char *line, char *words[], int max)
{
    int n = 0;
    for (const char *p = line + strspn(line, " "); *p != '\0' && n < max; p += strspn(p, " ")) {
        Str word = str_new(ctx);
        for (bool quoted = false; *p != '\0' && (quoted || *p != ' '); p++)
            if (*p == '\'')
                quoted = !quoted;
            else
                str_add_char(&word, *p);
        words[n++] = word.text;
    }
    return n;
}

static void every_example_is_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < commands_count; i++) {
        SCRATCH void *ctx = mem_scratch();
        ExampleList examples = {0};
        render_examples(ctx, &commands[i], &examples);
        assert_true(examples.n > 0);
        for (size_t k = 0; k < examples.n; k++) {
            char *words[32];
            Error err = {0};
            int n = split_words(ctx, examples.v[k].command, words, 32);
            if (n < 2 || strcmp(words[0], "pgwright") != 0 || examples.v[k].does[0] == '\0')
                fail_msg("%s: the example \"%s\" is incomplete", commands[i].name, examples.v[k].command);
            if (invocation_parse(ctx, n - 1, words + 1, &err) == NULL)
                fail_msg("%s: %s", examples.v[k].command, err.message);
        }
    }
}

static void every_shared_table_has_a_heading_of_its_own(void **state)
{
    (void)state;
    static const Flag *const shared[] = {flags_global, flags_connection, flags_history, flags_select,
                                         flags_run};
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++)
        assert_string_not_equal(flags_heading(shared[i]), "Flags");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_explains_itself),
        cmocka_unit_test(every_flag_explains_itself),
        cmocka_unit_test(no_two_flags_of_a_command_share_a_name),
        cmocka_unit_test(no_two_flags_of_a_command_share_a_letter),
        cmocka_unit_test(no_two_commands_share_a_name),
        cmocka_unit_test(families_stand_together),
        cmocka_unit_test(fallbacks_fit_their_flags),
        cmocka_unit_test(every_example_is_understood),
        cmocka_unit_test(every_shared_table_has_a_heading_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
