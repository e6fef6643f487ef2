/* project/session/order.h: the plan of a session deployment: which file runs where, as its plan view lists it. */
#ifndef PROJECT_SESSION_ORDER_H
#define PROJECT_SESSION_ORDER_H

#include "project/session/folder.h"

/* A file at one of its sort keys; a file without keys has one row, whose key is its path. Its place is its index + 1. */
typedef struct OrderRow {
    const FolderFile *file;
    const char *sort_key;
    char generic_id[UUID_TEXT_MAX];
} OrderRow;
typedef LIST(OrderRow) OrderRowList;

/* The rows in byte order of sort keys, then of paths. Tests are not in it; files that are not SQL are, unless
 * `sql_files_only`. */
void order_rows(const void *ctx, const Folder *folder, bool sql_files_only, OrderRowList *rows);

#endif
