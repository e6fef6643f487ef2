/* schema/sole.c: what there can be only one of is free once its bearer is gone: a name, a table's primary key, the rows of a bound, the
 * index that a table is clustered by. */
#include "schema/action.h"

#include "base/map.h"
#include "schema/making.h"

static const char *not_null_space(const void *ctx, const Object *o)
{
    const char *name = object_is(o, KIND_COLUMN) && o->parent != NULL ? object_value(o, "not_null_name") : NULL;
    return name == NULL ? NULL : mem_printf(ctx, "k %s %s", o->parent->key, name);
}

/* The constraints behind NOT NULL are no objects of their own, but have names as others do. */
static void order_not_null_names(Diff *d)
{
    SCRATCH void *scratch = mem_scratch();
    Map *freed = map_new(scratch); /* → the action, but for one */
    for (size_t i = 0; i < d->old->objects.n; i++) {
        const Object *old = d->old->objects.v[i], *new = d->new_of[i];
        const char *space = not_null_space(scratch, old);
        bool stays = space != NULL && new != NULL && !diff_takes_away(d, old) && text_equal(space, not_null_space(scratch, new));
        size_t action = new != NULL && !diff_takes_away(d, old) ? d->make_of_new[new->number] : d->first_of_old[i];
        if (space != NULL && !stays && action != NO_ACTION)
            map_set(freed, space, (void *)(uintptr_t)(action + 1));
    }
    for (size_t i = 0; map_count(freed) > 0 && i < d->new->objects.n; i++) {
        const Object *new = d->new->objects.v[i];
        const char *space = object_is(new, KIND_CONSTRAINT) ? object_space(scratch, new) : not_null_space(scratch, new);
        size_t freer = space == NULL ? 0 : (size_t)(uintptr_t)map_get(freed, space);
        if (freer == 0)
            continue;
        diff_wait(d, d->make_of_new[i], freer - 1);
        diff_wait_above(d, new, freer - 1);
    }
}

/* A table has one primary key, whatever it is called, and no two partitions for the same rows. */
static void order_sole(Diff *d, size_t action)
{
    const Object *new = d->actions.v[action].new;
    bool is_partition = object_is(new, KIND_PARTITION);
    const Object *table = is_partition ? link_above(new) : new->parent;
    const Object *old = table == NULL ? NULL : d->old_of[table->number];
    for (size_t i = 0; old != NULL && !is_partition && i < old->parts.n; i++)
        if (object_is(old->parts.v[i], KIND_CONSTRAINT) && *object_value(old->parts.v[i], "type") == 'p')
            diff_wait(d, action, d->first_of_old[old->parts.v[i]->number]);
    for (size_t i = 0; old != NULL && is_partition && i < old->needed_by.n; i++)
        if (object_is(old->needed_by.v[i], KIND_PARTITION) && link_above(old->needed_by.v[i]) == old)
            diff_wait(d, action, d->first_of_old[old->needed_by.v[i]->number]);
}

static void order_soles(Diff *d)
{
    for (size_t i = 0; i < d->new->objects.n; i++) {
        const Object *new = d->new->objects.v[i];
        size_t make = d->make_of_new[i];
        bool is_sole = object_is(new, KIND_PARTITION) || (object_is(new, KIND_CONSTRAINT) && *object_value(new, "type") == 'p');
        if (is_sole && make != NO_ACTION && d->actions.v[make].kind == ACT_CREATE)
            order_sole(d, make);
    }
}

/* Names are free once their bearers are gone. */
static void order_names(Diff *d)
{
    SCRATCH void *scratch = mem_scratch();
    Map *taken = map_new(scratch);
    for (size_t i = 0; i < d->old->objects.n; i++) {
        Object *old = d->old->objects.v[i];
        if (d->first_of_old[i] == NO_ACTION)
            continue;
        const char *space = object_space(scratch, old);
        if (space != NULL)
            map_set(taken, space, old);
        if (object_is(old, KIND_CONSTRAINT))
            map_set(taken, mem_printf(scratch, "r %s %s", old->schema, old->name), old);
    }
    order_not_null_names(d);
    for (size_t i = 0; map_count(taken) > 0 && i < d->new->objects.n; i++) {
        Object *new = d->new->objects.v[i];
        if (d->make_of_new[i] == NO_ACTION || d->actions.v[d->make_of_new[i]].kind != ACT_CREATE)
            continue;
        const char *space = object_space(scratch, new);
        Object *old = space == NULL ? NULL : map_get(taken, space);
        if (old == NULL && object_is(new, KIND_CONSTRAINT))
            old = map_get(taken, mem_printf(scratch, "r %s %s", new->schema, new->name));
        if (old != NULL)
            diff_wait(d, d->make_of_new[i], diff_away(d, old));
    }
}

static bool is_clustered(const Object *o)
{
    return (object_is(o, KIND_INDEX) || object_is(o, KIND_CONSTRAINT)) && object_flag(o, "clustered");
}

/* A table is clustered by one index: it forgets the old one before it gets a new one. */
static void order_clustered(Diff *d)
{
    SCRATCH void *scratch = mem_scratch();
    Map *freed = map_new(scratch); /* → the index that loses it */
    for (size_t i = 0; i < d->old->objects.n; i++) {
        Object *old = d->old->objects.v[i];
        if (is_clustered(old) && d->new_of[i] != NULL)
            map_set(freed, old->parent->key, d->new_of[i]);
    }
    for (size_t i = 0; i < d->new->objects.n; i++) {
        const Object *new = d->new->objects.v[i], *loser = is_clustered(new) ? map_get(freed, new->parent->key) : NULL;
        if (loser != NULL)
            diff_wait(d, d->make_of_new[i], d->make_of_new[loser->number]);
    }
}

void diff_order_sole(Diff *d)
{
    order_names(d);
    order_soles(d);
    order_clustered(d);
}
