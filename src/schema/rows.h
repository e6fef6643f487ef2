/* schema/rows.h: the answer of a query as plain data that can be kept in a file. */
#ifndef SCHEMA_ROWS_H
#define SCHEMA_ROWS_H

#include "base/error.h"
#include "base/list.h"

#include <libpq-fe.h>
#include <stdio.h>

typedef struct Rows {
    size_t n, columns;
    const char **cells; /* n * columns; NULL is null */
} Rows;
typedef LIST(Rows) RowsList;

/* A copy, owned by `ctx`. */
Rows rows_of_result(const void *ctx, const PGresult *result);

static inline const char *rows_cell(const Rows *rows, size_t row, size_t column)
{
    return rows->cells[row * rows->columns + column];
}

/* Appends to a file; false when that failed. */
bool rows_write(FILE *file, const Rows *rows);

/* Reads what rows_write() wrote, from *at on, which moves behind it. Cells point into the text. False when it is cut off or
 * damaged. */
bool rows_read(const void *ctx, char **at, const char *end, Rows *rows);

#endif
