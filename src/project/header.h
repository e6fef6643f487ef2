/* project/header.h: what a script says of itself in the comments that it begins with.
 *
 *     -- Deploy shop:users to pg        -- Deploy users to pg        -- Deploy: users
 *     -- requires: accounts             -- conflicts: legacy
 *
 * Nothing of it is needed for deploying: the plan decides. */
#ifndef PROJECT_HEADER_H
#define PROJECT_HEADER_H

#include "base/list.h"

#include <stddef.h>

typedef struct ScriptHeader {
    const char *verb;    /* "Deploy", "Verify", "Revert" as written; NULL: there is no such line */
    const char *project; /* NULL when it is not named */
    const char *change;
    long line;           /* of the verb */
    TextList requires, conflicts;
} ScriptHeader;

/* Reads the comments at the beginning of `text`. Owned by `ctx`. */
ScriptHeader header_read(const void *ctx, const char *text, size_t len);

#endif
