/* plan/deploy_plan.c: what a deploy would do; see plan.h.
 *
 *     order of modules and extensions → pending changes of each → requirements and conflicts → scripts read once
 *
 * Everything is checked before anything runs. */
#include "plan/internal.h"

#include "base/file.h"

#include <string.h>

/* A deploy plan in the making. */
typedef struct Builder {
    Plan *plan;
    const PlanOptions *o;
    Map *planned; /* key of a change that this run deploys → itself */
    Map *limits;  /* module name → last Change wanted of it (pin_tags) */
} Builder;

bool plan_place(Error *err, const Change *change, long column)
{
    error_place(err, change->module->plan_path, change->line, column, NULL);
    return false;
}

char *plan_step_name(const void *ctx, const Step *step)
{
    if (step->extension != NULL)
        return mem_printf(ctx, "extension %s", step->extension);
    if (step->change != NULL)
        return mem_printf(ctx, "%s:%s", step->change->module->name, step->change->instance);
    return mem_printf(ctx, "%s:%s", step->deployed->project, step->deployed->name);
}

SqlScriptOptions plan_script_options(const Workspace *ws, const Change *change, const Map *variables)
{
    return (SqlScriptOptions){.root = ws->root, .base = change->module->dir, .variables = variables};
}

bool plan_check_unsettled(const History *h, Error *err)
{
    if (h->unsettled.n == 0)
        return true;
    const Unsettled *u = &h->unsettled.v[0];
    bool begun = u->statement[0] != '\0';
    error_set(err, ERR_DIFFERS, "%s of %s:%s was cut off outside a transaction%s%s", u->action, u->project, u->change,
              begun ? " at statement " : " before its first statement", u->statement);
    error_code(err, "UNSETTLED_CHANGE");
    error_detail(err, "begun %s; whether that statement took effect, only the database can tell", u->since);
    error_hint(err,
               "look at the database, undo what is half done, then: pgwright deploy --settle %s:%s=deployed (all of it is "
               "there) or --settle %s:%s=pending (none of it is there)",
               u->project, u->change, u->project, u->change);
    return false;
}

static bool refuse_proxy(const Module *m, Error *err)
{
    if (!m->is_proxy)
        return true;
    error_set(err, ERR_CONFIG, "module %s is a proxy (pgpm.apply.json), which pgwright does not deploy", m->name);
    error_place(err, m->plan_path, 0, 0, NULL);
    error_hint(err, "write it out as a module of its own with pgpm materialize, and deploy that");
    return false;
}

/* The last change of `m` that this run goes to; NULL: all of them. */
static const Change *limit_of(const Builder *b, const Module *m)
{
    if (b->o->to != NULL && b->o->to->module == m)
        return b->o->to;
    return b->limits == NULL ? NULL : map_get(b->limits, m->name);
}

/* pin_tags: a required module goes as far as the furthest change that anything wanted of it names. Modules stand in
 * order, so that those that ask come after those that are asked: walk backwards. */
static void pin_limits(Builder *b)
{
    b->limits = map_new(b->plan);
    for (size_t i = b->plan->order.n; i-- > 0;) {
        const Module *m = b->plan->order.v[i].module;
        const Change *limit = m == NULL ? NULL : limit_of(b, m);
        for (size_t c = 0; m != NULL && c < m->changes.n && (limit == NULL || c <= limit->index); c++) {
            const DependencyList *deps = &m->changes.v[c]->dependencies;
            for (size_t d = 0; d < deps->n; d++) {
                Change *target = deps->v[d].target;
                if (target == NULL || target->module == m || deps->v[d].conflict)
                    continue;
                const Change *known = map_get(b->limits, target->module->name);
                if (known == NULL || known->index < target->index)
                    map_set(b->limits, target->module->name, target);
            }
        }
    }
}

/* A target that lies before the last deployed change asks for a revert. */
static bool check_not_beyond(const Builder *b, const Module *m, const Change *limit, Error *err)
{
    if (limit != b->o->to)
        return true;
    for (size_t i = m->changes.n; i-- > limit->index + 1;) {
        if (history_find(b->o->history, m->changes.v[i]) == NULL)
            continue;
        error_set(err, ERR_USAGE, "%s:%s lies behind %s, which is deployed", m->name, limit->instance,
                  m->changes.v[i]->instance);
        error_hint(err, "to go back: pgwright revert %s --to %s", m->name, limit->instance);
        return false;
    }
    return true;
}

/* Tags set in the plan after their change was deployed. */
static void collect_late_tags(Builder *b, Change *change, const Deployed *d)
{
    for (size_t t = 0; t < change->tags.n; t++) {
        bool known = false;
        for (size_t k = 0; k < d->tags.n; k++)
            known = known || strcmp(d->tags.v[k], change->tags.v[t]->name) == 0;
        if (!known)
            list_push(b->plan, &b->plan->late_tags, change->tags.v[t]);
    }
}

static bool add_deploy(Builder *b, Change *change, Error *err)
{
    Step step = {.kind = STEP_DEPLOY, .change = change, .script = b->o->log_only ? NULL : change->deploy};
    if (b->o->verify && !b->o->log_only && change->has_verify)
        step.verify = change->verify;
    if (change->has_deploy) {
        SqlScriptOptions so = plan_script_options(b->o->ws, change, b->o->variables);
        if (!sql_script_summarize(b->plan, change->deploy, &so, &step.summary, err))
            return error_wrap(err, "reading %s:%s", change->module->name, change->instance);
    }
    const char *hash = b->o->history->format->digest == DIGEST_SHA1 ? step.summary.sha1 : step.summary.sha256;
    memcpy(step.script_hash, hash, sizeof step.script_hash);
    list_push(b->plan, &b->plan->steps, step);
    return true;
}

/* Verify scripts are read before anything runs, so that one that cannot be split is found here. */
static bool check_verify_script(Builder *b, const Change *change, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    SqlSummary summary;
    SqlScriptOptions so = plan_script_options(b->o->ws, change, b->o->variables);
    return sql_script_summarize(scratch, change->verify, &so, &summary, err) ||
           error_wrap(err, "reading the verify script of %s:%s", change->module->name, change->instance);
}

static bool is_available(const Builder *b, const Dependency *d)
{
    SCRATCH void *scratch = mem_scratch();
    const History *h = b->o->history;
    if (d->target == NULL)
        return history_find_foreign(h, d) != NULL;
    char *key = history_key(scratch, h->format, d->target);
    return map_has(b->planned, key) || map_get(h->by_key, key) != NULL;
}

static bool check_dependencies(Builder *b, const Change *change, Error *err)
{
    bool ok = true;
    for (size_t i = 0; i < change->dependencies.n; i++) {
        const Dependency *d = &change->dependencies.v[i];
        if (is_available(b, d) != d->conflict)
            continue;
        if (d->conflict)
            error_set(err, ERR_CONFIG, "%s:%s conflicts with %s, which is deployed", change->module->name,
                      change->instance, d->ref.text);
        else
            error_set(err, ERR_CONFIG, "%s:%s requires %s, which is neither deployed nor part of this deployment",
                      change->module->name, change->instance, d->ref.text);
        error_code(err, d->conflict ? "CONFLICT" : "MISSING_REQUIREMENT");
        ok = plan_place(err, change, d->column);
    }
    return ok;
}

static bool add_change(Builder *b, Change *change, Error *err)
{
    const Deployed *d = history_find(b->o->history, change);
    if (d != NULL) {
        b->plan->deployed++;
        collect_late_tags(b, change, d);
        return true;
    }
    SCRATCH void *scratch = mem_scratch();
    map_set(b->planned, history_key(scratch, b->o->history->format, change), change);
    return check_dependencies(b, change, err) && add_deploy(b, change, err) &&
           (b->plan->steps.v[b->plan->steps.n - 1].verify == NULL || check_verify_script(b, change, err));
}

/* Goes on after a failing change: what is wrong with the others is worth telling at once. */
static bool add_module(Builder *b, Module *m, Error *err)
{
    const Change *limit = limit_of(b, m);
    if (!refuse_proxy(m, err) || (limit != NULL && !check_not_beyond(b, m, limit, err)))
        return false;
    list_push(b->plan, &b->plan->modules, m);
    for (size_t i = 0; i < m->changes.n && (limit == NULL || i <= limit->index); i++)
        add_change(b, m->changes.v[i], err);
    return !error_is_set(err);
}

static const ExtensionUse *provider_of(const Builder *b, const char *extension)
{
    for (size_t i = 0; i < b->plan->order.n; i++) {
        const Module *m = b->plan->order.v[i].module;
        for (size_t e = 0; m != NULL && e < m->provides.n; e++)
            if (strcmp(m->provides.v[e].name, extension) == 0)
                return &m->provides.v[e];
    }
    return NULL;
}

static bool add_items(Builder *b, Error *err)
{
    for (size_t i = 0; i < b->plan->order.n; i++) {
        const OrderItem *item = &b->plan->order.v[i];
        if (item->module == NULL)
            list_push(b->plan, &b->plan->steps,
                      (Step){.kind = STEP_EXTENSION,
                             .extension = item->extension,
                             .provided = provider_of(b, item->extension)});
        else if (!add_module(b, item->module, err))
            return false;
    }
    return true;
}

/* Sqitch's registry knows changes by ids that depend on every plan line before them: a deployed id that the plan does not
 * give any more means that an earlier line was edited, and Sqitch itself could not go on either. By name it is a notice. */
static bool check_unplanned(Builder *b, Error *err)
{
    const History *h = b->o->history;
    for (size_t i = 0; i < h->deployed.n; i++) {
        const Deployed *d = h->deployed.v[i];
        const Module *m = d->change != NULL ? NULL : map_get(b->o->ws->by_name, d->project);
        if (m == NULL)
            continue;
        if (!h->format->identity_by_id) {
            list_push(b->plan, &b->plan->notices,
                      mem_printf(b->plan, "%s:%s is deployed but not in the plan", d->project, d->name));
            continue;
        }
        error_set(err, ERR_DIFFERS, "%s:%s was deployed with the id %s, which the plan does not give", d->project,
                  d->name, d->change_id);
        error_place(err, m->plan_path, 0, 0, NULL);
        error_hint(err, "restore the plan lines up to this change as they were deployed (git log -p -- '%s')",
                   m->plan_path);
        return false;
    }
    return true;
}

/* UNIQUE (project, script_hash) of older tables refuses two scripts with the same bytes: say so before running. */
static bool check_equal_scripts(Builder *b, Error *err)
{
    const History *h = b->o->history;
    if (!h->unique_script_hash && !h->format->identity_by_id)
        return true;
    SCRATCH void *scratch = mem_scratch();
    Map *seen = map_new(scratch);
    for (size_t i = 0; i < h->deployed.n; i++)
        map_set(seen, mem_printf(scratch, "%s %s", h->deployed.v[i]->project, h->deployed.v[i]->script_hash),
                mem_strdup(scratch, h->deployed.v[i]->name));
    for (size_t i = 0; i < b->plan->steps.n; i++) {
        const Step *s = &b->plan->steps.v[i];
        if (s->kind != STEP_DEPLOY)
            continue;
        char *key = mem_printf(scratch, "%s %s", s->change->module->name, s->script_hash);
        const char *other = map_get(seen, key);
        if (other != NULL) {
            error_set(err, ERR_CONFIG, "the scripts of %s and %s are equal, which a key of the history forbids", other,
                      s->change->instance);
            error_place(err, s->change->deploy, 0, 0, NULL);
            error_hint(err, h->format->identity_by_id
                                ? "tell them apart by a comment line"
                                : "tell them apart by a comment line, or drop that key: pgwright adopt --upgrade");
            return false;
        }
        map_set(seen, key, mem_strdup(scratch, s->change->instance));
    }
    return true;
}

static bool order_roots(Builder *b, Error *err)
{
    if (b->o->recursive)
        return workspace_order(b->plan, b->o->ws, &b->o->roots, &b->plan->order, err);
    for (size_t i = 0; i < b->o->roots.n; i++)
        list_push(b->plan, &b->plan->order, (OrderItem){.module = b->o->roots.v[i]});
    return true;
}

Plan *plan_deploy(const void *ctx, const PlanOptions *options, Error *err)
{
    Builder b = {.plan = mem_new(ctx, Plan), .o = options};
    b.planned = map_new(b.plan);
    if (!order_roots(&b, err))
        return NULL;
    if (options->pin_tags)
        pin_limits(&b);
    if (!plan_check_unsettled(options->history, err) || !check_unplanned(&b, err) || !add_items(&b, err) ||
        !check_equal_scripts(&b, err))
        return NULL;
    plan_changed(b.plan, options->history, &b.plan->modules, &b.plan->changed);
    return b.plan;
}
