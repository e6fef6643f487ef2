/* schema/rows.c: see rows.h. In a file a set is four numbers, its tails, and its rows, each a head and its tail's number. A cell is
 * its length, a colon, and its bytes with a NUL; "-" is null, "^" the same as in the row above, "<" the same as to its left. */
#include "schema/rows.h"

#include "base/pool.h"

#include <stdlib.h>
#include <string.h>

/* ---- making them ---- */

struct RowsMaker {
    const void *ctx;
    Pool texts;
    size_t columns, own;
    LIST(const char *) heads, tails;
    LIST(uint32_t) tail_of;
    uint32_t tails_n;
    uint32_t *table; /* of tails, with open addressing: a tail's number + 1; 0 is free */
    size_t size;     /* a power of two */
};

RowsMaker *rows_begin(const void *ctx, size_t columns, size_t own)
{
    RowsMaker *m = mem_new(ctx, RowsMaker);
    *m = (RowsMaker){.ctx = ctx, .texts = {.owner = ctx}, .columns = columns, .own = own, .size = 64};
    m->table = mem_array(m, uint32_t, m->size);
    return m;
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const char *keep_text(RowsMaker *m, const char *text)
{
    return text == NULL ? NULL : pool_text(&m->texts, view_of(text));
}

/* Rows come in order, so what a head says was often said before: an id is the name, a part's parent is that of the part above. */
static void add_head(RowsMaker *m, const char *const *cells)
{
    size_t first = m->heads.n;
    for (size_t i = 0; i < m->own; i++) {
        const char *above = first == 0 ? NULL : m->heads.v[first - m->own + i], *left = i == 0 ? NULL : m->heads.v[first + i - 1];
        const char *text = same_text(cells[i], above) ? above : same_text(cells[i], left) ? left : keep_text(m, cells[i]);
        list_push(m->ctx, &m->heads, text);
    }
}

/* FNV-1a over all cells; nulls and ends of texts count. */
static size_t hash_of(const char *const *cells, size_t n)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < n; i++) {
        for (const char *p = cells[i]; p != NULL && *p != '\0'; p++)
            hash = (hash ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
        hash = (hash ^ (cells[i] == NULL ? 0x100 : 0x200)) * UINT64_C(0x100000001b3);
    }
    return (size_t)(hash ^ hash >> 32);
}

static bool same_tail(const char *const *a, const char *const *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!same_text(a[i], b[i]))
            return false;
    return true;
}

/* Where the number of such a tail stands, or would. */
static uint32_t *slot_of(const RowsMaker *m, const char *const *cells)
{
    size_t n = m->columns - m->own;
    for (size_t i = hash_of(cells, n);; i++) {
        uint32_t *slot = &m->table[i & (m->size - 1)];
        if (*slot == 0 || same_tail(m->tails.v + (*slot - 1) * n, cells, n))
            return slot;
    }
}

static void grow(RowsMaker *m)
{
    m->size *= 2;
    talloc_free(m->table);
    m->table = mem_array(m, uint32_t, m->size);
    for (uint32_t i = 0; i < m->tails_n; i++)
        *slot_of(m, m->tails.v + i * (m->columns - m->own)) = i + 1;
}

void rows_add(RowsMaker *m, const char *const *cells)
{
    add_head(m, cells);
    uint32_t *slot = slot_of(m, cells + m->own);
    if (*slot == 0) {
        for (size_t i = m->own; i < m->columns; i++)
            list_push(m->ctx, &m->tails, keep_text(m, cells[i]));
        *slot = ++m->tails_n;
    }
    list_push(m->ctx, &m->tail_of, *slot - 1);
    if (m->tails_n > m->size / 4 * 3)
        grow(m);
}

/* Lists grow by more than they need. */
static void *trim(const void *ctx, void *list, size_t size, size_t n)
{
    return n == 0 ? NULL : mem_resize(ctx, list, size, n);
}

Rows rows_end(RowsMaker *m)
{
    Rows rows = {.n = m->tail_of.n, .columns = m->columns, .own = m->own, .tails_n = m->tails_n};
    rows.heads = trim(m->ctx, m->heads.v, sizeof *rows.heads, m->heads.n);
    rows.tails = trim(m->ctx, m->tails.v, sizeof *rows.tails, m->tails.n);
    rows.tail_of = trim(m->ctx, m->tail_of.v, sizeof *rows.tail_of, m->tail_of.n);
    talloc_free(m);
    return rows;
}

Rows rows_of_result(const void *ctx, const PGresult *result, size_t own)
{
    SCRATCH void *scratch = mem_scratch();
    int n = PQntuples(result), columns = PQnfields(result);
    const char **cells = mem_array(scratch, const char *, (size_t)columns + 1);
    RowsMaker *maker = rows_begin(ctx, (size_t)columns, own < (size_t)columns ? own : (size_t)columns);
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < columns; k++)
            cells[k] = PQgetisnull(result, i, k) ? NULL : PQgetvalue(result, i, k);
        rows_add(maker, cells);
    }
    return rows_end(maker);
}

/* ---- files ---- */

static void write_cell(FILE *file, const char *cell)
{
    if (cell == NULL) {
        fputc('-', file);
        return;
    }
    size_t len = strlen(cell);
    fprintf(file, "%zu:", len);
    fwrite(cell, 1, len + 1, file);
}

bool rows_write(FILE *file, const Rows *rows)
{
    fprintf(file, "%zu %zu %zu %zu\n", rows->n, rows->columns, rows->own, rows->tails_n);
    for (size_t i = 0; i < rows->tails_n * (rows->columns - rows->own); i++)
        write_cell(file, rows->tails[i]);
    for (size_t row = 0; row < rows->n; row++) {
        const char *const *head = rows->heads + row * rows->own;
        for (size_t i = 0; i < rows->own; i++) {
            if (row > 0 && same_text(head[i], (head - rows->own)[i]))
                fputc('^', file);
            else if (i > 0 && same_text(head[i], head[i - 1]))
                fputc('<', file);
            else
                write_cell(file, head[i]);
        }
        fprintf(file, "%u\n", rows->tail_of[row]);
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

static bool read_row(char **at, const char *end, Rows *rows, size_t row)
{
    const char **head = rows->heads + row * rows->own;
    for (size_t i = 0; i < rows->own; i++) {
        bool is_above = *at < end && **at == '^' && row > 0, is_left = *at < end && **at == '<' && i > 0;
        if (is_above || is_left) {
            head[i] = is_above ? (head - rows->own)[i] : head[i - 1];
            (*at)++;
        } else if (!read_cell(at, end, &head[i])) {
            return false;
        }
    }
    size_t tail;
    if (!read_number(at, end, '\n', &tail) || tail >= rows->tails_n)
        return false;
    rows->tail_of[row] = (uint32_t)tail;
    return true;
}

/* No file holds more cells than bytes. */
static bool read_size(char **at, const char *end, Rows *rows)
{
    if (!read_number(at, end, ' ', &rows->n) || !read_number(at, end, ' ', &rows->columns) || !read_number(at, end, ' ', &rows->own) ||
        !read_number(at, end, '\n', &rows->tails_n))
        return false;
    size_t left = (size_t)(end - *at), shared = rows->columns - rows->own;
    return rows->own > 0 && rows->own <= rows->columns && rows->n <= left / rows->own && rows->tails_n <= rows->n &&
           (shared == 0 || rows->tails_n <= left / shared);
}

bool rows_read(const void *ctx, char **at, const char *end, Rows *rows)
{
    if (!read_size(at, end, rows))
        return false;
    size_t tails = rows->tails_n * (rows->columns - rows->own);
    rows->heads = mem_array(ctx, const char *, rows->n * rows->own + 1);
    rows->tails = mem_array(ctx, const char *, tails + 1);
    rows->tail_of = mem_array(ctx, uint32_t, rows->n + 1);
    for (size_t i = 0; i < tails; i++)
        if (!read_cell(at, end, &rows->tails[i]))
            return false;
    for (size_t row = 0; row < rows->n; row++)
        if (!read_row(at, end, rows, row))
            return false;
    return true;
}
