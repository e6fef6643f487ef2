/* deploy/cycle.c: see cycle.h. */
#include "deploy/cycle.h"

#include "base/clock.h"
#include "deploy/snapshot.h"
#include "sql/quote.h"

#include <ctype.h>
#include <string.h>

static const char DATABASE_MARK[] = "made by pgwright test";

const FindingInfo finding_infos[] = {
    [FINDING_RESIDUE] = {"residue", true, "is left behind by the revert"},
    [FINDING_NOT_REPEATABLE] = {"not-repeatable", true, "differs when it is deployed again"},
    [FINDING_UNPROVEN] = {"unproven", true, "its verify script passes though the change is gone: it proves nothing"},
    [FINDING_EMPTY_VERIFY] = {"empty-verify", false, "its verify script holds no statement: it proves nothing"},
    [FINDING_EMPTY_REVERT] = {"empty-revert", false, "its revert script holds no statement"},
};

/* A cycle under way. */
typedef struct Cycle {
    const CycleOptions *o;
    CycleResult *result;
    History *h;
    ModuleList module;  /* the one that is tested */
    ModuleList closure; /* and what it requires */
    TextList empty, before, after;
} Cycle;

static char *database_name(const void *ctx, const CycleOptions *o, const Module *m)
{
    char *name = mem_printf(ctx, "%s%s", o->prefix, m->name);
    for (char *p = name; *p != '\0'; p++)
        *p = (char)(isalnum((unsigned char)*p) ? tolower((unsigned char)*p) : '_');
    return name;
}

/* What is there under this name: nothing, a database that an earlier test made, or somebody's. */
static bool drop_ours(PgConn *admin, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PGresult *r = pg_query(scratch, admin,
                           "SELECT coalesce(pg_catalog.shobj_description(oid, 'pg_database'), '')"
                           "  FROM pg_catalog.pg_database WHERE datname = $1",
                           1, &name, err);
    if (r == NULL || PQntuples(r) == 0)
        return r != NULL;
    if (strcmp(PQgetvalue(r, 0, 0), DATABASE_MARK) != 0) {
        error_set(err, ERR_REFUSED, "there is a database %s that no test made", name);
        error_hint(err, "choose another name for test databases with --prefix");
        return false;
    }
    const char *force = pg_version(admin) >= 130000 ? " WITH (FORCE)" : "";
    return pg_query(scratch, admin, mem_printf(scratch, "DROP DATABASE %s%s", sql_ident(scratch, name), force), 0, NULL,
                    err) != NULL;
}

static bool make_database(PgConn *admin, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *ident = sql_ident(scratch, name);
    return drop_ours(admin, name, err) &&
           pg_query(scratch, admin, mem_printf(scratch, "CREATE DATABASE %s TEMPLATE template0", ident), 0, NULL, err) != NULL &&
           pg_query(scratch, admin,
                    mem_printf(scratch, "COMMENT ON DATABASE %s IS %s", ident, sql_literal(scratch, DATABASE_MARK)), 0, NULL,
                    err) != NULL;
}

static bool reload(Cycle *c, Error *err)
{
    if (!history_load(c->h, err))
        return false;
    history_match(c->h, c->o->ws);
    return true;
}

static PlanOptions options_for(const Cycle *c, const ModuleList *roots)
{
    return (PlanOptions){.ws = c->o->ws, .history = c->h, .roots = *roots, .recursive = true, .verify = true, .all = true};
}

static bool run_plan(Cycle *c, Plan *plan, const PlanOptions *o, Run **run, Error *err)
{
    RunOptions ro = {.ws = c->o->ws, .command = c->o->command, .verify_remaining = true};
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
    return (s->change->module == c->module.v[0]) == (stage == STAGE_MODULE) && stage != STAGE_EXTENSIONS;
}

static bool deploy_stage(Cycle *c, Stage stage, Error *err)
{
    Run *run;
    PlanOptions o = options_for(c, &c->module);
    Plan *plan = plan_deploy(c->h, &o, err);
    if (plan == NULL || !plan_extensions(plan, c->h->conn, c->o->ws, err))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < plan->steps.n; i++)
        if (in_stage(c, &plan->steps.v[i], stage))
            plan->steps.v[kept++] = plan->steps.v[i];
    plan->steps.n = kept;
    return run_plan(c, plan, &o, &run, err);
}

static void find(Cycle *c, FindingKind kind, const char *what)
{
    list_push(c->h, &c->result->findings, (Finding){.kind = kind, .what = mem_strdup(c->h, what)});
}

static void compare(Cycle *c, const TextList *wanted, const TextList *now, FindingKind kind)
{
    SCRATCH void *scratch = mem_scratch();
    TextList differences = {0};
    snapshot_compare(scratch, wanted, now, &differences);
    for (size_t i = 0; i < differences.n; i++)
        find(c, kind, differences.v[i]);
}

static bool revert_modules(Cycle *c, const ModuleList *modules, bool proofs, Error *err)
{
    Run *run;
    PlanOptions o = options_for(c, modules);
    Plan *plan = plan_revert(c->h, &o, err);
    if (plan == NULL || !run_plan(c, plan, &o, &run, err))
        return false;
    for (size_t i = 0; run != NULL && proofs && i < run->unproven.n; i++)
        find(c, FINDING_UNPROVEN, run->unproven.v[i]);
    return true;
}

/* Scripts that hold nothing, which no run could tell from good ones. */
static bool find_empty_scripts(Cycle *c, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const Module *m = c->module.v[0];
    for (size_t i = 0; i < m->changes.n; i++) {
        const Change *change = m->changes.v[i];
        SqlSummary deploy = {0}, verify = {.statements = 1}, revert = {.statements = 1};
        SqlScriptOptions so = plan_script_options(c->o->ws, change, NULL);
        if ((change->has_deploy && !sql_script_summarize(scratch, change->deploy, &so, &deploy, err)) ||
            (change->has_verify && !sql_script_summarize(scratch, change->verify, &so, &verify, err)) ||
            (change->has_revert && !sql_script_summarize(scratch, change->revert, &so, &revert, err)))
            return false;
        char *name = mem_printf(scratch, "%s:%s", m->name, change->instance);
        if (verify.statements == 0 && deploy.statements > 0)
            find(c, FINDING_EMPTY_VERIFY, name);
        if (revert.statements == 0 && deploy.statements > 0)
            find(c, FINDING_EMPTY_REVERT, name);
    }
    return true;
}

static bool prepare(Cycle *c, Error *err)
{
    return deploy_stage(c, STAGE_EXTENSIONS, err) && snapshot_take(c->h, c->h, &c->empty, err) &&
           deploy_stage(c, STAGE_REQUIRED, err) && snapshot_take(c->h, c->h, &c->before, err);
}

static bool deploy_first(Cycle *c, Error *err)
{
    return deploy_stage(c, STAGE_MODULE, err) && snapshot_take(c->h, c->h, &c->after, err);
}

static bool revert_module(Cycle *c, Error *err)
{
    TextList now = {0};
    if (!revert_modules(c, &c->module, true, err) || !snapshot_take(c->h, c->h, &now, err))
        return false;
    compare(c, &c->before, &now, FINDING_RESIDUE);
    return find_empty_scripts(c, err);
}

static bool deploy_second(Cycle *c, Error *err)
{
    TextList now = {0};
    if (!deploy_stage(c, STAGE_MODULE, err) || !snapshot_take(c->h, c->h, &now, err))
        return false;
    compare(c, &c->after, &now, FINDING_NOT_REPEATABLE);
    return true;
}

/* What the module itself left behind was found before; here its requirements' turn has come. */
static bool revert_closure(Cycle *c, Error *err)
{
    TextList now = {0};
    size_t known = c->result->findings.n;
    if (!revert_modules(c, &c->closure, false, err) || !snapshot_take(c->h, c->h, &now, err))
        return false;
    if (known == 0)
        compare(c, &c->empty, &now, FINDING_RESIDUE);
    return true;
}

static const struct {
    const char *name;
    bool (*run)(Cycle *c, Error *err);
    bool full_only;
} phases[] = {
    {"Deploy of what it requires", prepare, false},
    {"Deploy", deploy_first, false},
    {"Revert", revert_module, true},
    {"Deploy (second time)", deploy_second, true},
    {"Revert of everything", revert_closure, true},
};

static void run_phases(Cycle *c)
{
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        if (phases[i].full_only && !c->o->full)
            continue;
        if (!phases[i].run(c, &c->result->failure)) {
            c->result->phase = phases[i].name;
            return;
        }
    }
}

static bool find_closure(Cycle *c, const void *ctx, Error *err)
{
    OrderList order = {0};
    if (!workspace_order(ctx, c->o->ws, &c->module, &order, err))
        return false;
    for (size_t i = 0; i < order.n; i++)
        if (order.v[i].module != NULL)
            list_push(ctx, &c->closure, order.v[i].module);
    return true;
}

static bool run_in_database(const void *ctx, Cycle *c, Error *err)
{
    PgTarget target = c->o->target;
    target.dbname = c->result->database;
    PgConn *conn = pg_open(ctx, &target, err);
    if (conn == NULL)
        return false;
    const HistoryFormat *format = history_format(c->module.v[0]->format->history);
    c->h = history_open(ctx, conn, format, NULL, err);
    if (c->h == NULL || !reload(c, err))
        return false;
    run_phases(c);
    talloc_free(conn);
    return true;
}

bool cycle_run(const void *ctx, const CycleOptions *o, Module *module, CycleResult *result, Error *err)
{
    int64_t began = clock_ms();
    Cycle c = {.o = o, .result = result};
    *result = (CycleResult){.module = module, .database = database_name(ctx, o, module)};
    list_push(ctx, &c.module, module);
    PgConn *admin = find_closure(&c, ctx, err) ? pg_open(ctx, &o->target, err) : NULL;
    if (admin == NULL || !make_database(admin, result->database, err))
        return false;
    bool ok = run_in_database(ctx, &c, err);
    result->kept = o->keep && (result->phase != NULL || result->findings.n > 0);
    if (!result->kept && pg_alive(admin))
        ok = drop_ours(admin, result->database, ok ? err : &(Error){0}) && ok;
    result->ms = clock_ms() - began;
    talloc_free(admin);
    return ok;
}
