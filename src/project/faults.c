/* project/faults.c: see faults.h. */
#include "project/faults.h"

#include <stdlib.h>

enum { TOLD_MAX = 100 };

long text_column(const char *line, const char *at)
{
    long column = 1;
    for (const char *p = line; p < at; p++)
        column += ((unsigned char)*p & 0xC0) != 0x80;
    return column;
}

Fault *faults_add(Faults *f, View source, long line, const char *at, const char *fmt, ...)
{
    f->spare = (Fault){0};
    if (++f->count > TOLD_MAX)
        return &f->spare;
    va_list args;
    va_start(args, fmt);
    char *message = mem_vprintf(f->ctx, fmt, args);
    va_end(args);
    list_push(f->ctx, &f->kept,
              (Fault){.line = line,
                      .column = at == NULL ? 1 : text_column(source.p, at),
                      .message = message,
                      .source = source});
    return &f->kept.v[f->kept.n - 1];
}

bool faults_full(Faults *f)
{
    bool full = f->count >= TOLD_MAX;
    f->count += full;
    return full;
}

static int by_place(const void *a, const void *b)
{
    const Fault *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

bool faults_tell(Faults *f, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (f->kept.n > 0)
        qsort(f->kept.v, f->kept.n, sizeof f->kept.v[0], by_place);
    for (size_t i = 0; i < f->kept.n; i++) {
        const Fault *fault = &f->kept.v[i];
        error_set(err, ERR_CONFIG, "%s", fault->message);
        error_code(err, fault->code != NULL ? fault->code : f->code);
        error_place(err, f->path, fault->line, fault->column,
                    fault->source.len > 0 ? utf8_repaired(scratch, fault->source) : NULL);
        if (fault->detail != NULL)
            error_detail(err, "%s", fault->detail);
        if (fault->hint != NULL)
            error_hint(err, "%s", fault->hint);
    }
    if (f->count > f->kept.n) {
        error_set(err, ERR_CONFIG, "and %zu more errors", f->count - f->kept.n);
        error_place(err, f->path, 0, 0, NULL);
    }
    return f->count == 0;
}
