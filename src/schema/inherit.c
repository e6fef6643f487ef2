/* schema/inherit.c: tables that have parts from others: children, partitions; typed tables are in typed.c. What is done to the other
 * reaches them by itself as long as they hang together; where that begins or ends with the plan, their parts must fit before, and are
 * their own after. Source: manual, ALTER TABLE (INHERIT, ATTACH PARTITION). */
#include "schema/action.h"

#include <string.h>

/* ---- who hangs on whom ---- */

/* Calls back for every part of the same name that this one comes from: `stays` says whether the tables hang together before and
 * after. */
typedef void (*Above)(Diff *d, const Object *part, const Object *above, bool stays);

static void each_above(Diff *d, const Object *part, const Fate *fates, Above call)
{
    const Object *above;
    for (size_t i = 0; (above = part_above(part, &i)) != NULL;) {
        Fate fate = fates[part->parent->parts.v[i - 1]->number]; /* of the link */
        call(d, part, above, fate == FATE_SAME || fate == FATE_ALTER);
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

/* Where a child keeps what its parent loses, that is taken from the parent only. */
static void mark_kept(Diff *d, const Object *part, const Object *from, bool stays)
{
    if (stays && diff_keeps(d, part) && !diff_keeps(d, from))
        d->drop_only[from->number] = true;
}

static void mark_old(Diff *d, const Object *part, const Object *from, bool stays)
{
    d->follows_old[part->number] |= stays && is_inherited_alone(part) && !d->drop_only[from->number];
}

static void mark_new(Diff *d, const Object *part, const Object *from, bool stays)
{
    bool was_there = d->new_fate[from->number] == FATE_SAME || d->new_fate[from->number] == FATE_ALTER;
    d->follows_new[part->number] |= stays && is_inherited_alone(part);
    d->has_above[part->number] |= stays && was_there;
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
        if (new == NULL || !diff_keeps(d, old) || !object_is(old, KIND_COLUMN) || !d->has_above[new->number] ||
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

bool diff_comes_by_itself(const Diff *d, const Action *a)
{
    const Object *new = a->new;
    return a->is_silent && a->kind == ACT_CREATE && object_is(new, KIND_COLUMN) && d->follows_new[new->number] &&
           (d->new_fate[new->parent->number] == FATE_SAME || d->new_fate[new->parent->number] == FATE_ALTER);
}

bool comes_from_parent(const Object *o)
{
    return may_come_from_above(o) && is_inherited_alone(o);
}

bool is_checked_alone(const Object *check)
{
    const Object *above;
    for (size_t i = 0; (above = part_above(check, &i)) != NULL;)
        if (object_flag(above, "validated"))
            return false;
    return object_flag(check, "validated");
}

static bool is_not_handed_down(const Object *check)
{
    const char *definition = object_value(check, "definition");
    return text_ends(definition, " NO INHERIT") || text_ends(definition, " NO INHERIT NOT VALID");
}

bool blocks_parting(const Diff *d, const Object *part, const Object *link)
{
    enum { VERSION_PARTS_FROM_NAMESAKES = 180000 };
    if (d->old->version >= VERSION_PARTS_FROM_NAMESAKES || !object_is(link, KIND_INHERITANCE) || !object_is(part, KIND_CONSTRAINT))
        return false;
    const Object *above = object_part_like(link_above(link), part);
    return above != NULL && *object_value(part, "type") == 'c' && *object_value(above, "type") == 'c' && is_not_handed_down(above);
}

/* ---- what waits for what ---- */

/* Waits until the part is gone: where it goes along with those that it comes from, until they are. */
static void wait_for_loss(Diff *d, size_t later, const Object *part)
{
    const Object *from;
    diff_wait(d, later, d->last_of_old[part->number]);
    for (size_t i = 0; d->follows_old[part->number] && (from = part_above(part, &i)) != NULL;)
        wait_for_loss(d, later, from);
}

/* What goes along with the part above must be free of what hangs on it by then; what is this table's too can go, or
 * change, only afterwards. */
static void order_old(Diff *d, const Object *part, const Object *from, bool stays)
{
    size_t here = d->first_of_old[part->number], there = d->first_of_old[from->number];
    if (stays && d->follows_old[part->number]) {
        diff_wait(d, there, here);
    } else if (stays) {
        diff_wait(d, here, there);
        wait_for_loss(d, here, from);
    }
    if (stays && diff_keeps(d, part) && !diff_keeps(d, from))
        diff_wait(d, d->make_of_new[d->new_of[part->number]->number], there);
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
    const Object *from;
    for (size_t i = 0; comes_from_parent(check) && (from = part_above(check, &i)) != NULL;)
        order_unchecked(d, child, from);
}

static bool is_made_anew(const Diff *d, const Object *column, const Object *from)
{
    Fate fate = d->new_fate[column->number];
    return object_is(column, KIND_COLUMN) && d->new_fate[from->number] == FATE_REBUILD && (fate == FATE_REBUILD || fate == FATE_NEW);
}

/* A check that is not checked comes when all new children are there. What is there already must be as the parent's is before that
 * comes. */
static void order_new(Diff *d, const Object *part, const Object *from, bool stays)
{
    size_t here = d->make_of_new[part->number], there = d->make_of_new[from->number];
    const Object *old = d->old_of[part->number];
    bool is_own = !d->follows_new[part->number] || (old != NULL && diff_keeps(d, old));
    if (comes_unchecked(part) && d->new_fate[part->parent->number] == FATE_NEW) {
        order_unchecked(d, part->parent, from);
    } else if (stays && is_own && (d->new_fate[from->number] == FATE_NEW || is_made_anew(d, part, from))) {
        diff_wait(d, there, here);
        diff_wait_above(d, from, here);
    } else if (object_is(part, KIND_COLUMN) || stays ||
               (comes_from_parent(part) && !object_flag(part->parent, "is_partition") && !d->put_off_new[part->number])) {
        diff_wait(d, here, there);
    }
    if (stays && old != NULL)
        diff_wait(d, there, d->first_of_old[old->number]);
}

/* What the parent loses would be in the way of what a new child has by the same name, and what an old one has not could not be
 * handed down. A new parent has it from its own parents for as long as they do. */
static void order_lost_above(Diff *d, const Object *link, const Object *parent)
{
    const Object *old = d->old_of[parent->number];
    size_t make = d->make_of_new[link->number];
    for (size_t i = 0; old != NULL && i < old->parts.n; i++) {
        const Object *part = old->parts.v[i];
        bool is_lost = may_come_from_above(part) && d->new_of[part->number] == NULL;
        if (is_lost && (!d->actions.v[make].is_silent || object_part_like(link->parent, part) != NULL))
            wait_for_loss(d, make, part);
    }
    for (size_t i = 0; old == NULL && i < parent->parts.n; i++) {
        const Object *above = is_link(parent->parts.v[i]) ? link_above(parent->parts.v[i]) : NULL;
        if (above != NULL)
            order_lost_above(d, link, above);
    }
}

void diff_wait_above(Diff *d, const Object *part, size_t earlier)
{
    const Object *from;
    for (size_t i = 0; may_come_from_above(part) && (from = part_above(part, &i)) != NULL;) {
        Fate fate = d->new_fate[part->parent->parts.v[i - 1]->number]; /* of the link */
        if (fate != FATE_SAME && fate != FATE_ALTER)
            continue;
        diff_wait(d, d->make_of_new[from->number], earlier);
        diff_wait_above(d, from, earlier);
    }
}

/* A partition has no columns but those of the whole. */
static void order_lost_below(Diff *d, const Object *link)
{
    const Object *old = d->old_of[link->parent->number];
    for (size_t i = 0; old != NULL && object_is(link, KIND_PARTITION) && i < old->parts.n; i++)
        if (object_is(old->parts.v[i], KIND_COLUMN) && d->new_of[old->parts.v[i]->number] == NULL)
            wait_for_loss(d, d->make_of_new[link->number], old->parts.v[i]);
}

/* What is linked fits already. */
static void order_new_link(Diff *d, const Object *link, const Object *parent)
{
    size_t make = d->make_of_new[link->number];
    for (size_t k = 0; k < link->parent->parts.n; k++)
        if (object_part_like(parent, link->parent->parts.v[k]) != NULL)
            diff_wait(d, make, d->make_of_new[link->parent->parts.v[k]->number]);
    for (size_t k = 0; k < parent->parts.n; k++) {
        const Object *part = object_part_like(link->parent, parent->parts.v[k]);
        if (part != NULL && !comes_unchecked(part))
            diff_wait(d, make, d->make_of_new[parent->parts.v[k]->number]);
    }
}

static void order_behind(Diff *d, const Object *part, size_t earlier)
{
    const Object *new = d->new_of[part->number];
    diff_wait(d, d->first_of_old[part->number], earlier);
    if (new == NULL)
        return;
    diff_wait(d, d->make_of_new[new->number], earlier);
    diff_wait_above(d, new, earlier);
}

/* What the parent gets would meet what a child that goes has by the same name, and be handed down to one that stays without it. */
static void order_gained_above(Diff *d, const Object *link, const Object *parent)
{
    const Object *new = d->new_of[parent->number];
    size_t drop = d->first_of_old[link->number];
    for (size_t i = 0; new != NULL && i < new->parts.n; i++) {
        const Object *part = new->parts.v[i];
        bool is_gained = may_come_from_above(part) && d->old_of[part->number] == NULL;
        if (is_gained && (!d->actions.v[drop].is_silent || object_part_like(link->parent, part) != NULL))
            diff_wait(d, d->make_of_new[part->number], drop);
    }
}

/* A partition gets no columns but from the whole. */
static void order_gained_below(Diff *d, const Object *link)
{
    const Object *new = d->new_of[link->parent->number];
    for (size_t i = 0; new != NULL && object_is(link, KIND_PARTITION) && i < new->parts.n; i++)
        if (object_is(new->parts.v[i], KIND_COLUMN) && d->old_of[new->parts.v[i]->number] == NULL)
            diff_wait(d, d->make_of_new[new->parts.v[i]->number], d->first_of_old[link->number]);
}

/* What is not linked any more is free for changes of its own. */
static void order_old_link(Diff *d, const Object *link, const Object *parent)
{
    size_t drop = d->first_of_old[link->number];
    for (size_t k = 0; k < link->parent->parts.n; k++) {
        const Object *part = link->parent->parts.v[k], *new = d->new_of[part->number];
        if (blocks_parting(d, part, link)) {
            diff_wait(d, drop, d->first_of_old[part->number]);
            if (new != NULL)
                diff_wait(d, d->make_of_new[new->number], drop);
        } else if (part != link && (object_part_like(parent, part) != NULL || object_is(part, KIND_INDEX))) {
            order_behind(d, part, drop);
        }
    }
    for (size_t k = 0; k < parent->parts.n; k++)
        if (object_part_like(link->parent, parent->parts.v[k]) != NULL)
            order_behind(d, parent->parts.v[k], drop);
}

static void order_links(Diff *d)
{
    for (size_t i = 0; i < d->new->objects.n; i++) {
        const Object *link = d->new->objects.v[i], *parent = is_link(link) ? link_above(link) : NULL;
        if (parent == NULL || d->make_of_new[i] == NO_ACTION)
            continue;
        order_lost_above(d, link, parent);
        order_lost_below(d, link);
        if (!d->actions.v[d->make_of_new[i]].is_silent)
            order_new_link(d, link, parent);
    }
    for (size_t i = 0; i < d->old->objects.n; i++) {
        const Object *link = d->old->objects.v[i], *parent = is_link(link) ? link_above(link) : NULL;
        if (parent == NULL || d->first_of_old[i] == NO_ACTION)
            continue;
        order_gained_above(d, link, parent);
        order_gained_below(d, link);
        order_old_link(d, link, parent);
    }
}

void diff_order_inherited(Diff *d)
{
    each_old(d, order_old);
    each_new(d, order_new);
    order_links(d);
}
