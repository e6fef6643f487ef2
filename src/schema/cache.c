/* schema/cache.c: see cache.h. */
#include "schema/cache.h"

#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CACHE_HEAD "pgwright model " PGWRIGHT_VERSION " 7\n"

enum { CACHE_MAX_BYTES = 1 << 30 };

/* Who read it and what, as one more set of rows. */
static Rows description(const void *ctx, const Model *m)
{
    size_t columns = 2 + m->schemas.n;
    const char **cells = mem_array(ctx, const char *, columns);
    cells[0] = mem_printf(ctx, "%d", m->version);
    cells[1] = m->user;
    for (size_t i = 0; i < m->schemas.n; i++)
        cells[2 + i] = m->schemas.v[i];
    RowsMaker *maker = rows_begin(ctx, columns, columns);
    rows_add(maker, cells);
    return rows_end(maker);
}

static bool write_all(FILE *file, const Model *m)
{
    SCRATCH void *scratch = mem_scratch();
    Rows about = description(scratch, m);
    bool ok = fputs(CACHE_HEAD, file) >= 0 && rows_write(file, &about);
    for (size_t i = 0; i < m->rows.n; i++)
        ok = ok && rows_write(file, &m->rows.v[i]);
    return ok;
}

bool model_save(const Model *m, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *beside = mem_printf(scratch, "%s.%ld", path, (long)getpid());
    if (!dir_make(path_dir(scratch, path), err))
        return false;
    FILE *file = fopen(beside, "wbe");
    if (file == NULL)
        return error_set(err, ERR_FAILED, "%s cannot be written: %s", beside, strerror(errno));
    bool ok = write_all(file, m);
    ok = fclose(file) == 0 && ok;
    if (ok && rename(beside, path) == 0)
        return true;
    int why = errno;
    unlink(beside);
    return error_set(err, ERR_FAILED, "%s cannot be written: %s", path, strerror(why));
}

/* Do the columns fit the kinds that this program knows? */
static bool fits(const RowsList *rows)
{
    if (rows->n != kinds_count + MODEL_EXTRA_ROWS)
        return false;
    for (size_t i = 0; i < kinds_count; i++)
        if (rows->v[i].own != KIND_COLUMNS || rows->v[i].columns != KIND_COLUMNS + kinds[i].attributes_count)
            return false;
    return true;
}

Model *model_restore(const void *ctx, const char *path)
{
    Error ignored = {0};
    size_t len, head = strlen(CACHE_HEAD);
    void *owner = mem_new(ctx, char);
    char *text = file_exists(path) ? file_read(owner, path, CACHE_MAX_BYTES, &len, &ignored) : NULL;
    error_clear(&ignored);
    Rows about;
    RowsList rows = {0};
    TextList schemas = {0};
    if (text == NULL || len < head || memcmp(text, CACHE_HEAD, head) != 0)
        return NULL;
    char *at = text + head;
    if (!rows_read(owner, &at, text + len, &about) || about.n != 1 || about.own < 2)
        return NULL;
    while (at < text + len) {
        Rows set;
        if (!rows_read(owner, &at, text + len, &set))
            return NULL;
        list_push(owner, &rows, set);
    }
    if (!fits(&rows))
        return NULL;
    for (size_t i = 2; i < about.columns; i++)
        list_push(owner, &schemas, about.heads[i]);
    Model *m = model_new(ctx, &rows, &schemas, (int)strtol(about.heads[0], NULL, 10), about.heads[1]);
    talloc_steal(m, owner);
    return m;
}
