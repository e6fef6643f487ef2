/* schema/diff.c: see diff.h. Fates (decide.c), actions and what they wait for (action.c), their stages (stage.c) and order
 * (order.c). */
#include "schema/diff.h"

#include "schema/action.h"

Model *model_empty(const void *ctx, const Model *like)
{
    Model *m = mem_new(ctx, Model);
    m->version = like->version;
    m->user = mem_strdup(m, like->user);
    return m;
}

static Diff *diff_new(const void *ctx, const Model *old, const Model *new, const DiffOptions *options)
{
    Diff *d = mem_new(ctx, Diff);
    size_t a = old->objects.n + 1, b = new->objects.n + 1;
    *d = (Diff){.ctx = d, .old = old, .new = new, .options = options};
    d->new_of = mem_array(d, Object *, a);
    d->old_of = mem_array(d, Object *, b);
    d->old_fate = mem_array(d, Fate, a);
    d->new_fate = mem_array(d, Fate, b);
    d->redefault = mem_array(d, bool, a);
    d->retype = mem_array(d, bool, a);
    d->recheck = mem_array(d, bool, a);
    d->moved = mem_array(d, bool, a);
    d->untied = mem_array(d, bool, a);
    d->follows_old = mem_array(d, bool, a);
    d->drop_only = mem_array(d, bool, a);
    d->follows_new = mem_array(d, bool, b);
    d->renews_not_null = mem_array(d, bool, b);
    d->has_above = mem_array(d, bool, b);
    d->put_off_old = mem_array(d, bool, a);
    d->put_off_new = mem_array(d, bool, b);
    d->first_of_old = mem_array(d, size_t, a);
    d->last_of_old = mem_array(d, size_t, a);
    d->make_of_new = mem_array(d, size_t, b);
    return d;
}

StatementList schema_diff(const void *ctx, const Model *old, const Model *new, const DiffOptions *options)
{
    Diff *d = diff_new(ctx, old, new, options);
    Script script = {.texts = {.owner = ctx}};
    ActionOrder order;
    diff_decide(d);
    do {
        diff_follow(d);
        diff_untie(d);
        diff_renew_not_null(d);
        diff_actions(d);
        diff_stages(d);
    } while (!diff_order(d, &order));
    for (size_t i = 0; i < order.n; i++) {
        SCRATCH void *scratch = mem_scratch();
        const Action *a = &d->actions.v[order.v[i]];
        size_t first = script.statements.n;
        script.ctx = scratch;
        action_write(d, &script, a);
        for (size_t k = first; k < script.statements.n; k++)
            script.statements.v[k].is_between = a->stage == STAGE_AWAY;
    }
    talloc_free(d);
    return script.statements;
}
