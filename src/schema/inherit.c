/* schema/inherit.c: tables that have parts from others: children, partitions, typed tables. What is done to the other reaches them by
 * itself as long as they hang together; where that begins or ends with the plan, their parts must fit before, and are their own
 * after. Sources: manual, ALTER TABLE (INHERIT, ATTACH PARTITION, OF) and ALTER TYPE (CASCADE). */
#include "schema/action.h"

#include <string.h>

/* ---- who hangs on whom ---- */

static bool is_link(const Object *o)
{
    return object_is(o, KIND_INHERITANCE) || object_is(o, KIND_PARTITION);
}

/* The table at the link's other end; NULL when it is not of the model. */
static const Object *above(const Object *link)
{
    for (size_t i = 0; i < link->needs.n; i++)
        if (link->needs.v[i].on != link->parent && object_is(link->needs.v[i].on, KIND_TABLE))
            return link->needs.v[i].on;
    return NULL;
}

static const Object *composite_of(const Object *table)
{
    for (size_t i = 0; object_flag(table, "of_type") && i < table->needs.n; i++)
        if (object_is(table->needs.v[i].on, KIND_COMPOSITE) && strcmp(table->needs.v[i].on->id, object_value(table, "of_type")) == 0)
            return table->needs.v[i].on;
    return NULL;
}

static const Object *part_like(const Object *whole, const Object *part)
{
    for (size_t i = 0; whole != NULL && i < whole->parts.n; i++)
        if (whole->parts.v[i]->kind == part->kind && strcmp(whole->parts.v[i]->name, part->name) == 0)
            return whole->parts.v[i];
    return NULL;
}

/* Calls back for every part of the same name that this one comes from: `stays` says whether the tables hang together before and
 * after. */
typedef void (*Above)(Diff *d, const Object *part, const Object *above, bool stays);

static void each_above(Diff *d, const Object *part, const Fate *fates, const Object *const *others, Above call)
{
    const Object *table = part->parent, *type = object_is(part, KIND_COLUMN) ? composite_of(table) : NULL, *found;
    for (size_t i = 0; i < table->parts.n; i++) {
        const Object *link = table->parts.v[i];
        if (is_link(link) && (found = part_like(above(link), part)) != NULL)
            call(d, part, found, fates[link->number] == FATE_SAME || fates[link->number] == FATE_ALTER);
    }
    if (type == NULL || (found = part_like(type, part)) == NULL)
        return;
    const Object *other = others[table->number];
    call(d, part, found, other != NULL && text_equal(object_value(table, "of_type"), object_value(other, "of_type")));
}

static bool may_come_from_above(const Object *o)
{
    return o->parent != NULL && object_is(o->parent, KIND_TABLE) && (object_is(o, KIND_COLUMN) || object_is(o, KIND_CONSTRAINT));
}

/* ---- what follows ---- */

static bool is_inherited_alone(const Object *o)
{
    if (object_flag(o->parent, "of_type"))
        return object_is(o, KIND_COLUMN);
    if (object_is(o, KIND_COLUMN))
        return object_flag(o, "is_inherited") && !object_flag(o, "is_local");
    return object_flag(o, "is_inherited") && !object_flag(o, "is_attached");
}

static bool is_kept(const Diff *d, const Object *old)
{
    return d->old_fate[old->number] == FATE_SAME || d->old_fate[old->number] == FATE_ALTER;
}

/* Where a child keeps what its parent loses, that is taken from the parent only. */
static void mark_kept(Diff *d, const Object *part, const Object *from, bool stays)
{
    if (stays && is_kept(d, part) && !is_kept(d, from) && object_is(from->parent, KIND_TABLE))
        d->drop_only[from->number] = true;
}

static void mark_old(Diff *d, const Object *part, const Object *from, bool stays)
{
    d->follows_old[part->number] |= stays && is_inherited_alone(part) && !d->drop_only[from->number];
}

static void mark_new(Diff *d, const Object *part, const Object *from, bool stays)
{
    (void)from;
    d->follows_new[part->number] |= stays && is_inherited_alone(part);
    d->has_above[part->number] |= stays;
}

static void each_old(Diff *d, Above call)
{
    for (size_t i = 0; i < d->old->objects.n; i++)
        if (may_come_from_above(d->old->objects.v[i]))
            each_above(d, d->old->objects.v[i], d->old_fate, (const Object *const *)d->new_of, call);
}

static void each_new(Diff *d, Above call)
{
    for (size_t i = 0; i < d->new->objects.n; i++)
        if (may_come_from_above(d->new->objects.v[i]))
            each_above(d, d->new->objects.v[i], d->new_fate, (const Object *const *)d->old_of, call);
}

void diff_follow(Diff *d)
{
    each_old(d, mark_kept);
    each_old(d, mark_old);
    each_new(d, mark_new);
}

bool comes_from_parent(const Object *o)
{
    return may_come_from_above(o) && !object_flag(o->parent, "of_type") && is_inherited_alone(o);
}

/* ---- what waits for what ---- */

/* What goes along with the part above must be free of what hangs on it by then; what is this table's too can go only afterwards. */
static void order_old(Diff *d, const Object *part, const Object *from, bool stays)
{
    size_t here = d->first_of_old[part->number], there = d->first_of_old[from->number];
    if (stays && d->follows_old[part->number])
        diff_wait(d, there, here);
    else if (stays)
        diff_wait(d, here, there);
}

/* What a new child inherits counts as checked: a check that is not comes when the child is there. What is there already must be as
 * the parent's is before that comes. */
static bool comes_unchecked(const Object *part)
{
    return object_is(part, KIND_CONSTRAINT) && !object_flag(part, "validated") && comes_from_parent(part) && !object_flag(part->parent, "is_partition");
}

static void order_new(Diff *d, const Object *part, const Object *from, bool stays)
{
    size_t here = d->make_of_new[part->number], there = d->make_of_new[from->number];
    if (comes_unchecked(part) && !comes_from_parent(from))
        diff_wait(d, there, d->make_of_new[part->parent->number]);
    else if (stays && d->new_fate[from->number] == FATE_NEW && d->new_fate[part->number] != FATE_NEW)
        diff_wait(d, there, here);
    else if (object_is(part, KIND_COLUMN) || stays)
        diff_wait(d, here, there);
}

/* What is linked fits already; what is not any more is free for changes of its own. */
static void order_links(Diff *d)
{
    for (size_t i = 0; i < d->new->objects.n; i++) {
        const Object *link = d->new->objects.v[i], *parent = is_link(link) ? above(link) : NULL;
        if (d->make_of_new[i] == NO_ACTION || parent == NULL)
            continue;
        for (size_t k = 0; k < link->parent->parts.n; k++)
            if (part_like(parent, link->parent->parts.v[k]) != NULL)
                diff_wait(d, d->make_of_new[i], d->make_of_new[link->parent->parts.v[k]->number]);
        for (size_t k = 0; k < parent->parts.n; k++) {
            const Object *part = part_like(link->parent, parent->parts.v[k]);
            if (part != NULL && !comes_unchecked(part))
                diff_wait(d, d->make_of_new[i], d->make_of_new[parent->parts.v[k]->number]);
        }
    }
    for (size_t i = 0; i < d->old->objects.n; i++) {
        const Object *link = d->old->objects.v[i], *parent = is_link(link) ? above(link) : NULL;
        if (parent == NULL || d->first_of_old[i] == NO_ACTION)
            continue;
        for (size_t k = 0; k < link->parent->parts.n; k++) {
            const Object *part = link->parent->parts.v[k], *new = d->new_of[part->number];
            if (part == link || (part_like(parent, part) == NULL && !object_is(part, KIND_INDEX)))
                continue;
            diff_wait(d, d->first_of_old[part->number], d->first_of_old[i]);
            if (new != NULL)
                diff_wait(d, d->make_of_new[new->number], d->first_of_old[i]);
        }
    }
}

void diff_order_inherited(Diff *d)
{
    each_old(d, order_old);
    each_new(d, order_new);
    order_links(d);
}
