/* Connection strings: what is read from one is what libpq reads from the text that is made of it. */
#include "pg/connstring.h"

#include <libpq-fe.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    ConnString s;
    if (connstring_parse(scratch, mem_strndup(scratch, (const char *)data, size), &s, &err)) {
        PQconninfoOption *options = PQconninfoParse(connstring_text(&s), NULL);
        for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
            if (!text_equal(o->val, connstring_get(&s, o->keyword)))
                abort();
        if (options == NULL)
            abort();
        PQconninfoFree(options);
    }
    error_clear(&err);
    return 0;
}
