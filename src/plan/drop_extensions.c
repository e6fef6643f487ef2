/* plan/drop_extensions.c: extensions that a revert takes along; see plan.h.
 *
 * Only those that a run of ours made, says the audit log, and that no module with deployed changes still asks for. */
#include "plan/plan.h"

#include <string.h>

/* Native extensions that `modules` ask for, directly or through what they require. */
static bool natives_of(const void *ctx, Workspace *ws, const ModuleList *modules, Map *out, Error *err)
{
    OrderList order = {0};
    if (!workspace_order(ctx, ws, modules, &order, err))
        return false;
    for (size_t i = order.n; i-- > 0;) /* what was made last goes first */
        if (order.v[i].module == NULL)
            map_set(out, order.v[i].extension, out);
    return true;
}

/* Modules that keep deployed changes once the plan has run. */
static void modules_that_stay(const void *ctx, const Plan *plan, const History *h, const Workspace *ws, ModuleList *out)
{
    Map *gone = map_new(ctx), *seen = map_new(ctx);
    for (size_t i = 0; i < plan->steps.n; i++)
        map_set(gone, plan->steps.v[i].deployed->key, gone);
    for (size_t i = 0; i < h->deployed.n; i++) {
        const Deployed *d = h->deployed.v[i];
        Module *m = map_get(ws->by_name, d->project);
        if (m == NULL || map_has(gone, d->key) || map_has(seen, m->name))
            continue;
        map_set(seen, m->name, m);
        list_push(ctx, out, m);
    }
}

static PGresult *ask(const void *ctx, PgConn *conn, const Map *wanted, const Map *kept, Error *err)
{
    TextList names = {0};
    const void *cursor = NULL;
    const char *name;
    void *ignored;
    while (map_next(wanted, &cursor, &name, &ignored))
        if (!map_has(kept, name))
            list_push(ctx, &names, name);
    const char *params[] = {history_array(ctx, &names)};
    return pg_query(ctx, conn,
                    "SELECT w.name FROM pg_catalog.unnest($1::text[]) WITH ORDINALITY w (name, n)"
                    "  JOIN pg_catalog.pg_extension e ON e.extname = w.name"
                    " WHERE (SELECT v.detail FROM pgwright.events v WHERE v.kind = 'extension' AND v.change = w.name"
                    "         ORDER BY v.seq DESC LIMIT 1) = 'created'"
                    " ORDER BY w.n",
                    1, params, err);
}

bool plan_drop_extensions(Plan *plan, const History *h, Workspace *ws, const ModuleList *roots, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    ModuleList staying = {0};
    Map *wanted = map_new(scratch), *kept = map_new(scratch);
    modules_that_stay(scratch, plan, h, ws, &staying);
    if (!h->has_audit)
        return true;
    if (!natives_of(scratch, ws, roots, wanted, err) || !natives_of(scratch, ws, &staying, kept, err))
        return false;
    PGresult *r = ask(scratch, h->conn, wanted, kept, err);
    for (int i = 0; r != NULL && i < PQntuples(r); i++)
        list_push(plan, &plan->steps,
                  (Step){.kind = STEP_DROP_EXTENSION, .extension = mem_strdup(plan, PQgetvalue(r, i, 0))});
    return r != NULL || error_wrap(err, "looking for extensions that were made");
}
