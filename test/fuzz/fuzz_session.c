/* deploy.sql: its mask, its pieces, the calls of tests in it. The three read the same text and must agree. */
#include "project/session/macros.h"
#include "project/session/mask.h"
#include "project/session/units.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* Pieces follow one another, and only what is no SQL stands between them. */
static void check_units(const void *ctx, View script, const char *mask)
{
    UnitList units = {0};
    units_split(ctx, script, &units);
    check(units.n > 0 && units.v[0].at == 0);
    size_t at = 0;
    for (size_t i = 0; i < units.n; i++) {
        for (; at < units.v[i].at; at++)
            check(strchr(" \t\n\v\f\r;", mask[at]) != NULL && mask[at] != '\0');
        at += units.v[i].text.len;
    }
    check(at <= script.len);
}

/* A call is SQL at both of its ends. */
static void check_macros(const void *ctx, View script, const char *mask)
{
    MacroList macros = {0};
    Error err = {0};
    macros_find(ctx, "deploy.sql", script, &macros, &err);
    error_clear(&err);
    TestPlan *plans = mem_array(ctx, TestPlan, macros.n + 1);
    for (size_t i = 0; i < macros.n; i++) {
        const Macro *m = &macros.v[i];
        check(m->from < m->to && m->to <= script.len);
        check(strncasecmp(mask + m->from, "call", 4) == 0 && strchr(");", mask[m->to - 1]) != NULL);
    }
    Expanded expanded;
    macros_expand(ctx, script, &macros, plans, &expanded);
    check(expanded.parts.n == 2 * macros.n + 1);
    check(expanded_part(&expanded, expanded.text.len) == &expanded.parts.v[expanded.parts.n - 1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH void *scratch = mem_scratch();
    View script = {(const char *)data, size};
    const char *mask = mask_make(scratch, script, NULL);
    check_units(scratch, script, mask);
    check_macros(scratch, script, mask);
    return 0;
}
