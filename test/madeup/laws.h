/* madeup/laws.h: what must hold of every pair of schemas.
 *
 *   1. a dump of the old one, loaded into an empty database, gives the same facts, to the order of columns;
 *   2. a plan of the dump against its own database is empty;
 *   3. the plan from old to new, applied, gives the facts of a database into which new was loaded, and a second plan is empty; and
 *      so the plan back. */
#ifndef MADEUP_LAWS_H
#define MADEUP_LAWS_H

#include "server.h"

typedef struct Outcome {
    const char *law;    /* which was broken, and how: the same for failures of the same sort; NULL: none */
    const char *text;   /* what was seen */
    bool without_rows;  /* rows stood in the way, and were deleted */
} Outcome;

/* Takes statements out of the pair that the server refuses, and what laws say of the rest. False when the server itself fails. */
bool laws_check(const void *ctx, const Server *server, const char *folder, Pair *pair, Outcome *outcome, Error *err);

#endif
