/* base/pool.c: see pool.h. */
#include "base/pool.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

enum { FIRST_BLOCK = 1024, LARGEST_BLOCK = 64 * 1024 };

/* Unaligned bytes: what texts need. */
static char *take_bytes(Pool *pool, size_t size)
{
    if (size > pool->left) {
        pool->block = pool->block == 0 ? FIRST_BLOCK : pool->block < LARGEST_BLOCK ? pool->block * 2 : LARGEST_BLOCK;
        pool->left = size > pool->block ? size : pool->block;
        pool->p = mem_resize(pool->owner, NULL, 1, pool->left);
    }
    char *bytes = pool->p;
    pool->p += size;
    pool->left -= size;
    return bytes;
}

void *pool_take(Pool *pool, size_t size)
{
    size_t gap = (uintptr_t)pool->p % alignof(max_align_t);
    gap = gap == 0 ? 0 : alignof(max_align_t) - gap;
    if (size + gap <= pool->left)
        take_bytes(pool, gap);
    else
        pool->left = 0; /* a new block is aligned */
    return memset(take_bytes(pool, size), 0, size);
}

char *pool_text(Pool *pool, View text)
{
    char *copy = take_bytes(pool, text.len + 1);
    if (text.len > 0)
        memcpy(copy, text.p, text.len);
    copy[text.len] = '\0';
    return copy;
}

char *pool_concat(Pool *pool, const char *const parts[])
{
    size_t len = 0;
    for (size_t i = 0; parts[i] != NULL; i++)
        len += strlen(parts[i]);
    char *text = take_bytes(pool, len + 1), *end = text;
    for (size_t i = 0; parts[i] != NULL; i++)
        end = stpcpy(end, parts[i]);
    return text;
}
