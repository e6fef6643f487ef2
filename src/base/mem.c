/* base/mem.c: see mem.h. */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reached only when the kernel refuses memory: nothing that allocates can be done any more. */
static _Noreturn void out_of_memory(void)
{
    static const char message[] = "pgwright: out of memory\n";
    fputs(message, stderr);
    exit(1);
}

void *mem_zeroed(const void *ctx, size_t size, size_t n, const char *name)
{
    void *p = _talloc_zero_array(ctx, size, (unsigned)n, name);
    if (p == NULL || n > (size_t)(unsigned)-1)
        out_of_memory();
    return p;
}

void *mem_resize(const void *ctx, void *ptr, size_t size, size_t n)
{
    size_t bytes;
    if (__builtin_mul_overflow(size, n, &bytes))
        out_of_memory();
    void *p = talloc_realloc_size(ctx, ptr, bytes);
    if (p == NULL && bytes > 0)
        out_of_memory();
    return p;
}

typedef struct Bytes {
    char *p;
} Bytes;

static int bytes_free(Bytes *bytes)
{
    free(bytes->p);
    return 0;
}

char *mem_bytes(const void *ctx, size_t n)
{
    Bytes *bytes = mem_new(ctx, Bytes);
    bytes->p = malloc(n);
    if (bytes->p == NULL)
        out_of_memory();
    talloc_set_destructor(bytes, bytes_free);
    return bytes->p;
}

char *mem_strdup(const void *ctx, const char *s)
{
    return s == NULL ? NULL : mem_strndup(ctx, s, strlen(s));
}

char *mem_strndup(const void *ctx, const char *s, size_t len)
{
    char *copy = talloc_strndup(ctx, s, len);
    if (copy == NULL)
        out_of_memory();
    return copy;
}

char *mem_vprintf(const void *ctx, const char *fmt, va_list args)
{
    char *s = talloc_vasprintf(ctx, fmt, args);
    if (s == NULL)
        out_of_memory();
    return s;
}

char *mem_printf(const void *ctx, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *s = mem_vprintf(ctx, fmt, args);
    va_end(args);
    return s;
}

void *mem_scratch(void)
{
    void *ctx = talloc_new(NULL);
    if (ctx == NULL)
        out_of_memory();
    return ctx;
}

void mem_scratch_end(void *scratch)
{
    void **ctx = scratch;
    talloc_free(*ctx);
    *ctx = NULL;
}
