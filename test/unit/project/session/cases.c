/* test/unit/project/session/cases.c: see cases.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cases.h"

#include "base/file.h"

#include <stdio.h>
#include <string.h>

/* The text with `from` (of UTF-8) replaced by one byte. */
static void replace(char *text, const char *from, char to)
{
    size_t len = strlen(from);
    char *out = text;
    while (*text != '\0') {
        bool found = strncmp(text, from, len) == 0;
        *out++ = found ? to : *text;
        text += found ? len : 1;
    }
    *out = '\0';
}

/* The line that begins with `mark`, at `p` or behind; `end` when there is none. */
static char *find_line(char *p, char *end, const char *mark)
{
    while (p < end && !text_starts(p, mark)) {
        char *newline = memchr(p, '\n', (size_t)(end - p));
        p = newline == NULL ? end : newline + 1;
    }
    return p;
}

CaseList cases_read(const void *ctx, const char *file)
{
    CaseList list = {0};
    Error err = {0};
    size_t len;
    char *text = file_read(ctx, path_join(ctx, TEST_CASES, file), 1 << 24, &len, &err);
    if (text == NULL) {
        fprintf(stderr, "%s\n", err.message);
        return list;
    }
    replace(text, "·", ' ');
    replace(text, "␍", '\r');
    char *end = text + strlen(text);
    for (char *p = find_line(text, end, "=== "), *next; p < end; p = next) {
        char *input = strchr(p, '\n') + 1;
        next = find_line(input, end, "=== ");
        char *expected = find_line(input, next, "---");
        size_t newline = expected > input;
        list_push(ctx, &list,
                  (Case){.name = mem_strndup(ctx, p + 4, (size_t)(input - p) - 5),
                         .input = {input, (size_t)(expected - input) - newline},
                         .expected = {expected, (size_t)(next - expected)}});
    }
    return list;
}

void cases_add(Str *actual, View text, const char *heading, ...)
{
    SCRATCH void *scratch = mem_scratch();
    va_list args;
    va_start(args, heading);
    const char *head = mem_vprintf(scratch, heading, args);
    va_end(args);
    str_addf(actual, "---%s%s\n", *head != '\0' ? " " : "", head);
    if (text.len > 0) {
        str_add_n(actual, text.p, text.len);
        str_add_char(actual, '\n');
    }
}

/* Compares, and tells where they differ. */
static bool holds(const Case *c, const Str *actual)
{
    if (actual->len == c->expected.len && memcmp(actual->text, c->expected.p, actual->len) == 0)
        return true;
    fprintf(stderr, "=== %s\nexpected:\n%.*sgot:\n%s", c->name, (int)c->expected.len, c->expected.p, actual->text);
    return false;
}

void cases_check(const char *file, size_t at_least, CaseAnswer answer)
{
    SCRATCH void *scratch = mem_scratch();
    CaseList cases = cases_read(scratch, file);
    size_t failed = 0;
    assert_true(cases.n >= at_least);
    for (size_t i = 0; i < cases.n; i++) {
        Str actual = str_new(scratch);
        answer(scratch, &cases.v[i], &actual);
        failed += !holds(&cases.v[i], &actual);
    }
    assert_int_equal(failed, 0);
}
