/* plan/revert_plan.c: what a revert would do; see plan.h.
 *
 * It works on deployed changes, not on modules: S is what was asked for, D what requires a member of S. Without cascade D
 * must lie inside S. Both go in the reverse order of their deployment. */
#include "plan/internal.h"

#include <string.h>

/* A revert plan in the making. Arrays run parallel to history->deployed. */
typedef struct Builder {
    Plan *plan;
    const PlanOptions *o;
    bool *wanted;    /* in S */
    bool *dependent; /* in D and not in S */
} Builder;

static bool is_root(const PlanOptions *o, const Deployed *d)
{
    for (size_t i = 0; i < o->roots.n; i++)
        if (strcmp(o->roots.v[i]->name, d->project) == 0)
            return true;
    return false;
}

static bool not_deployed(const PlanOptions *o, const Change *change, Error *err)
{
    error_set(err, ERR_USAGE, "%s:%s is not deployed in %s", change->module->name, change->instance,
              pg_dbname(o->history->conn));
    error_code(err, "CHANGE_NOT_FOUND");
    error_hint(err, "pgwright status %s shows what is", change->module->name);
    return false;
}

/* Marks S where it begins, in each root, with an edited script. */
static void mark_modified(Builder *b)
{
    const History *h = b->o->history;
    plan_changed(b->plan, h, &b->o->roots, &b->plan->changed);
    for (size_t i = 0; i < h->deployed.n; i++)
        for (size_t c = 0; c < b->plan->changed.n && !b->wanted[i]; c++) {
            const Deployed *d = h->deployed.v[i], *edited = b->plan->changed.v[c].deployed;
            b->wanted[i] = d->position >= edited->position && strcmp(d->project, edited->project) == 0;
        }
}

/* Marks S. */
static bool mark_wanted(Builder *b, Error *err)
{
    const PlanOptions *o = b->o;
    const History *h = o->history;
    if (o->modified) {
        mark_modified(b);
        return true;
    }
    const Change *named = o->to != NULL ? o->to : o->only;
    const Deployed *at = named == NULL ? NULL : history_find(h, named);
    if (named != NULL && at == NULL)
        return not_deployed(o, named, err);
    size_t marked = 0;
    for (size_t i = h->deployed.n; i-- > 0;) {
        const Deployed *d = h->deployed.v[i];
        if (!is_root(o, d))
            continue;
        if (o->only != NULL)
            b->wanted[i] = d == at;
        else if (o->to != NULL)
            b->wanted[i] = d->position > at->position && strcmp(d->project, at->project) == 0;
        else
            b->wanted[i] = o->all || marked == 0;
        marked += b->wanted[i];
    }
    return true;
}

/* Marks D: whatever requires something marked. Rows stand in the order of deployment, and what requires another comes after
 * it, so that one pass is enough. */
static void mark_dependents(Builder *b)
{
    const History *h = b->o->history;
    for (size_t i = 0; i < h->deployed.n; i++) {
        const Deployed *d = h->deployed.v[i];
        for (size_t r = 0; r < d->requires.n && !b->wanted[i] && !b->dependent[i]; r++) {
            const Deployed *required = map_get(h->by_key, d->requires.v[r]);
            b->dependent[i] = required != NULL && (b->wanted[required->position] || b->dependent[required->position]);
        }
    }
}

static bool refuse_dependents(const Builder *b, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const History *h = b->o->history;
    Str list = str_new(scratch);
    size_t n = 0;
    for (size_t i = 0; i < h->deployed.n; i++)
        if (b->dependent[i] && n++ < 20)
            str_addf(&list, "%s%s:%s", n > 1 ? ", " : "", h->deployed.v[i]->project, h->deployed.v[i]->name);
    if (n == 0 || b->o->cascade)
        return true;
    if (n > 20)
        str_addf(&list, " and %zu more", n - 20);
    error_set(err, ERR_USAGE, "%zu deployed change%s require%s what would be reverted", n, n == 1 ? "" : "s",
              n == 1 ? "s" : "");
    error_detail(err, "%s", list.text);
    error_hint(err, "revert them too with --cascade");
    return false;
}

static bool no_script(const Deployed *d, Error *err)
{
    const Change *c = d->change;
    if (c == NULL)
        error_set(err, ERR_CONFIG, "%s:%s is deployed but not in the plan, so that there is no revert script for it",
                  d->project, d->name);
    else
        error_set(err, ERR_CONFIG, "%s:%s has no revert script", d->project, d->name);
    if (c != NULL)
        error_place(err, c->revert, 0, 0, NULL);
    error_hint(err, "write it, or take the change out of the history alone with --log-only");
    return false;
}

static bool add_revert(Builder *b, Deployed *d, Error *err)
{
    Change *c = d->change;
    Step step = {.kind = STEP_REVERT, .change = c, .deployed = d};
    if (!b->o->log_only) {
        if (c == NULL || !c->has_revert)
            return no_script(d, err);
        SqlScriptOptions so = plan_script_options(b->o->ws, c, b->o->variables);
        if (!sql_script_summarize(b->plan, c->revert, &so, &step.summary, err))
            return error_wrap(err, "reading the revert script of %s:%s", d->project, d->name);
        step.script = c->revert;
        step.verify = b->o->verify && c->has_verify ? c->verify : NULL;
    }
    list_push(b->plan, &b->plan->steps, step);
    return true;
}

Plan *plan_revert(const void *ctx, const PlanOptions *options, Error *err)
{
    const DeployedList *deployed = &options->history->deployed;
    Builder b = {.plan = mem_new(ctx, Plan), .o = options};
    b.wanted = mem_array(b.plan, bool, deployed->n + 1);
    b.dependent = mem_array(b.plan, bool, deployed->n + 1);
    b.plan->modules = options->roots;
    if (!plan_check_unsettled(options->history, err) || !mark_wanted(&b, err))
        return NULL;
    mark_dependents(&b);
    if (!refuse_dependents(&b, err))
        return NULL;
    for (size_t i = deployed->n; i-- > 0;) {
        if (b.wanted[i] || b.dependent[i])
            add_revert(&b, deployed->v[i], err);
        b.plan->deployed += is_root(options, deployed->v[i]);
    }
    return error_is_set(err) ? NULL : b.plan;
}
