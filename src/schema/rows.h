/* schema/rows.h: the answer of a query as plain data that can be kept in a file.
 *
 * Most rows say little of their own: the columns of ten thousand tables are of a few dozen sorts. So of what rows have behind their
 * first columns each sort is kept once. */
#ifndef SCHEMA_ROWS_H
#define SCHEMA_ROWS_H

#include "base/error.h"
#include "base/list.h"

#include <libpq-fe.h>
#include <stdint.h>
#include <stdio.h>

typedef struct Rows {
    size_t n, columns;
    size_t own;         /* columns that each row has for itself, its head; the others are its tail */
    const char **heads; /* n * own; NULL is null */
    const char **tails; /* tails_n * (columns - own) */
    size_t tails_n;
    uint32_t *tail_of;  /* n */
} Rows;
typedef LIST(Rows) RowsList;

/* Rows in the making. */
typedef struct RowsMaker RowsMaker;

RowsMaker *rows_begin(const void *ctx, size_t columns, size_t own);

/* Adds a copy of a row's cells. */
void rows_add(RowsMaker *maker, const char *const *cells);

/* What was added, owned by the `ctx` of the beginning; the maker goes. */
Rows rows_end(RowsMaker *maker);

/* A copy, owned by `ctx`; with fewer columns than `own` all are. */
Rows rows_of_result(const void *ctx, const PGresult *result, size_t own);

static inline const char *const *rows_tail(const Rows *rows, size_t row)
{
    return rows->tails + rows->tail_of[row] * (rows->columns - rows->own);
}

static inline const char *rows_cell(const Rows *rows, size_t row, size_t column)
{
    return column < rows->own ? rows->heads[row * rows->own + column] : rows_tail(rows, row)[column - rows->own];
}

/* Appends to a file; false when that failed. */
bool rows_write(FILE *file, const Rows *rows);

/* Reads what rows_write() wrote, from *at on, which moves behind it. Cells point into the text. False when it is cut off or
 * damaged. */
bool rows_read(const void *ctx, char **at, const char *end, Rows *rows);

#endif
