/* deploy/cycle.c: see cycle.h. */
#include "deploy/cycle.h"

#include "base/clock.h"
#include "deploy/packaged_proof.h"
#include "deploy/rehearsal.h"
#include "deploy/snapshot.h"
#include "deploy/testdb.h"
#include "deploy/verify.h"
#include "project/packaged.h"

#include <string.h>

/* A cycle under way. */
typedef struct Cycle {
    const void *ctx;    /* owner of all that outlives the session */
    const CycleOptions *o;
    CycleResult *result;
    Workspace *ws;      /* that is deployed from */
    PgConn *admin;
    History *h;
    Module *module;     /* the one that is tested; NULL while a base is made */
    ModuleList roots;   /* it, or the modules of the base */
    ModuleList closure; /* and what they require */
    CycleBase base;
    TextList empty, before, after;
    Rehearsal rehearsal;
} Cycle;

static bool reload(Cycle *c, Error *err)
{
    if (!history_load(c->h, err))
        return false;
    history_match(c->h, c->ws);
    return true;
}

static PlanOptions options_for(const Cycle *c, const ModuleList *roots)
{
    return (PlanOptions){.ws = c->ws, .history = c->h, .roots = *roots, .recursive = true, .all = true,
                         .variables = c->o->variables};
}

static bool run_plan(Cycle *c, Plan *plan, const PlanOptions *o, Run **run, Error *err)
{
    RunOptions ro = {.ws = c->ws, .variables = c->o->variables, .command = c->o->command, .verify_remaining = true};
    *run = NULL;
    if (!plan_group(plan, o, err))
        return false;
    if (plan->steps.n == 0)
        return true;
    *run = deploy_run(c->h, plan, c->h, &ro, err);
    return *run != NULL && !error_is_set(err) && reload(c, err);
}

/* Which steps of a deploy belong to a stage. */
typedef enum Stage { STAGE_EXTENSIONS, STAGE_REQUIRED, STAGE_MODULE } Stage;

static bool in_stage(const Cycle *c, const Step *s, Stage stage)
{
    if (s->kind == STEP_EXTENSION)
        return stage == STAGE_EXTENSIONS;
    return (s->change->module == c->module) == (stage == STAGE_MODULE) && stage != STAGE_EXTENSIONS;
}

/* `ran` (may be NULL): was there anything to do? */
static bool deploy_stage(Cycle *c, Stage stage, bool *ran, Error *err)
{
    Run *run;
    PlanOptions o = options_for(c, &c->roots);
    Plan *plan = plan_deploy(c->h, &o, err);
    if (plan == NULL || !plan_extensions(plan, c->h->conn, c->ws, err))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < plan->steps.n; i++)
        if (in_stage(c, &plan->steps.v[i], stage))
            plan->steps.v[kept++] = plan->steps.v[i];
    plan->steps.n = kept;
    if (ran != NULL)
        *ran = kept > 0;
    return run_plan(c, plan, &o, &run, err);
}

static void find(Cycle *c, FindingKind kind, const char *change, const char *what)
{
    list_push(c->ctx, &c->result->findings,
              (Finding){.kind = kind,
                        .phase = c->result->phases.n - 1,
                        .change = mem_strdup(c->ctx, change),
                        .what = mem_strdup(c->ctx, what)});
}

/* Was this kind found before, of this change (NULL: of any)? */
static bool is_found(const Cycle *c, FindingKind kind, const char *change)
{
    for (size_t i = 0; i < c->result->findings.n; i++) {
        const Finding *f = &c->result->findings.v[i];
        if (f->kind == kind && (change == NULL || text_equal(f->change, change)))
            return true;
    }
    return false;
}

/* Differences become findings, but those that are known already. */
static void compare(Cycle *c, const TextList *wanted, const TextList *now, const TextList *known, FindingKind kind)
{
    SCRATCH void *scratch = mem_scratch();
    TextList differences = {0};
    snapshot_compare(scratch, wanted, now, &differences);
    for (size_t i = 0; i < differences.n; i++) {
        bool is_known = false;
        for (size_t k = 0; known != NULL && k < known->n; k++)
            is_known = is_known || strcmp(known->v[k], differences.v[i]) == 0;
        if (!is_known)
            find(c, kind, NULL, differences.v[i]);
    }
}

static bool revert_modules(Cycle *c, const ModuleList *modules, bool proofs, Error *err)
{
    Run *run;
    PlanOptions o = options_for(c, modules);
    o.verify = true;
    Plan *plan = plan_revert(c->h, &o, err);
    if (plan == NULL || !run_plan(c, plan, &o, &run, err))
        return false;
    for (size_t i = 0; run != NULL && proofs && i < run->unproven.n; i++)
        if (!is_found(c, FINDING_RESIDUE, run->unproven.v[i]) && !is_found(c, FINDING_UNPROVEN, run->unproven.v[i]))
            find(c, FINDING_UNPROVEN, run->unproven.v[i], NULL);
    return true;
}

/* Makes what the module requires, as far as the base has not got it. Snapshots are taken only where something
 * changed. */
static bool prepare(Cycle *c, Error *err)
{
    TextList facts = c->base.facts;
    bool ran = false;
    if (c->base.database == NULL && !snapshot_take(c->h, c->h, &facts, err))
        return false;
    TextList empty = c->base.database == NULL ? facts : c->base.empty;
    if (!deploy_stage(c, STAGE_EXTENSIONS, &ran, err) || (ran && !snapshot_take(c->h, c->h, &c->before, err)))
        return false;
    if (!ran)
        c->before = facts;
    snapshot_advance(c->h, &empty, &facts, &c->before, &c->empty);
    return deploy_stage(c, STAGE_REQUIRED, &ran, err) && (!ran || snapshot_take(c->h, c->h, &c->before, err));
}

static bool rehearse_module(Cycle *c, Error *err)
{
    RehearsalOptions o = {.ws = c->ws, .variables = c->o->variables, .module = c->module, .before = &c->before};
    if (!rehearse(c->h, c->h, &o, &c->rehearsal, err))
        return false;
    for (size_t i = 0; i < c->rehearsal.findings.n; i++)
        find(c, c->rehearsal.findings.v[i].kind, c->rehearsal.findings.v[i].change, c->rehearsal.findings.v[i].what);
    return true;
}

static bool deploy_first(Cycle *c, Error *err)
{
    return deploy_stage(c, STAGE_MODULE, NULL, err);
}

/* All of it, for the module may have broken what it requires. */
static bool verify_closure(Cycle *c, Error *err)
{
    VerifyList results = {0};
    verify_collect(c->h, c->h, &c->closure, NULL, NULL, &results);
    VerifyRun run = {.conn = c->h->conn, .ws = c->ws, .variables = c->o->variables};
    if (!verify_scripts(&run, &results, err))
        return false;
    for (size_t i = 0; i < results.n; i++) {
        VerifyResult *v = &results.v[i];
        if (error_is_set(&v->failure))
            error_append(err, &v->failure);
        else if (verify_classes[v->class].is_failure)
            error_set(err, ERR_VERIFY, "%s:%s: %s", v->project, v->name, verify_classes[v->class].meaning);
    }
    return !error_is_set(err) && snapshot_take(c->h, c->h, &c->after, err);
}

static bool revert_module(Cycle *c, Error *err)
{
    TextList now;
    if (!revert_modules(c, &c->roots, true, err) || !snapshot_take(c->h, c->h, &now, err))
        return false;
    compare(c, &c->before, &now, &c->rehearsal.residue, FINDING_RESIDUE);
    return true;
}

static bool is_packaged(const Cycle *c)
{
    SCRATCH void *scratch = mem_scratch();
    const char *path;
    return packaged_script(scratch, c->module, &path) != NULL;
}

static bool run_packaged(Cycle *c, Error *err)
{
    FindingList findings = {0};
    if (!packaged_prove(c->h, c->h, c->module, &c->after, &findings, err))
        return false;
    for (size_t i = 0; i < findings.n; i++)
        find(c, findings.v[i].kind, findings.v[i].change, findings.v[i].what);
    return true;
}

static bool deploy_second(Cycle *c, Error *err)
{
    TextList now;
    if (!deploy_stage(c, STAGE_MODULE, NULL, err) || !snapshot_take(c->h, c->h, &now, err))
        return false;
    compare(c, &c->after, &now, NULL, FINDING_NOT_REPEATABLE);
    return true;
}

/* What the module itself left behind was found before; here its requirements' turn has come. */
static bool revert_closure(Cycle *c, Error *err)
{
    TextList now;
    if (!revert_modules(c, &c->closure, false, err) || !snapshot_take(c->h, c->h, &now, err))
        return false;
    if (!is_found(c, FINDING_RESIDUE, NULL))
        compare(c, &c->empty, &now, NULL, FINDING_RESIDUE);
    return true;
}

static bool find_closure(Cycle *c, Error *err)
{
    OrderList order = {0};
    c->closure = (ModuleList){0};
    if (!workspace_order(c->ctx, c->ws, &c->roots, &order, err))
        return false;
    for (size_t i = 0; i < order.n; i++)
        if (order.v[i].module != NULL)
            list_push(c->ctx, &c->closure, order.v[i].module);
    return true;
}

/* Signs in to a database that was made, and reads its history. */
static bool enter(const void *ctx, Cycle *c, const char *database, Error *err)
{
    PgTarget target = c->o->target;
    target.dbname = database;
    PgConn *conn = pg_open(ctx, &target, err);
    const HistoryFormat *format = history_format(c->roots.v[0]->format->history);
    c->h = conn == NULL ? NULL : history_open(conn, conn, format, NULL, err);
    return c->h != NULL && reload(c, err);
}

static void note_edited(Cycle *c, const Plan *plan)
{
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < plan->changed.n; i++) {
        const Deployed *d = plan->changed.v[i].deployed;
        find(c, FINDING_EDITED, mem_printf(scratch, "%s:%s", d->project, d->name), NULL);
    }
}

/* Everything of one version of the project. */
static bool deploy_version(Cycle *c, Workspace *ws, Module *m, Error *err)
{
    Run *run;
    ModuleList roots = {0};
    list_push(c->h, &roots, m);
    c->ws = ws;
    PlanOptions o = options_for(c, &roots);
    Plan *plan = reload(c, err) ? plan_deploy(c->h, &o, err) : NULL;
    if (plan == NULL || !plan_extensions(plan, c->h->conn, ws, err))
        return false;
    note_edited(c, plan);
    return run_plan(c, plan, &o, &run, err);
}

static bool upgrade_in(const void *ctx, Cycle *c, const char *database, Module *older, const TextList *fresh,
                       Error *err)
{
    TextList now;
    if (!enter(ctx, c, database, err))
        return false;
    if (!deploy_version(c, c->o->older, older, err))
        return error_wrap(err, "deploying the older version");
    if (!deploy_version(c, c->o->ws, c->module, err) || !snapshot_take(c->h, c->h, &now, err))
        return error_wrap(err, "upgrading");
    compare(c, fresh, &now, NULL, FINDING_UPGRADE_DIFFERS);
    return true;
}

static bool is_upgraded(const Cycle *c)
{
    return c->o->older != NULL;
}

/* In a second database. A module that the older project had not has nothing to be upgraded from. */
static bool upgrade(Cycle *c, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    Cycle second = {.ctx = c->ctx, .o = c->o, .result = c->result, .ws = c->o->older, .module = c->module,
                    .roots = c->roots};
    Module *older = map_get(c->o->older->by_name, c->module->name);
    const char *database = mem_printf(scratch, "%.55s+upgrade", c->result->database); /* no module's name holds a + */
    if (older == NULL)
        return true;
    if (!testdb_create(c->admin, c->o->prefix, database, NULL, err))
        return false;
    void *session = talloc_new(scratch);
    bool ok = upgrade_in(session, &second, database, older, &c->after, err);
    talloc_free(session);
    bool dropped = testdb_drop(c->admin, database, ok ? err : &ignored);
    error_clear(&ignored);
    return ok && dropped;
}

enum { DEPLOYS = 1 << CYCLE_DEPLOYS, REHEARSES = 1 << CYCLE_REHEARSES, FULL = 1 << CYCLE_FULL };

static const struct {
    const char *name;
    bool (*run)(Cycle *c, Error *err);
    unsigned depths;                   /* that have it */
    bool (*is_due)(const Cycle *c);    /* NULL: always */
} phases[] = {
    {"Deploy of what it requires", prepare, DEPLOYS | REHEARSES | FULL, NULL},
    {"Change by change", rehearse_module, REHEARSES | FULL, NULL},
    {"Deploy", deploy_first, DEPLOYS | FULL, NULL},
    {"Verify", verify_closure, DEPLOYS | FULL, NULL},
    {"Revert", revert_module, FULL, NULL},
    {"Packaged script", run_packaged, FULL, is_packaged},
    {"Deploy (second time)", deploy_second, FULL, NULL},
    {"Revert of everything", revert_closure, FULL, NULL},
    {"Upgrade", upgrade, DEPLOYS | FULL, is_upgraded},
};

static void run_phases(Cycle *c)
{
    CycleResult *r = c->result;
    bool failed = false;
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        if ((phases[i].depths & 1U << c->o->depth) == 0 || (phases[i].is_due != NULL && !phases[i].is_due(c)))
            continue;
        int64_t began = clock_ms();
        list_push(c->ctx, &r->phases, (CyclePhase){.name = phases[i].name});
        if (failed)
            continue;
        failed = !phases[i].run(c, &r->failure);
        r->phases.v[r->phases.n - 1].state = failed ? CYCLE_FAILED : CYCLE_PASSED;
        r->phases.v[r->phases.n - 1].ms = clock_ms() - began;
    }
}

const char *cycle_failed_phase(const CycleResult *r)
{
    for (size_t i = 0; i < r->phases.n; i++)
        if (r->phases.v[i].state == CYCLE_FAILED)
            return r->phases.v[i].name;
    return NULL;
}

static bool deserves_a_look(const CycleResult *r)
{
    for (size_t i = 0; i < r->findings.n; i++)
        if (finding_infos[r->findings.v[i].kind].is_failure)
            return true;
    return cycle_failed_phase(r) != NULL;
}

/* The database goes, or is kept for a person. */
static bool leave(Cycle *c, Error *err)
{
    bool interrupted = c->result->failure.class == ERR_INTERRUPTED;
    c->result->kept = c->o->keep && deserves_a_look(c->result) && !interrupted;
    if (!pg_alive(c->admin))
        return true;
    return c->result->kept ? testdb_keep(c->admin, c->o->prefix, c->result->database, err)
                           : testdb_drop(c->admin, c->result->database, err);
}

bool cycle_run(const void *ctx, const CycleOptions *o, Module *module, const char *database, const CycleBase *base,
               CycleResult *result, Error *err)
{
    int64_t began = clock_ms();
    Error second = {0};
    *result = (CycleResult){.module = module, .database = database};
    Cycle c = {.ctx = ctx, .o = o, .result = result, .ws = o->ws, .module = module, .base = *base};
    list_push(ctx, &c.roots, module);
    c.admin = find_closure(&c, err) ? testdb_open(ctx, &o->target, err) : NULL;
    if (c.admin == NULL || !testdb_create(c.admin, o->prefix, database, base->database, err))
        return false;
    void *session = talloc_new(ctx);
    bool ok = enter(session, &c, database, err);
    if (ok)
        run_phases(&c);
    talloc_free(session);
    bool left = leave(&c, ok ? err : &second);
    error_clear(&second);
    talloc_free(c.admin);
    result->ms = clock_ms() - began;
    return ok && left;
}

bool cycle_make_base(const void *ctx, const CycleOptions *o, const ModuleList *modules, const CycleBase *base,
                     CycleBase *made, Error *err)
{
    CycleResult unused = {0};
    Cycle c = {.ctx = ctx, .o = o, .result = &unused, .ws = o->ws, .roots = *modules, .base = *base};
    c.admin = testdb_open(ctx, &o->target, err);
    bool ok = c.admin != NULL && testdb_create(c.admin, o->prefix, made->database, base->database, err) &&
              enter(ctx, &c, made->database, err) && prepare(&c, err);
    made->empty = c.empty;
    made->facts = c.before;
    return ok;
}
