/* deploy/snapshot.c: see snapshot.h. */
#include "deploy/snapshot.h"

#include "deploy_sql.h"

#include <string.h>

bool snapshot_take(const void *ctx, const History *h, TextList *facts, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    TextList own = {0};
    list_push(scratch, &own, h->schema);
    list_push(scratch, &own, "pgwright");
    const char *params[] = {history_array(scratch, &own)};
    PGresult *r = pg_query(scratch, h->conn, deploy_snapshot_sql, 1, params, err);
    if (r == NULL)
        return error_wrap(err, "reading the catalog");
    for (int i = 0; i < PQntuples(r); i++)
        list_push(ctx, facts, mem_strdup(ctx, PQgetvalue(r, i, 0)));
    return true;
}

void snapshot_compare(const void *ctx, const TextList *before, const TextList *after, TextList *differences)
{
    for (size_t i = 0, k = 0; i < before->n || k < after->n;) {
        int order = i == before->n ? 1 : k == after->n ? -1 : strcmp(before->v[i], after->v[k]);
        if (order != 0)
            list_push(ctx, differences,
                      mem_printf(ctx, "%c %s", order < 0 ? '-' : '+', order < 0 ? before->v[i] : after->v[k]));
        i += order <= 0;
        k += order >= 0;
    }
}
