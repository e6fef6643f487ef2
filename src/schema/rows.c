/* schema/rows.c: see rows.h. In a file a set is two numbers, and each cell its length, a colon, and its bytes with a NUL; "-" is
 * null. */
#include "schema/rows.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t text_size(const PGresult *result, int rows, int columns)
{
    size_t size = 0;
    for (int i = 0; i < rows; i++)
        for (int k = 0; k < columns; k++)
            size += (size_t)PQgetlength(result, i, k) + 1;
    return size;
}

Rows rows_of_result(const void *ctx, const PGresult *result)
{
    int n = PQntuples(result), columns = PQnfields(result);
    Rows rows = {.n = (size_t)n, .columns = (size_t)columns};
    rows.cells = mem_array(ctx, const char *, rows.n * rows.columns + 1);
    char *text = mem_array(ctx, char, text_size(result, n, columns) + 1);
    const char **cell = rows.cells;
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < columns; k++, cell++) {
            if (PQgetisnull(result, i, k))
                continue;
            size_t len = (size_t)PQgetlength(result, i, k) + 1;
            memcpy(text, PQgetvalue(result, i, k), len);
            *cell = text;
            text += len;
        }
    }
    return rows;
}

bool rows_write(FILE *file, const Rows *rows)
{
    fprintf(file, "%zu %zu\n", rows->n, rows->columns);
    for (size_t i = 0; i < rows->n * rows->columns; i++) {
        const char *cell = rows->cells[i];
        if (cell == NULL) {
            fputc('-', file);
        } else {
            size_t len = strlen(cell);
            fprintf(file, "%zu:", len);
            fwrite(cell, 1, len + 1, file);
        }
    }
    return ferror(file) == 0;
}

static bool read_number(char **at, const char *end, char stop, size_t *number)
{
    *number = 0;
    while (*at < end && **at >= '0' && **at <= '9' && *number < SIZE_MAX / 20)
        *number = *number * 10 + (size_t)(*(*at)++ - '0');
    return *at < end && *(*at)++ == stop;
}

static bool read_cell(char **at, const char *end, const char **cell)
{
    *cell = NULL;
    if (*at < end && **at == '-') {
        (*at)++;
        return true;
    }
    size_t len;
    if (!read_number(at, end, ':', &len) || len >= (size_t)(end - *at) || (*at)[len] != '\0')
        return false;
    *cell = *at;
    *at += len + 1;
    return true;
}

bool rows_read(const void *ctx, char **at, const char *end, Rows *rows)
{
    if (!read_number(at, end, ' ', &rows->n) || !read_number(at, end, '\n', &rows->columns))
        return false;
    size_t left = (size_t)(end - *at);
    if (rows->columns == 0 || rows->n > left / rows->columns + 1)
        return false;
    rows->cells = mem_array(ctx, const char *, rows->n * rows->columns + 1);
    for (size_t i = 0; i < rows->n * rows->columns; i++)
        if (!read_cell(at, end, &rows->cells[i]))
            return false;
    return true;
}
