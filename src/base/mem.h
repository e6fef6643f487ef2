/* base/mem.h: memory in arenas.
 *
 * Every object hangs under a talloc context and dies with it; a run of work allocates under a scratch context
 * that is freed where the block ends. Nothing is freed in the middle of logic.
 * Out of memory ends the process with a message (doc/decisions/0002-out-of-memory.md): these functions never
 * return NULL, so no caller checks.
 *
 * Facts about talloc: talloc(3), "talloc_guide". */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>
#include <talloc.h>

/* One zeroed object, or `n` zeroed objects, of a type, owned by `ctx`. */
#define mem_new(ctx, type) ((type *)mem_zeroed((ctx), sizeof(type), 1, #type))
#define mem_array(ctx, type, n) ((type *)mem_zeroed((ctx), sizeof(type), (n), #type))

/* `size` * `n` zeroed bytes owned by `ctx`; `name` is what talloc reports call it. */
void *mem_zeroed(const void *ctx, size_t size, size_t n, const char *name);

/* Resizes `ptr` (may be NULL) to `size` * `n` bytes; new bytes are not zeroed. Returns the new address. */
void *mem_resize(const void *ctx, void *ptr, size_t size, size_t n);

/* `n` bytes owned by `ctx`, however many: talloc itself gives 256 MiB at most. They cannot be resized, nor freed alone. */
char *mem_bytes(const void *ctx, size_t n);

/* Copies owned by `ctx`. mem_strdup(ctx, NULL) is NULL, so that optional texts copy as they are. */
char *mem_strdup(const void *ctx, const char *s);
char *mem_strndup(const void *ctx, const char *s, size_t len);
char *mem_printf(const void *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *mem_vprintf(const void *ctx, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));

/* A context for the work of one block:  SCRATCH void *scratch = mem_scratch();  */
void *mem_scratch(void);
void mem_scratch_end(void *scratch); /* `scratch` is the address of the variable */
#define SCRATCH __attribute__((cleanup(mem_scratch_end)))

#endif
