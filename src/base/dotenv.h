/* base/dotenv.h: files of variables, ".env": NAME=value, one in a line.
 *
 * `export` may stand before, : may stand for =. A value in '…' is taken as it is; in "…" backslashes escape (\n, \r, \t, and what
 * stands for itself); a bare one ends at the line's end or before a blank and #. In the latter two $NAME and ${NAME} stand for
 * variables above, or of the environment. Values in quotes may go over lines. */
#ifndef BASE_DOTENV_H
#define BASE_DOTENV_H

#include "base/list.h"

typedef struct DotenvVariable {
    const char *name, *value;
} DotenvVariable;
typedef LIST(DotenvVariable) DotenvList;

/* Reads all that can be read; lines that cannot are told in `faults`, as "3: = is expected". Owned by `ctx`. */
void dotenv_parse(const void *ctx, const char *text, size_t len, DotenvList *variables, TextList *faults);

#endif
