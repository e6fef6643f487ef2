/* sql/inverse.h: what takes a statement back, and what fails when it has not run, from its words alone.
 *
 * Only where the words say it for sure: what a statement dropped or overwrote, nobody can tell from it. */
#ifndef SQL_INVERSE_H
#define SQL_INVERSE_H

#include "base/list.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct SqlInverse {
    TextList revert; /* statements without semicolon, in the order in which they are to run */
    TextList verify; /* each raises an error when what the statement makes is not there */
} SqlInverse;

/* True when all of the statement is taken back by what was added to `out`; false when some or all of it is not. Texts are
 * owned by `ctx`. */
bool sql_invert(const void *ctx, const char *statement, size_t len, SqlInverse *out);

#endif
