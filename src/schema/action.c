/* schema/action.c: the actions that fates come to. What they wait for: waiting.c; their statements: action_write.c. */
#include "schema/action.h"

#include "schema/making.h"

#include <string.h>

static size_t add_action(Diff *d, ActionKind kind, Object *old, Object *new)
{
    size_t number = d->actions.n;
    list_push(d->ctx, &d->actions, (Action){.kind = kind, .old = old, .new = new, .container = number});
    return number;
}

static bool is_made(const Diff *d, const Object *new)
{
    Fate fate = d->new_fate[new->number];
    return fate == FATE_NEW || fate == FATE_REBUILD;
}

bool diff_takes_away(const Diff *d, const Object *old)
{
    Fate fate = d->old_fate[old->number];
    return fate == FATE_GONE || fate == FATE_REBUILD;
}

static bool is_view_column(const Object *o)
{
    return object_is(o, KIND_COLUMN) && (o->parent == NULL || object_is(o->parent, KIND_VIEW));
}

static const Object *part_of_kind(const Object *o, KindIndex kind)
{
    for (size_t i = 0; i < o->parts.n; i++)
        if (object_is(o->parts.v[i], kind))
            return o->parts.v[i];
    return NULL;
}

static const Object *attached_to(const Object *attachment)
{
    for (size_t i = 0; i < attachment->needs.n; i++)
        if (attachment->needs.v[i].on != attachment->parent)
            return attachment->needs.v[i].on;
    return NULL;
}

/* The table is attached in this plan, which attaches its indexes as well. */
static bool is_attached_along(const Diff *d, const Object *attachment)
{
    const Object *whole = attached_to(attachment);
    if (whole != NULL && is_incomplete(whole) && is_made(d, whole))
        return false;
    const Object *index = attachment->parent, *table = index == NULL ? NULL : index->parent;
    const Object *partition = table == NULL ? NULL : part_of_kind(table, KIND_PARTITION);
    return partition == NULL || is_made(d, partition);
}

/* Written into the statement that makes its parent. */
static bool is_made_along(const Diff *d, const Object *new)
{
    if (is_view_column(new))
        return true;
    if (object_is(new, KIND_INDEX_PARTITION))
        return is_attached_along(d, new);
    if (new->parent == NULL || !is_made(d, new->parent))
        return d->follows_new[new->number];
    if (object_is(new->parent, KIND_COMPOSITE))
        return true;
    /* children get what their parents are given, partitions must have it before */
    if (comes_from_parent(new) && object_is(new, KIND_CONSTRAINT) && !object_flag(new->parent, "is_partition"))
        return true;
    if (!object_is(new->parent, KIND_TABLE) || !is_inline(new))
        return false;
    return object_is(new, KIND_COLUMN) || !d->put_off_new[new->number];
}

/* Goes when another is dropped. */
static const Object *taken_along_with(const Diff *d, const Object *old)
{
    if (d->put_off_old[old->number] && !object_is(old, KIND_COLUMN))
        return NULL;
    if (old->parent != NULL && diff_takes_away(d, old->parent))
        return old->parent;
    if (is_view_column(old) || object_is(old, KIND_INDEX_PARTITION) || d->follows_old[old->number])
        return old->parent == NULL ? old : old->parent;
    for (size_t i = 0; i < old->needs.n; i++) {
        const Object *on = old->needs.v[i].on;
        if (!old->needs.v[i].automatic || !diff_takes_away(d, on))
            continue;
        if (object_is(old, KIND_SEQUENCE) && d->new_of[old->number] == NULL)
            return on;
    }
    /* an index of a partition goes with that of the whole, unless the partition is one no more by then */
    const Object *attachment = part_of_kind(old, KIND_INDEX_PARTITION);
    const Object *partition = attachment == NULL ? NULL : part_of_kind(old->parent, KIND_PARTITION);
    if (partition != NULL && diff_takes_away(d, partition))
        return NULL;
    for (size_t i = 0; attachment != NULL && i < attachment->needs.n; i++) {
        const Object *on = attachment->needs.v[i].on;
        if (on != old && diff_takes_away(d, on))
            return on;
    }
    return NULL;
}

bool diff_renews_toast(const Diff *d, const Object *old)
{
    const Object *new = d->new_of[old->number];
    if (!object_is(old, KIND_TABLE) || new == NULL || !diff_keeps(d, old))
        return false;
    bool is_moved = !text_equal(object_value(old, "persistence"), object_value(new, "persistence")) ||
                    !text_equal(object_value(old, "access_method"), object_value(new, "access_method"));
    size_t rewrites = is_moved, come = 0;
    for (size_t i = 0; i < new->parts.n; i++) {
        const Object *column = new->parts.v[i], *was = d->old_of[column->number];
        if (!object_is(column, KIND_COLUMN))
            continue;
        come += was == NULL || !diff_keeps(d, was);
        rewrites += was != NULL && diff_keeps(d, was) && diff_type_changes(d, was);
    }
    return rewrites > 0 && rewrites + come > 1;
}

static bool has_late(const Diff *d, const Object *old, const Object *new)
{
    for (size_t i = 0; i < new->kind->attributes_count; i++) {
        const Attribute *a = &new->kind->attributes[i];
        bool is_lost = a->goes_with_toast && new->values[i] != NULL && old != NULL && diff_renews_toast(d, old);
        if (a->manner == MANNER_LATE && (is_lost || !text_equal(old == NULL ? NULL : old->values[i], new->values[i])))
            return true;
    }
    return false;
}

const Object *diff_type_over(const Object *dependent)
{
    const Object *o = object_is(dependent, KIND_COLUMN) && dependent->parent != NULL ? dependent->parent : dependent;
    return strcmp(o->kind->catalog, "pg_type") == 0 ? o : NULL;
}

static bool stays_with_values(const Diff *d, const Object *o)
{
    return (object_is_table_column(o) || object_is_attribute(o)) && !diff_takes_away(d, o);
}

/* A type with columns, or attributes, that stay, itself or within others that go, too, is not dropped under them but renamed, until
 * they have the new one. */
static bool is_held(const Diff *d, const Object *type, bool within)
{
    for (size_t i = 0; i < type->needed_by.n; i++) {
        const Object *o = type->needed_by.v[i], *over = diff_type_over(o);
        if (d->retype[o->number] || (within && stays_with_values(d, o)))
            return true;
        if (over != NULL && over != type && diff_takes_away(d, over) && is_held(d, over, true))
            return true;
    }
    return false;
}

static void add_removal(Diff *d, Object *old)
{
    size_t n = old->number;
    bool is_moved = d->moved[n] && !diff_takes_away(d, old->parent);
    if (d->old_fate[n] == FATE_REBUILD && (is_moved || is_held(d, old, false))) {
        d->first_of_old[n] = add_action(d, ACT_RENAME, old, NULL);
        d->last_of_old[n] = add_action(d, ACT_REMOVE, old, NULL);
        return;
    }
    d->first_of_old[n] = d->last_of_old[n] = add_action(d, ACT_DROP, old, NULL);
}

/* A sequence that shall outlive its owner is freed of it first. */
static bool must_be_released(const Diff *d, const Object *old)
{
    if (object_is(old, KIND_COLUMN))
        return (d->redefault[old->number] || d->put_off_old[old->number]) && object_flag(old, "default_value");
    if (object_is(old, KIND_TABLE))
        return d->untied[old->number];
    if (!object_is(old, KIND_SEQUENCE) || d->new_of[old->number] == NULL)
        return false;
    for (size_t i = 0; i < old->needs.n; i++)
        if (old->needs.v[i].automatic && diff_takes_away(d, old->needs.v[i].on))
            return true;
    return false;
}

static void add_old_actions(Diff *d)
{
    for (size_t i = 0; i < d->old->objects.n; i++) {
        Object *old = d->old->objects.v[i];
        d->first_of_old[i] = d->last_of_old[i] = NO_ACTION;
        if (diff_takes_away(d, old))
            add_removal(d, old);
        if (!must_be_released(d, old))
            continue;
        size_t release = add_action(d, ACT_RELEASE, old, NULL);
        if (!diff_takes_away(d, old))
            d->first_of_old[i] = release;
    }
    for (size_t i = 0; i < d->old->objects.n; i++) {
        Object *old = d->old->objects.v[i];
        const Object *with = diff_takes_away(d, old) ? taken_along_with(d, old) : NULL;
        if (with == NULL)
            continue;
        Action *a = &d->actions.v[d->first_of_old[i]];
        a->is_silent = true;
        if (with != old && d->first_of_old[with->number] != NO_ACTION)
            a->container = d->last_of_old[with->number];
    }
}

static void add_new_actions(Diff *d)
{
    for (size_t i = 0; i < d->new->objects.n; i++) {
        Object *new = d->new->objects.v[i], *old = d->old_of[i];
        Fate fate = d->new_fate[i];
        Object *before = fate == FATE_SAME || fate == FATE_ALTER ? old : NULL;
        d->make_of_new[i] = NO_ACTION;
        if (diff_ties(d, new))
            add_action(d, ACT_TIE, old, new);
        if (has_late(d, before, new))
            add_action(d, ACT_LATE, before, new);
        if (fate == FATE_SAME)
            continue;
        if (fate == FATE_ALTER && d->follows_new[i] && object_is(new, KIND_CONSTRAINT) && !is_checked_alone(new))
            continue;
        d->make_of_new[i] = add_action(d, fate == FATE_ALTER ? ACT_ALTER : ACT_CREATE, old, new);
        Action *a = &d->actions.v[d->make_of_new[i]];
        a->is_recreated = fate == FATE_REBUILD;
        a->is_silent = fate != FATE_ALTER && is_made_along(d, new);
        if (object_is(new, KIND_COLUMN) && d->put_off_new[i])
            add_action(d, ACT_DEFAULT, NULL, new);
    }
    for (size_t i = 0; i < d->renewals.n; i++) {
        Object *first = (Object *)d->renewals.v[i].family.v[0];
        d->renewals.v[i].action = add_action(d, ACT_NOT_NULL, first, d->new_of[first->number]);
    }
    for (size_t i = 0; i < d->new->objects.n; i++) {
        const Object *parent = d->new->objects.v[i]->parent;
        if (d->make_of_new[i] == NO_ACTION || parent == NULL || d->make_of_new[parent->number] == NO_ACTION)
            continue;
        Action *a = &d->actions.v[d->make_of_new[i]];
        if (a->is_silent)
            a->container = d->make_of_new[parent->number];
    }
}

size_t diff_container(const Diff *d, size_t action)
{
    while (d->actions.v[action].container != action)
        action = d->actions.v[action].container;
    return action;
}

void diff_actions(Diff *d)
{
    d->actions.n = d->waits.n = 0;
    add_old_actions(d);
    add_new_actions(d);
    diff_order_actions(d);
}
