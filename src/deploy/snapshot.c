/* deploy/snapshot.c: see snapshot.h. */
#include "deploy/snapshot.h"

#include "deploy_sql.h"
#include "sql/quote.h"

#include <stdlib.h>
#include <string.h>

/* The query with the history's own schemas in it. Without parameters the server plans it once for the session, and to
 * plan it takes longer than to run it. */
static char *snapshot_sql(const void *ctx, const History *h)
{
    TextList own = {0};
    list_push(ctx, &own, h->schema);
    list_push(ctx, &own, "pgwright");
    const char *mark = strstr(deploy_snapshot_sql, "$1");
    for (const char *next; (next = strstr(mark + 1, "$1")) != NULL;)
        mark = next; /* the one behind the header comment */
    return mem_printf(ctx, "%.*s%s%s", (int)(mark - deploy_snapshot_sql), deploy_snapshot_sql,
                      sql_literal(ctx, history_array(ctx, &own)), mark + 2);
}

bool snapshot_take(const void *ctx, const History *h, TextList *facts, Error *err)
{
    static const char name[] = "pgwright_snapshot";
    SCRATCH void *scratch = mem_scratch();
    PGresult *r = NULL;
    *facts = (TextList){0};
    if (pg_prepare(h->conn, name, snapshot_sql(scratch, h), err))
        r = pg_query(scratch, h->conn, mem_printf(scratch, "EXECUTE %s", pg_prepared_name(h->conn, name)), 0, NULL, err);
    if (r == NULL)
        return error_wrap(err, "reading the catalog");
    for (int i = 0; i < PQntuples(r); i++)
        list_push(ctx, facts, mem_strdup(ctx, PQgetvalue(r, i, 0)));
    return true;
}

/* Which of two sorted lists holds the smaller line next: below 0 the first, above 0 the second, 0 both the same. */
static int next_of(const TextList *a, size_t i, const TextList *b, size_t k)
{
    return i == a->n ? 1 : k == b->n ? -1 : strcmp(a->v[i], b->v[k]);
}

void snapshot_compare(const void *ctx, const TextList *before, const TextList *after, TextList *differences)
{
    for (size_t i = 0, k = 0; i < before->n || k < after->n;) {
        int order = next_of(before, i, after, k);
        if (order != 0)
            list_push(ctx, differences,
                      mem_printf(ctx, "%c %s", order < 0 ? '-' : '+', order < 0 ? before->v[i] : after->v[k]));
        i += order <= 0;
        k += order >= 0;
    }
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool snapshot_has(const TextList *facts, const char *line)
{
    return facts->n > 0 && bsearch(&line, facts->v, facts->n, sizeof *facts->v, compare_lines) != NULL;
}

void snapshot_advance(const void *ctx, const TextList *base, const TextList *before, const TextList *after,
                      TextList *advanced)
{
    for (size_t i = 0; i < base->n; i++)
        if (!snapshot_has(before, base->v[i]) || snapshot_has(after, base->v[i]))
            list_push(ctx, advanced, base->v[i]);
    for (size_t i = 0; i < after->n; i++)
        if (!snapshot_has(before, after->v[i]))
            list_push(ctx, advanced, after->v[i]);
    if (advanced->n > 0)
        qsort(advanced->v, advanced->n, sizeof *advanced->v, compare_lines);
}
