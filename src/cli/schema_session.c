/* cli/schema_session.c: see schema_session.h. */
#include "cli/schema_session.h"

#include <string.h>

bool schema_names(Invocation *inv, TextList *schemas, Error *err)
{
    const TextList *names = flag_list(inv, "schema");
    for (size_t i = 0; i < names->n; i++) {
        if (strcmp(names->v[i], "*") == 0)
            return names->n == 1 || error_set(err, ERR_USAGE, "--schema '*' stands for all schemas: name no others beside it");
        list_push(inv, schemas, names->v[i]);
    }
    if (names->n == 0)
        list_push(inv, schemas, "public");
    return true;
}
