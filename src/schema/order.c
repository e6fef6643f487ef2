/* schema/order.c: actions in an order in which they can run: what is free first, by stage, drops before the rest, then by kind and
 * name. */
#include "schema/action.h"

#include "schema/making.h"

#include <stdlib.h>
#include <string.h>

/* ---- which of those that are free comes first ---- */

static int phase(const Action *a)
{
    switch (a->kind) {
    case ACT_RELEASE: return 0;
    case ACT_DROP: return object_is(a->old, KIND_DEFAULT_PRIVILEGES) ? 6 : 1; /* what is made meanwhile counts on them */
    case ACT_RENAME: return 2;
    case ACT_ALTER:
    case ACT_CREATE:
    case ACT_DEFAULT: return 3;
    case ACT_NOT_NULL:
    case ACT_TIE:
    case ACT_LATE: return 4;
    case ACT_REMOVE: return 5;
    }
    return 6;
}

static int compare(const Diff *d, size_t x, size_t y)
{
    const Action *a = &d->actions.v[x], *b = &d->actions.v[y];
    if (a->stage != b->stage)
        return a->stage < b->stage ? -1 : 1;
    int by_phase = phase(a) - phase(b);
    if (by_phase != 0)
        return by_phase;
    const Object *o = a->new != NULL ? a->new : a->old, *p = b->new != NULL ? b->new : b->old;
    if (o->kind != p->kind)
        return a->kind == ACT_DROP ? (int)(p->kind - o->kind) : (int)(o->kind - p->kind);
    /* parts of one parent stay in their order: columns are added as they stand in the table */
    if (o->parent != NULL && o->parent == p->parent && o->sub != p->sub)
        return o->sub < p->sub ? -1 : 1;
    int by_key = strcmp(o->key, p->key);
    return by_key != 0 ? by_key : x < y ? -1 : 1;
}

typedef struct Heap {
    const Diff *diff;
    size_t *v, n;
} Heap;

static void swap(size_t *a, size_t *b)
{
    size_t t = *a;
    *a = *b;
    *b = t;
}

static void heap_push(Heap *h, size_t action)
{
    size_t i = h->n++;
    h->v[i] = action;
    for (; i > 0 && compare(h->diff, h->v[i], h->v[(i - 1) / 2]) < 0; i = (i - 1) / 2)
        swap(&h->v[i], &h->v[(i - 1) / 2]);
}

static size_t heap_pop(Heap *h)
{
    size_t top = h->v[0];
    h->v[0] = h->v[--h->n];
    for (size_t i = 0;;) {
        size_t least = i;
        for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < h->n; k++)
            if (compare(h->diff, h->v[k], h->v[least]) < 0)
                least = k;
        if (least == i)
            return top;
        swap(&h->v[i], &h->v[least]);
        i = least;
    }
}

/* ---- the order ---- */

WaitGraph diff_waits(const void *ctx, const Diff *d, bool backward)
{
    size_t n = d->actions.n;
    WaitGraph g = {.first = mem_array(ctx, uint32_t, n + 2), .to = mem_array(ctx, uint32_t, d->waits.n + 1)};
    for (size_t i = 0; i < d->waits.n; i++)
        g.first[(backward ? d->waits.v[i].later : d->waits.v[i].earlier) + 2]++;
    for (size_t i = 2; i < n + 2; i++)
        g.first[i] += g.first[i - 1];
    for (size_t i = 0; i < d->waits.n; i++) {
        const Wait *w = &d->waits.v[i];
        g.to[g.first[(backward ? w->later : w->earlier) + 1]++] = backward ? w->earlier : w->later;
    }
    return g;
}

static void release(Diff *d, Heap *ready, const WaitGraph *followers, size_t action)
{
    for (size_t i = followers->first[action]; i < followers->first[action + 1]; i++)
        if (--d->actions.v[followers->to[i]].waits == 0)
            heap_push(ready, followers->to[i]);
}

static size_t first_left(const Diff *d)
{
    size_t first = NO_ACTION;
    for (size_t i = 0; i < d->actions.n; i++)
        if (!d->actions.v[i].is_done && !d->actions.v[i].is_mute && (first == NO_ACTION || compare(d, i, first) < 0))
            first = i;
    return first;
}

/* Those that wait for nothing. Returns how many are to be ordered. */
static size_t begin(Diff *d, Heap *ready)
{
    size_t all = 0;
    for (size_t i = 0; i < d->waits.n; i++)
        d->actions.v[d->waits.v[i].later].waits++;
    for (size_t i = 0; i < d->actions.n; i++) {
        if (d->actions.v[i].is_mute)
            continue;
        all++;
        if (d->actions.v[i].waits == 0)
            heap_push(ready, i);
    }
    return all;
}

bool diff_order(Diff *d, ActionOrder *order)
{
    WaitGraph followers = diff_waits(d->ctx, d, false);
    Heap ready = {.diff = d, .v = mem_array(d->ctx, size_t, d->actions.n + 1)};
    size_t all = begin(d, &ready);
    *order = (ActionOrder){.v = mem_array(d->ctx, size_t, all + 1)};
    while (order->n < all) {
        if (ready.n == 0) {
            if (diff_break_cycles(d))
                return false;
            size_t forced = first_left(d);
            d->actions.v[forced].waits = 0;
            heap_push(&ready, forced);
        }
        size_t next = heap_pop(&ready);
        if (d->actions.v[next].is_done)
            continue;
        d->actions.v[next].is_done = true;
        order->v[order->n++] = next;
        release(d, &ready, &followers, next);
    }
    return true;
}
