/* deploy/verify.c: see verify.h.
 *
 * At first all scripts are hoped to pass: they run one behind the other, with a return to the savepoint only behind those
 * that do more than read, for each return costs the server a walk over all that the transaction has made so far. When one
 * fails, all run again, each as a segment of the pipeline between two sync points: the server skips the rest of a failing
 * segment, and the next begins with a return to the savepoint, which a failed transaction allows. So run those that are
 * expected to fail from the start. Either way a thousand scripts cost no round trip each. */
#include "deploy/verify.h"

#include "deploy/script_run.h"

#include <string.h>

const VerifyClassInfo verify_classes[] = {
    [VERIFY_OK] = {"ok", false, false, "the script ran without error"},
    [VERIFY_FAILED] = {"failed", true, true, "the script raised an error"},
    [VERIFY_TIMEOUT] = {"timeout", true, true, "the script ran out of time"},
    [VERIFY_CHANGED] = {"changed", false, true, "the deploy script is not the one that was deployed"},
    [VERIFY_OUT_OF_ORDER] = {"out-of-order", true, true, "deployed before something that it requires"},
    [VERIFY_NOT_DEPLOYED] = {"not-deployed", true, true, "planned before a deployed change, but not deployed"},
    [VERIFY_NOT_PLANNED] = {"not-planned", true, true, "deployed, but not in the plan"},
    [VERIFY_MISSING_EXTENSION] = {"missing-extension", true, true, "the database does not have this extension"},
    [VERIFY_MISSING_SCRIPT] = {"missing-script", false, true, "there is no verify script"},
    [VERIFY_EMPTY] = {"empty", false, false, "the script holds no statement: it proves nothing"},
};

enum { HINTS_MAX = 20 };

static const char RETURN_SQL[] = "ROLLBACK TO SAVEPOINT pgwright_verify";

/* One script on its way. */
typedef struct Segment {
    ScriptRun run;
    bool failed;
} Segment;

static bool queue_segment(Segment *s, Error *err)
{
    return pg_queue_sql(s->run.conn, RETURN_SQL, err) && script_queue(&s->run, err) && pg_sync(s->run.conn, err);
}

/* Without a sync point: a failure skips everything behind it. */
static bool queue_hopeful(Segment *s, Error *err)
{
    return script_queue(&s->run, err) && (!s->run.writes || pg_queue_sql(s->run.conn, RETURN_SQL, err));
}

static bool begin(PgConn *conn, bool in_transaction, Error *err)
{
    return (in_transaction || (pg_sync(conn, err) && pg_queue_sql(conn, "BEGIN", err))) &&
           pg_queue_sql(conn, "SAVEPOINT pgwright_verify", err) && pg_sync(conn, err);
}

static bool end(PgConn *conn, bool in_transaction, Error *err)
{
    return pg_queue_sql(conn, RETURN_SQL, err) &&
           pg_queue_sql(conn, in_transaction ? "RELEASE SAVEPOINT pgwright_verify" : "ROLLBACK", err) &&
           pg_wait(conn, err);
}

static void classify(VerifyResult *r, const Segment *s)
{
    r->empty = s->run.statements == 0;
    if (s->failed)
        r->class = r->failure.class == ERR_TIMEOUT ? VERIFY_TIMEOUT : VERIFY_FAILED;
    else if (r->empty)
        r->class = VERIFY_EMPTY;
}

static bool is_to_run(const VerifyResult *r)
{
    return r->class == VERIFY_OK || r->class == VERIFY_CHANGED;
}

static void prepare(Segment *s, const VerifyRun *run, VerifyResult *r, size_t *hints)
{
    *s = (Segment){.run = {.conn = run->conn,
                           .ws = run->ws,
                           .variables = run->variables,
                           .change = r->change,
                           .path = r->change->verify,
                           .phase = PHASE_VERIFY,
                           .failed = &s->failed,
                           .failure = run->to_fail ? NULL : &r->failure,
                           .hints = hints}};
}

/* All scripts, in one of the two ways. */
static bool run_all(Segment *segments, const VerifyRun *run, VerifyList *results, bool hopeful, Error *err)
{
    bool ok = true;
    size_t hints = HINTS_MAX;
    for (size_t i = 0; ok && i < results->n; i++) {
        if (!is_to_run(&results->v[i]))
            continue;
        error_clear(&results->v[i].failure);
        prepare(&segments[i], run, &results->v[i], &hints);
        ok = hopeful ? queue_hopeful(&segments[i], err) : queue_segment(&segments[i], err);
    }
    return ok && pg_wait(run->conn, err);
}

static bool any_failed(const Segment *segments, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (segments[i].failed)
            return true;
    return false;
}

bool verify_scripts(const VerifyRun *run, VerifyList *results, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Segment *segments = mem_array(scratch, Segment, results->n + 1);
    bool ok = begin(run->conn, run->in_transaction, err) && run_all(segments, run, results, !run->to_fail, err);
    if (ok && !run->to_fail && any_failed(segments, results->n))
        ok = run_all(segments, run, results, false, err);
    ok = ok && end(run->conn, run->in_transaction, err);
    for (size_t i = 0; i < results->n; i++)
        if (segments[i].run.conn != NULL)
            classify(&results->v[i], &segments[i]);
    if (!ok)
        pg_recover(run->conn);
    return ok;
}

static bool in_modules(const ModuleList *modules, const char *project)
{
    for (size_t i = 0; i < modules->n; i++)
        if (strcmp(modules->v[i]->name, project) == 0)
            return true;
    return false;
}

static bool in_range(const Change *c, const Change *from, const Change *to)
{
    return (from == NULL || from->module != c->module || c->index >= from->index) &&
           (to == NULL || to->module != c->module || c->index <= to->index);
}

static bool deployed_before_requirement(const History *h, const Deployed *d)
{
    for (size_t i = 0; i < d->requires.n; i++) {
        const Deployed *required = map_get(h->by_key, d->requires.v[i]);
        if (required != NULL && required->position > d->position)
            return true;
    }
    return false;
}

static VerifyClass first_class(const History *h, const Deployed *d, const Map *changed)
{
    if (deployed_before_requirement(h, d))
        return VERIFY_OUT_OF_ORDER;
    if (!d->change->has_verify)
        return VERIFY_MISSING_SCRIPT;
    return map_has(changed, d->key) ? VERIFY_CHANGED : VERIFY_OK;
}

/* Position of the last deployed change of a module's plan; of its last change when none is, for then all of it is missing. */
static long last_deployed(const History *h, const Module *m)
{
    for (size_t i = m->changes.n; i-- > 0;)
        if (history_find(h, m->changes.v[i]) != NULL)
            return (long)i;
    return (long)m->changes.n - 1;
}

static void collect_module(const void *ctx, const History *h, const Module *m, const Map *changed, const Change *from,
                           const Change *to, VerifyList *out)
{
    long last = to != NULL && to->module == m ? (long)to->index : last_deployed(h, m);
    for (size_t i = 0; i < m->changes.n; i++) {
        Change *c = m->changes.v[i];
        const Deployed *d = history_find(h, c);
        if (!in_range(c, from, to) || (d == NULL && (long)i > last))
            continue;
        list_push(ctx, out,
                  (VerifyResult){.project = m->name,
                                 .name = c->instance,
                                 .change = c,
                                 .class = d == NULL ? VERIFY_NOT_DEPLOYED : first_class(h, d, changed)});
    }
}

/* A reworked change: what its earlier instance made is no more as that instance's script expects it. */
static bool is_superseded(const Change *c)
{
    return strcmp(c->name, c->instance) != 0;
}

void verify_collect(const void *ctx, History *h, const ModuleList *modules, const Change *from, const Change *to,
                    VerifyList *out)
{
    SCRATCH void *scratch = mem_scratch();
    ChangedList changed = {0};
    plan_changed(scratch, h, modules, &changed);
    Map *changed_keys = map_new(scratch);
    for (size_t i = 0; i < changed.n; i++)
        map_set(changed_keys, changed.v[i].deployed->key, changed.v[i].deployed);
    for (size_t m = 0; m < modules->n; m++)
        collect_module(ctx, h, modules->v[m], changed_keys, from, to, out);
    for (size_t i = 0; i < h->deployed.n; i++) {
        const Deployed *d = h->deployed.v[i];
        if (d->change == NULL && in_modules(modules, d->project))
            list_push(ctx, out, (VerifyResult){.project = d->project, .name = d->name, .class = VERIFY_NOT_PLANNED});
    }
    size_t kept = 0;
    for (size_t i = 0; i < out->n; i++)
        if (out->v[i].change == NULL || !is_superseded(out->v[i].change) || out->v[i].class == VERIFY_NOT_DEPLOYED)
            out->v[kept++] = out->v[i];
    out->n = kept;
}

static bool is_installed(const PGresult *extensions, const char *name)
{
    for (int i = 0; i < PQntuples(extensions); i++)
        if (strcmp(PQgetvalue(extensions, i, 0), name) == 0)
            return true;
    return false;
}

/* The module at the end of the chain "a → b". */
static const char *last_of_chain(const char *chain)
{
    static const char arrow[] = " → ";
    for (const char *at; (at = strstr(chain, arrow)) != NULL;)
        chain = at + sizeof arrow - 1;
    return chain;
}

bool verify_extensions(const void *ctx, PgConn *conn, const OrderList *order, VerifyList *out, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PGresult *installed = pg_query(scratch, conn, "SELECT extname FROM pg_catalog.pg_extension", 0, NULL, err);
    for (size_t i = 0; installed != NULL && i < order->n; i++) {
        const OrderItem *item = &order->v[i];
        if (item->module == NULL && !is_installed(installed, item->extension))
            list_push(ctx, out, (VerifyResult){.project = last_of_chain(item->required_by.v[0]), .name = item->extension,
                                               .class = VERIFY_MISSING_EXTENSION});
    }
    return installed != NULL;
}
