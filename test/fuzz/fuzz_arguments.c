/* Arguments of psql directives: quotes, escapes, variables. */
#include "sql/internal.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    SqlItem item;
    static const char set[] = "\\set v 'it''s'\n";
    SqlScriptOptions o = {.name = "fuzz.sql"};
    SqlScript *s = sql_script_of_text(scratch, set, sizeof set - 1, &o, &err);
    sql_script_next(s, &item, &err);
    const char *p = (const char *)data, *end = arguments_end(p, p + size);
    Arguments a = {.script = s, .p = p, .end = end};
    Str out = str_new(scratch);
    while (arguments_next(&a, &out))
        if (a.p > end || a.bare > out.len)
            abort();
    return 0;
}
