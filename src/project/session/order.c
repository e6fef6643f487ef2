/* project/session/order.c: see order.h. */
#include "project/session/order.h"

#include <stdlib.h>
#include <string.h>

static void add_rows(const void *ctx, const FolderFile *file, OrderRowList *rows)
{
    OrderRow row = {.file = file, .sort_key = file->path};
    folder_generic_id(file->path, row.generic_id);
    size_t n = file->meta == NULL ? 0 : file->meta->sort_keys.n;
    if (n == 0)
        list_push(ctx, rows, row);
    for (size_t i = 0; i < n; i++) {
        row.sort_key = file->meta->sort_keys.v[i];
        list_push(ctx, rows, row);
    }
}

static int by_key(const void *a, const void *b)
{
    const OrderRow *x = a, *y = b;
    int order = strcmp(x->sort_key, y->sort_key);
    return order != 0 ? order : strcmp(x->file->path, y->file->path);
}

void order_rows(const void *ctx, const Folder *folder, bool sql_files_only, OrderRowList *rows)
{
    for (size_t i = 0; i < folder->files.n; i++) {
        const FolderFile *file = &folder->files.v[i];
        if (!file->is_test && (file->is_sql || !sql_files_only))
            add_rows(ctx, file, rows);
    }
    if (rows->n > 0)
        qsort(rows->v, rows->n, sizeof rows->v[0], by_key);
}
