/* Scripts: splitting, directives, variables, COPY data, what takes statements back. Includes lead nowhere: the root is an empty folder's name. */
#include "sql/inverse.h"
#include "sql/script.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    SqlItem item;
    SqlScriptOptions o = {.root = "/nonexistent", .base = "/nonexistent", .name = "fuzz.sql"};
    SqlScript *s = sql_script_of_text(scratch, (const char *)data, size, &o, &err);
    while (s != NULL && sql_script_next(s, &item, &err) == SQL_NEXT_ITEM) {
        char *source;
        SqlInverse inverse = {0};
        sql_item_place(scratch, &item, (long)(item.len / 2), &source);
        sql_invert(scratch, item.text, item.len, &inverse);
    }
    error_clear(&err);
    return 0;
}
