/* schema/stage.c: what is made anew is away as shortly as can be. All that can be done before it goes is done before, all that can
 * wait until it is back waits: so nothing else stands between, and no transaction must end there. */
#include "schema/action.h"

/* Indexes and constraints are not missed by name; how they are replaced is the plan's matter. */
static bool is_missed(const Object *o)
{
    return !object_is(o, KIND_INDEX) && !object_is(o, KIND_INDEX_PARTITION) && !object_is(o, KIND_CONSTRAINT) && !object_is(o, KIND_PARTITION);
}

/* From then on something is away that comes back. */
static bool takes_away(const Diff *d, const Action *a)
{
    if (a->kind == ACT_RENAME || a->kind == ACT_RELEASE)
        return true;
    return a->kind == ACT_DROP && d->old_fate[a->old->number] == FATE_REBUILD && is_missed(a->old);
}

static bool brings_back(const Diff *d, const Action *a)
{
    if (a->kind == ACT_REMOVE || a->kind == ACT_TIE)
        return true;
    if (a->kind == ACT_ALTER)
        return d->redefault[a->old->number];
    return a->kind == ACT_CREATE && a->is_recreated && is_missed(a->new);
}

/* What is made is given the default privileges of before, and event triggers do not see the plan. */
static bool comes_last(const Action *a)
{
    const Object *o = a->new != NULL ? a->new : a->old;
    return object_is(o, KIND_DEFAULT_PRIVILEGES) || (object_is(o, KIND_EVENT_TRIGGER) && a->kind != ACT_DROP);
}

typedef struct Walk {
    bool *seen;
    size_t *queue, n;
} Walk;

static Walk walk_new(const void *ctx, const Diff *d)
{
    return (Walk){.seen = mem_array(ctx, bool, d->actions.n + 1), .queue = mem_array(ctx, size_t, d->actions.n + 1)};
}

static void visit(Walk *w, size_t action)
{
    if (w->seen[action])
        return;
    w->seen[action] = true;
    w->queue[w->n++] = action;
}

static void spread(Walk *w, const WaitGraph *waits)
{
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = waits->first[w->queue[i]]; k < waits->first[w->queue[i] + 1]; k++)
            visit(w, waits->to[k]);
}

void diff_stages(Diff *d)
{
    SCRATCH void *scratch = mem_scratch();
    WaitGraph followers = diff_waits(scratch, d, false), leaders = diff_waits(scratch, d, true);
    Walk behind = walk_new(scratch, d), ahead = walk_new(scratch, d);
    for (size_t i = 0; i < d->actions.n; i++) {
        if (takes_away(d, &d->actions.v[i]))
            visit(&behind, diff_container(d, i));
        if (brings_back(d, &d->actions.v[i]))
            visit(&ahead, diff_container(d, i));
    }
    spread(&behind, &followers);
    spread(&ahead, &leaders);
    for (size_t i = 0; i < d->actions.n; i++) {
        Action *a = &d->actions.v[i];
        bool away = behind.seen[i] && (ahead.seen[i] || takes_away(d, a) || brings_back(d, a));
        a->stage = comes_last(a) ? STAGE_AFTER : away ? STAGE_AWAY : behind.seen[i] ? STAGE_AFTER : STAGE_BEFORE;
    }
}
