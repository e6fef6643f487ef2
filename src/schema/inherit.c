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

const Object *link_above(const Object *link)
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

/* Calls back for every part of the same name that this one comes from: `stays` says whether the tables hang together before and
 * after. */
typedef void (*Above)(Diff *d, const Object *part, const Object *above, bool stays);

static void each_above(Diff *d, const Object *part, const Fate *fates, Above call)
{
    for (size_t i = 0; i < part->parent->parts.n; i++) {
        const Object *link = part->parent->parts.v[i], *found = is_link(link) ? object_part_like(link_above(link), part) : NULL;
        if (found != NULL)
            call(d, part, found, fates[link->number] == FATE_SAME || fates[link->number] == FATE_ALTER);
    }
}

static bool may_come_from_above(const Object *o)
{
    return o->parent != NULL && object_is(o->parent, KIND_TABLE) && (object_is(o, KIND_COLUMN) || object_is(o, KIND_CONSTRAINT));
}

/* ---- what follows ---- */

static bool is_inherited_alone(const Object *o)
{
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
    if (stays && is_kept(d, part) && !is_kept(d, from))
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
            each_above(d, d->old->objects.v[i], d->old_fate, call);
}

static void each_new(Diff *d, Above call)
{
    for (size_t i = 0; i < d->new->objects.n; i++)
        if (may_come_from_above(d->new->objects.v[i]))
            each_above(d, d->new->objects.v[i], d->new_fate, call);
}

/* The type of a column changes where it comes from; its own default may not fit that. */
static void free_defaults(Diff *d)
{
    for (size_t i = 0; i < d->old->objects.n; i++) {
        const Object *old = d->old->objects.v[i], *new = d->new_of[i];
        if (new == NULL || !is_kept(d, old) || !object_is(old, KIND_COLUMN) || !d->has_above[new->number] ||
            object_flag(old, "generated"))
            continue;
        bool retyped = d->retype[i] || !text_equal(object_value(old, "type"), object_value(new, "type"));
        d->redefault[i] |= retyped && object_flag(old, "default_value");
        if (d->redefault[i])
            d->old_fate[i] = d->new_fate[new->number] = FATE_ALTER;
    }
}

void diff_follow(Diff *d)
{
    size_t old_n = d->old->objects.n, new_n = d->new->objects.n;
    memset(d->drop_only, 0, old_n * sizeof *d->drop_only);
    memset(d->follows_old, 0, old_n * sizeof *d->follows_old);
    memset(d->follows_new, 0, new_n * sizeof *d->follows_new);
    memset(d->has_above, 0, new_n * sizeof *d->has_above);
    each_old(d, mark_kept);
    each_old(d, mark_old);
    each_new(d, mark_new);
    free_defaults(d);
}

bool comes_from_parent(const Object *o)
{
    return may_come_from_above(o) && is_inherited_alone(o);
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

/* What a new child inherits counts as checked. */
static bool comes_unchecked(const Object *part)
{
    return object_is(part, KIND_CONSTRAINT) && !object_flag(part, "validated") && comes_from_parent(part) &&
           !object_flag(part->parent, "is_partition");
}

static void order_unchecked(Diff *d, const Object *child, const Object *check)
{
    if (!comes_from_parent(check))
        diff_wait(d, d->make_of_new[check->number], d->make_of_new[child->number]);
    for (size_t i = 0; comes_from_parent(check) && i < check->parent->parts.n; i++) {
        const Object *link = check->parent->parts.v[i], *from = is_link(link) ? object_part_like(link_above(link), check) : NULL;
        if (from != NULL)
            order_unchecked(d, child, from);
    }
}

/* A check that is not checked comes when all new children are there. What is there already must be as the parent's is before that
 * comes. */
static void order_new(Diff *d, const Object *part, const Object *from, bool stays)
{
    size_t here = d->make_of_new[part->number], there = d->make_of_new[from->number];
    if (comes_unchecked(part) && d->new_fate[part->parent->number] == FATE_NEW)
        order_unchecked(d, part->parent, from);
    else if (stays && d->new_fate[from->number] == FATE_NEW && !d->follows_new[part->number])
        diff_wait(d, there, here);
    else if (object_is(part, KIND_COLUMN) || stays ||
             (comes_from_parent(part) && !object_flag(part->parent, "is_partition") && !d->put_off_new[part->number]))
        diff_wait(d, here, there);
    if (stays && d->old_of[part->number] != NULL)
        diff_wait(d, there, d->first_of_old[d->old_of[part->number]->number]);
}

/* What is linked fits already; what is not any more is free for changes of its own. */
static void order_links(Diff *d)
{
    for (size_t i = 0; i < d->new->objects.n; i++) {
        const Object *link = d->new->objects.v[i], *parent = is_link(link) ? link_above(link) : NULL;
        if (parent == NULL || d->make_of_new[i] == NO_ACTION || d->actions.v[d->make_of_new[i]].is_silent)
            continue;
        for (size_t k = 0; k < link->parent->parts.n; k++)
            if (object_part_like(parent, link->parent->parts.v[k]) != NULL)
                diff_wait(d, d->make_of_new[i], d->make_of_new[link->parent->parts.v[k]->number]);
        for (size_t k = 0; k < parent->parts.n; k++) {
            const Object *part = object_part_like(link->parent, parent->parts.v[k]);
            if (part != NULL && !comes_unchecked(part))
                diff_wait(d, d->make_of_new[i], d->make_of_new[parent->parts.v[k]->number]);
        }
    }
    for (size_t i = 0; i < d->old->objects.n; i++) {
        const Object *link = d->old->objects.v[i], *parent = is_link(link) ? link_above(link) : NULL;
        if (parent == NULL || d->first_of_old[i] == NO_ACTION)
            continue;
        for (size_t k = 0; k < link->parent->parts.n; k++) {
            const Object *part = link->parent->parts.v[k], *new = d->new_of[part->number];
            if (part == link || (object_part_like(parent, part) == NULL && !object_is(part, KIND_INDEX)))
                continue;
            diff_wait(d, d->first_of_old[part->number], d->first_of_old[i]);
            if (new != NULL)
                diff_wait(d, d->make_of_new[new->number], d->first_of_old[i]);
        }
        for (size_t k = 0; k < parent->parts.n; k++) {
            const Object *part = parent->parts.v[k], *new = d->new_of[part->number];
            if (object_part_like(link->parent, part) == NULL)
                continue;
            diff_wait(d, d->first_of_old[part->number], d->first_of_old[i]);
            if (new != NULL)
                diff_wait(d, d->make_of_new[new->number], d->first_of_old[i]);
        }
    }
}

/* ---- typed tables ---- */

static bool changes(const Diff *d, const Object *composite)
{
    const Object *new = d->new_of[composite->number];
    if (new == NULL || d->new_fate[new->number] == FATE_REBUILD)
        return true;
    for (size_t i = 0; i < composite->parts.n; i++) {
        const Object *attribute = composite->parts.v[i], *then = d->new_of[attribute->number];
        if (then == NULL || !is_kept(d, attribute) || pair_differs(attribute, then, MANNER_OWN) || d->retype[attribute->number])
            return true;
    }
    for (size_t i = 0; i < new->parts.n; i++)
        if (d->old_of[new->parts.v[i]->number] == NULL)
            return true;
    return false;
}

/* A typed table is freed of its type while that changes: its columns keep their values so. */
void diff_untie(Diff *d)
{
    for (size_t i = 0; i < d->old->objects.n; i++) {
        const Object *table = d->old->objects.v[i], *new = d->new_of[i];
        if (!object_is(table, KIND_TABLE) || new == NULL || !is_kept(d, table))
            continue;
        const Object *type = composite_of(table);
        d->untied[i] = object_flag(table, "of_type") &&
                       (!text_equal(object_value(table, "of_type"), object_value(new, "of_type")) || type == NULL || changes(d, type));
    }
}

bool diff_ties(const Diff *d, const Object *new)
{
    const Object *old = d->old_of[new->number];
    return object_is(new, KIND_TABLE) && object_flag(new, "of_type") && old != NULL && is_kept(d, old) &&
           (d->untied[old->number] || !object_flag(old, "of_type"));
}

static void order_untied(Diff *d, size_t release)
{
    const Object *table = d->actions.v[release].old, *new = d->new_of[table->number], *wholes[] = {table, composite_of(table)};
    for (size_t w = 0; w < 2; w++) {
        for (size_t i = 0; wholes[w] != NULL && i < wholes[w]->parts.n; i++) {
            const Object *part = wholes[w]->parts.v[i], *then = d->new_of[part->number];
            diff_wait(d, d->first_of_old[part->number], release);
            if (then != NULL)
                diff_wait(d, d->make_of_new[then->number], release);
        }
    }
    for (size_t i = 0; i < new->parts.n; i++)
        diff_wait(d, d->make_of_new[new->parts.v[i]->number], release);
}

static void order_tied(Diff *d, size_t tie)
{
    const Object *table = d->actions.v[tie].new, *wholes[] = {table, composite_of(table)};
    for (size_t w = 0; w < 2; w++) {
        if (wholes[w] == NULL)
            continue;
        diff_wait(d, tie, d->make_of_new[wholes[w]->number]);
        for (size_t i = 0; i < wholes[w]->parts.n; i++)
            diff_wait(d, tie, d->make_of_new[wholes[w]->parts.v[i]->number]);
    }
    const Object *old = d->old_of[table->number];
    for (size_t i = 0; i < old->parts.n; i++) {
        diff_wait(d, tie, d->first_of_old[old->parts.v[i]->number]);
        diff_wait(d, tie, d->last_of_old[old->parts.v[i]->number]);
    }
}

/* A table that goes stands in the way of changes of its type. */
static void order_dropped_typed(Diff *d)
{
    for (size_t i = 0; i < d->old->objects.n; i++) {
        const Object *table = d->old->objects.v[i], *type = object_is(table, KIND_TABLE) && !is_kept(d, table) ? composite_of(table) : NULL;
        const Object *then = type == NULL ? NULL : d->new_of[type->number];
        for (size_t k = 0; type != NULL && k < type->parts.n; k++)
            diff_wait(d, d->first_of_old[type->parts.v[k]->number], d->first_of_old[i]);
        for (size_t k = 0; then != NULL && k < then->parts.n; k++)
            diff_wait(d, d->make_of_new[then->parts.v[k]->number], d->first_of_old[i]);
    }
}

void diff_order_inherited(Diff *d)
{
    each_old(d, order_old);
    each_new(d, order_new);
    order_links(d);
    order_dropped_typed(d);
    for (size_t i = 0; i < d->actions.n; i++) {
        if (d->actions.v[i].kind == ACT_RELEASE && object_is(d->actions.v[i].old, KIND_TABLE))
            order_untied(d, i);
        else if (d->actions.v[i].kind == ACT_TIE)
            order_tied(d, i);
    }
}
