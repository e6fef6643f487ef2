/* deploy/run_proof.c: what must hold before a group is committed; see internal.h. */
#include "deploy/internal.h"
#include "deploy/verify.h"

#include <string.h>

static VerifyRun verify_run(const Runner *r, bool in_transaction)
{
    return (VerifyRun){
        .conn = r->conn, .ws = r->o->ws, .variables = r->o->variables, .in_transaction = in_transaction};
}

static VerifyResult to_verify(Change *c)
{
    return (VerifyResult){.project = c->module->name, .name = c->instance, .change = c, .class = VERIFY_OK};
}

/* Reverted changes of the plan whose verify script could prove something. */
static void reverted_changes(Runner *r, VerifyList *out)
{
    for (size_t i = 0; i < r->plan->steps.n; i++)
        if (r->plan->steps.v[i].verify != NULL)
            list_push(r->run, out, to_verify(r->plan->steps.v[i].change));
}

static void remaining_changes(Runner *r, VerifyList *out)
{
    SCRATCH void *scratch = mem_scratch();
    Map *gone = map_new(scratch);
    for (size_t i = 0; i < r->plan->steps.n; i++)
        if (r->plan->steps.v[i].deployed != NULL)
            map_set(gone, r->plan->steps.v[i].deployed->key, r);
    for (size_t i = 0; i < r->h->deployed.n; i++) {
        const Deployed *d = r->h->deployed.v[i];
        bool superseded = d->change != NULL && strcmp(d->change->name, d->change->instance) != 0;
        if (d->change != NULL && d->change->has_verify && !superseded && !map_has(gone, d->key))
            list_push(r->run, out, to_verify(d->change));
    }
}

/* A verify script that still passes after the revert: something was left behind, or the script proves nothing. */
static bool judge_reverted(Runner *r, VerifyList *reverted, Error *err)
{
    for (size_t i = 0; i < reverted->n; i++) {
        VerifyResult *v = &reverted->v[i];
        bool passes = v->class == VERIFY_OK;
        error_clear(&v->failure);
        if (!passes)
            continue;
        list_push(r->run, &r->run->unproven, mem_printf(r->run, "%s:%s", v->project, v->name));
        if (r->o->prove) {
            error_set(err, ERR_VERIFY, "%s:%s: its verify script still passes after the revert", v->project, v->name);
            error_place(err, v->change->verify, 0, 0, NULL);
            error_hint(err, "the revert script leaves something behind, or the verify script proves nothing");
        }
    }
    return !error_is_set(err);
}

/* Every verify script that failed becomes an error. */
static bool judge_deployed(Runner *r, VerifyList *list, Error *err)
{
    for (size_t i = 0; i < list->n; i++) {
        VerifyResult *v = &list->v[i];
        if (verify_classes[v->class].is_failure) {
            r->failed_change = r->failed_change != NULL ? r->failed_change : v->change;
            error_append(err, &v->failure);
        }
        error_clear(&v->failure);
    }
    return !error_is_set(err);
}

/* Changes that were reworked in the same transaction: they are no more as their own verify scripts expect them. */
static ChangeList reworked_in(const void *ctx, const Runner *r, const Group *g)
{
    ChangeList list = {0};
    for (size_t i = g->first; i < g->first + g->count; i++)
        if (r->plan->steps.v[i].change != NULL && r->plan->steps.v[i].change->earlier != NULL)
            list_push(ctx, &list, r->plan->steps.v[i].change->earlier);
    return list;
}

static bool is_among(const ChangeList *list, const Change *c)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i] == c)
            return true;
    return false;
}

/* The verify scripts of a group, once all of it has run: they may use what later changes of it make. */
bool runner_verify_group(Runner *r, const Group *g, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    VerifyList list = {0};
    ChangeList reworked = reworked_in(scratch, r, g);
    for (size_t i = g->first; i < g->first + g->count; i++) {
        const Step *s = &r->plan->steps.v[i];
        if (s->kind == STEP_DEPLOY && s->verify != NULL && !is_among(&reworked, s->change))
            list_push(r->run, &list, to_verify(s->change));
    }
    VerifyRun run = verify_run(r, g->transaction);
    return list.n == 0 || (verify_scripts(&run, &list, err) && judge_deployed(r, &list, err));
}

/* Before a revert is committed: what was reverted must be gone, what remains must still be right. */
bool runner_prove_revert(Runner *r, Error *err)
{
    VerifyList reverted = {0}, remaining = {0};
    if (r->plan->steps.n == 0 || r->plan->steps.v[0].kind != STEP_REVERT || r->o->log_only)
        return true;
    reverted_changes(r, &reverted);
    if (r->o->verify_remaining)
        remaining_changes(r, &remaining);
    if (reverted.n + remaining.n == 0)
        return true;
    VerifyRun to_pass = verify_run(r, true), to_fail = to_pass;
    to_fail.to_fail = true;
    return pg_wait(r->conn, err) &&
           verify_scripts(&to_fail, &reverted, err) && verify_scripts(&to_pass, &remaining, err) &&
           judge_reverted(r, &reverted, err) && (judge_deployed(r, &remaining, err) || error_wrap(err, "after the revert"));
}
