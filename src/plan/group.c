/* plan/group.c: where transactions begin and end, and which extensions are to be made; see plan.h. */
#include "plan/plan.h"

#include <string.h>

/* Part of the server's lock table that one transaction may fill: other sessions need some too. */
enum { LOCK_SHARE_PERCENT = 60 };

/* A step that cannot run inside a transaction says why. */
static const char *autocommit_reason(const void *ctx, const Step *s, TxMode tx)
{
    if (s->kind == STEP_EXTENSION || s->script == NULL)
        return NULL;
    if (tx == TX_NONE)
        return "--tx=none";
    if (s->summary.no_transaction && text_starts(s->summary.why, "--"))
        return mem_printf(ctx, "its script says %s", s->summary.why);
    if (s->summary.no_transaction)
        return mem_printf(ctx, "%s cannot run inside a transaction", s->summary.why);
    if (s->summary.enum_value_used)
        return "it uses an enum value that it adds, which must be committed first";
    return NULL;
}

static const Module *module_of(const Step *s)
{
    return s->change != NULL ? s->change->module : NULL;
}

/* Why `s` cannot join the transaction that ends with `last`; NULL when it can. */
static const char *boundary_reason(const Step *last, const Step *s, long locks, const PlanOptions *o)
{
    if (last->summary.adds_enum_value)
        return "the change before it adds an enum value, which must be committed before it is used";
    if (o->tx == TX_CHANGE)
        return "--tx=change";
    if (o->tx == TX_MODULE && module_of(last) != module_of(s) && module_of(last) != NULL)
        return "--tx=module";
    if (o->tx == TX_TAG && last->change != NULL && last->change->tags.n > 0)
        return "--tx=tag";
    if (locks + s->summary.locks > o->history->lock_slots * LOCK_SHARE_PERCENT / 100 && locks > 0)
        return "one transaction would overflow the server's lock table (max_locks_per_transaction)";
    return NULL;
}

static bool refuse_split(const Plan *plan, const PlanOptions *o, Error *err)
{
    if (!o->single_transaction || (plan->groups.n <= 1 && (plan->groups.n == 0 || plan->groups.v[0].transaction)))
        return true;
    SCRATCH void *scratch = mem_scratch();
    const Group *g = &plan->groups.v[plan->groups.n > 1 ? 1 : 0];
    const Step *s = &plan->steps.v[g->first];
    char *name = plan_step_name(scratch, s);
    error_set(err, ERR_CONFIG, "--single-transaction is not possible: %s", g->why != NULL ? g->why : "it is too large");
    error_detail(err, "at %s", name);
    if (s->summary.why_place.file != NULL)
        error_place(err, s->summary.why_place.file, s->summary.why_place.line, s->summary.why_place.column, NULL);
    error_hint(err, "deploy without --single-transaction; --dry-run shows where the run is committed");
    return false;
}

bool plan_group(Plan *plan, const PlanOptions *o, Error *err)
{
    long locks = 0;
    plan->groups = (GroupList){0};
    for (size_t i = 0; i < plan->steps.n; i++) {
        const Step *s = &plan->steps.v[i];
        Group *open = plan->groups.n > 0 ? &plan->groups.v[plan->groups.n - 1] : NULL;
        const char *why = autocommit_reason(plan, s, o->tx);
        if (why != NULL) {
            list_push(plan, &plan->groups, (Group){.first = i, .count = 1, .why = why});
            continue;
        }
        if (open != NULL)
            why = open->transaction ? boundary_reason(&plan->steps.v[i - 1], s, locks, o) : "a new transaction follows";
        if (open == NULL || why != NULL) {
            list_push(plan, &plan->groups, (Group){.transaction = true, .first = i, .why = why});
            open = &plan->groups.v[plan->groups.n - 1];
            locks = 0;
        }
        open->count++;
        locks += s->summary.locks;
    }
    return refuse_split(plan, o, err);
}

/* What the server says of the extensions of the plan: available, installed. */
static PGresult *ask_extensions(const void *ctx, const Plan *plan, PgConn *conn, Error *err)
{
    TextList names = {0};
    for (size_t i = 0; i < plan->steps.n; i++)
        if (plan->steps.v[i].kind == STEP_EXTENSION)
            list_push(ctx, &names, plan->steps.v[i].extension);
    const char *params[] = {history_array(ctx, &names)};
    return pg_query(ctx, conn,
                    "SELECT w.name, a.name IS NOT NULL, e.extname IS NOT NULL"
                    "  FROM pg_catalog.unnest($1::text[]) w (name)"
                    "  LEFT JOIN pg_catalog.pg_available_extensions a ON a.name = w.name"
                    "  LEFT JOIN pg_catalog.pg_extension e ON e.extname = w.name",
                    1, params, err);
}

static const OrderItem *order_item(const OrderList *order, const char *extension)
{
    for (size_t i = 0; i < order->n; i++)
        if (order->v[i].module == NULL && strcmp(order->v[i].extension, extension) == 0)
            return &order->v[i];
    return NULL;
}

static void refuse_extension(const char *name, const OrderList *order, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const OrderItem *item = order_item(order, name);
    Str chains = str_new(scratch);
    for (size_t i = 0; item != NULL && i < item->required_by.n; i++)
        str_addf(&chains, "%s%s → %s", i > 0 ? "\n    " : "", item->required_by.v[i], name);
    error_set(err, ERR_CONFIG, "extension %s is not available on this server, and no module of the workspace has that name",
              name);
    error_code(err, "MODULE_NOT_FOUND");
    if (chains.len > 0)
        error_detail(err, "required by %s", chains.text);
}

static const char *nearest_module(const Workspace *ws, const char *name)
{
    SCRATCH void *scratch = mem_scratch();
    TextList names = {0};
    for (size_t i = 0; i < ws->modules.n; i++)
        list_push(scratch, &names, ws->modules.v[i]->name);
    return text_nearest(name, names.v, names.n);
}

static bool result_says(const PGresult *r, const char *name, int column)
{
    for (int i = 0; i < PQntuples(r); i++)
        if (strcmp(PQgetvalue(r, i, 0), name) == 0)
            return PQgetvalue(r, i, column)[0] == 't';
    return false;
}

bool plan_extensions(Plan *plan, PgConn *conn, const Workspace *ws, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    size_t wanted = 0, kept = 0;
    for (size_t i = 0; i < plan->steps.n; i++)
        wanted += plan->steps.v[i].kind == STEP_EXTENSION;
    PGresult *r = wanted == 0 ? NULL : ask_extensions(scratch, plan, conn, err);
    if (wanted == 0 || r == NULL)
        return wanted == 0;
    for (size_t i = 0; i < plan->steps.n; i++) {
        Step s = plan->steps.v[i];
        bool extension = s.kind == STEP_EXTENSION;
        if (extension && !result_says(r, s.extension, 1)) {
            const char *near = nearest_module(ws, s.extension);
            refuse_extension(s.extension, &plan->order, err);
            error_hint(err, "%s%s%sinstall the extension's package on the server", near != NULL ? "did you mean the module " : "",
                       near != NULL ? near : "", near != NULL ? "? Else " : "");
        } else if (!extension || !result_says(r, s.extension, 2)) {
            plan->steps.v[kept++] = s;
        }
    }
    plan->steps.n = kept;
    return !error_is_set(err);
}
