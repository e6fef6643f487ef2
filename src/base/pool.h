/* base/pool.h: many small things that live and die with one owner. A talloc chunk costs about a hundred bytes beside
 * its content, and a plan has a handful of texts in every line, a database several for every column. */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/str.h"

/* Starts as {.owner = …}; what was taken from it goes with the owner. */
typedef struct Pool {
    const void *owner;
    char *p;
    size_t left;
    size_t block; /* size of the last one; each is twice as large, up to a limit */
} Pool;

/* Zeroed bytes, aligned for any object. Never to be resized: not a talloc chunk. */
void *pool_take(Pool *pool, size_t size);

/* A copy with its NUL. */
char *pool_text(Pool *pool, View text);

/* The parts, one behind the other; `parts` ends with NULL. */
char *pool_concat(Pool *pool, const char *const parts[]);

#endif
