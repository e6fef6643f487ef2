/* What people write by hand: lists of words in TOML, variables of .env, patterns for names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/dotenv.h"
#include "base/glob.h"
#include "base/toml.h"

#include <stdlib.h>
#include <string.h>

/* ---- patterns ---- */

static void patterns_match_whole_names(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"tmp_*", "tmp_a", true},     {"tmp_*", "tmp_", true},      {"tmp_*", "xtmp_a", false},   {"*", "", true},
        {"", "", true},               {"", "a", false},             {"a", "A", false},            {"*_old", "a_old_old", true},
        {"a*b*c", "aXbYbZc", true},   {"a*b*c", "aXbYbZ", false},   {"?", "é", true},             {"??", "é", false},
        {"*", "a/b", false},          {"a/*", "a/b", true},         {"?", "/", false},            {"*.x", "s.t.x", true},
        {"[abc]", "b", true},         {"[a-c]x", "bx", true},       {"[^a-c]", "b", false},       {"[^a-c]", "d", true},
        {"[!a-c]", "d", true},        {"[à-ü]", "é", true},         {"[a-]", "-", true},          {"[]a]", "]", true},
        {"[\\]]", "]", true},         {"\\*", "*", true},           {"\\*", "a", false},          {"a[", "a[", true},
        {"a[b", "ab", false},         {"[a-", "[a-", true},         {"x\\", "x\\", true},         {"*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false},
        {"**", "abc", true},          {"*😀*", "a😀b", true},       {"[^/]", "/", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (glob_matches(cases[i].pattern, cases[i].text) != cases[i].matches)
            fail_msg("%s on %s", cases[i].pattern, cases[i].text);
}

/* ---- TOML ---- */

/* The entries as "table.key=a|b;". */
static char *toml_of(const void *ctx, const char *text, Error *err)
{
    TomlEntryList entries = {0};
    if (!toml_parse(ctx, text, strlen(text), "x.toml", &entries, err))
        return NULL;
    Str out = str_new(ctx);
    for (size_t i = 0; i < entries.n; i++) {
        const TomlEntry *e = &entries.v[i];
        str_addf(&out, "%s.%s=", e->table, e->key == NULL ? "" : e->key);
        for (size_t k = 0; k < e->values.n; k++)
            str_addf(&out, "%s%s", k > 0 ? "|" : "", e->values.v[k]);
        str_add(&out, ";");
    }
    return out.text;
}

static void toml_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *entries;
    } cases[] = {
        {"", ""},
        {"# only a comment", ""},
        {"\n \t\r\n", ""},
        {"[a]\nb = \"c\"", "a.=;a.b=c;"},
        {"[ a ] # c\n b=[ \"x\" , 'y' ,]\r\n", "a.=;a.b=x|y;"},
        {"[a]\nb = [ # c\n\n \"x\", # d\n]\n", "a.=;a.b=x;"},
        {"a.b = []\n\"a\".'c' = 'd'", "a.b=;a.c=d;"},
        {"[\"a b\"]\n", "a b.=;"},
        {"[a]\nb = \"\\t\\\"\\\\\\u00e9\\U0001F600\"", "a.=;a.b=\t\"\\é😀;"},
        {"[a]\nb = 'c:\\d'", "a.=;a.b=c:\\d;"},
        {"\xEF\xBB\xBF[a]", "a.=;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SCRATCH void *scratch = mem_scratch();
        Error err = {0};
        const char *entries = toml_of(scratch, cases[i].text, &err);
        assert_false(error_is_set(&err));
        assert_string_equal(entries, cases[i].entries);
    }
}

static void toml_that_is_none_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long line, column;
        const char *says;
    } cases[] = {
        {"[a\n", 1, 3, "] is expected"},
        {"[a]\nb\n", 2, 2, "= is expected"},
        {"[a]\nb = c\n", 2, 5, "a string in quotes is expected"},
        {"[a]\nb = 1\n", 2, 5, "a string in quotes is expected"},
        {"[a]\nb = [\"x\" \"y\"]\n", 2, 10, "a comma or ]"},
        {"[a]\nb = [\"x\",\n", 3, 1, "not closed"},
        {"[a]\nb = \"x\n", 2, 5, "not closed"},
        {"[a]\nb = \"é\\q\"\n", 2, 7, "an unknown escape"},
        {"[a]\nb = \"\\u12\"\n", 2, 6, "four hex digits"},
        {"[a]\nb = \"\\ud800\"\n", 2, 6, "no character"},
        {"[a]\nb = \"\\u0000\"\n", 2, 6, "no character"},
        {"[a]\nb = \"\"\"x\"\"\"\n", 2, 5, "several lines"},
        {"[a]\nb = \"\x01\"\n", 2, 6, "control character"},
        {"[a]\nb = \"\xff\"\n", 2, 6, "not UTF-8"},
        {"[[a]]\n", 1, 1, "arrays of tables"},
        {"[a.b]\n", 1, 3, "tables within tables"},
        {"[a]\nb.c = \"x\"\n", 2, 2, "tables within tables"},
        {"[a]\n[a]\n", 2, 1, "a second time"},
        {"[a]\nb = []\nb = []\n", 3, 1, "a second time"},
        {"[a] b = []\n", 1, 5, "nothing but a comment"},
        {"= x\n", 1, 1, "a name is expected"},
        {"[a]\nb = {}\n", 2, 5, "a string in quotes is expected"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SCRATCH void *scratch = mem_scratch();
        Error err = {0};
        assert_null(toml_of(scratch, cases[i].text, &err));
        if (err.line != cases[i].line || err.column != cases[i].column || strstr(err.message, cases[i].says) == NULL)
            fail_msg("%s gave %ld:%ld %s", cases[i].text, err.line, err.column, err.message);
        error_clear(&err);
    }
}

/* ---- .env ---- */

static void variables_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *variables, *fault;
    } cases[] = {
        {"A=b\n", "A=b;", NULL},
        {"  export A = b c # d\r\nB:e\n", "A=b c;B=e;", NULL},
        {"A=b#c\nB= #c\nC=\n", "A=b#c;B=;C=;", NULL},
        {"A='b $C \\n # d' # e\n", "A=b $C \\n # d;", NULL},
        {"A=\"b\\n\\\"c\\\\ \\$D\"\n", "A=b\n\"c\\ $D;", NULL},
        {"A=x\nB=$A-${A}y\nC=\"$A.\"\nD=${NOT_SET_HERE}z\nE=$ ${ $1\n", "A=x;B=x-xy;C=;D=z;E=$ ${ $1;", NULL},
        {"A='over\nlines'\nB=c\n", "A=over\nlines;B=c;", NULL},
        {"# A=b\n\n\t\n", "", NULL},
        {"\xEF\xBB\xBF" "A=b", "A=b;", NULL},
        {"exported=1\nexport=2\n", "exported=1;export=2;", NULL},
        {"A=b\nno line\nC=d\n", "A=b;C=d;", "2: = is expected"},
        {"=b\nC=d\n", "C=d;", "1: NAME=value is expected"},
        {"1A=b\n", "", "1: NAME=value is expected"},
        {"A=\"b\nC=d\n", "C=d;", "1: a quote that is not closed"},
        {"A='b' c\nC=d\n", "C=d;", "1: nothing but a comment may stand behind the quote"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SCRATCH void *scratch = mem_scratch();
        DotenvList variables = {0};
        TextList faults = {0};
        Str out = str_new(scratch);
        dotenv_parse(scratch, cases[i].text, strlen(cases[i].text), &variables, &faults);
        for (size_t k = 0; k < variables.n; k++)
            str_addf(&out, "%s=%s;", variables.v[k].name, variables.v[k].value);
        assert_string_equal(out.text, cases[i].variables);
        assert_int_equal(faults.n, cases[i].fault != NULL);
        if (cases[i].fault != NULL)
            assert_string_equal(faults.v[0], cases[i].fault);
    }
}

int main(void)
{
    unsetenv("NOT_SET_HERE");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_whole_names),
        cmocka_unit_test(toml_is_read),
        cmocka_unit_test(toml_that_is_none_is_refused_with_its_place),
        cmocka_unit_test(variables_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
