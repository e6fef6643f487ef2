/* schema/waiting.c: which actions must wait for which: what is needed comes before and goes after. What there can be only one of:
 * sole.c. What tables have from one another: inherit.c, partition.c, typed.c. */
#include "schema/action.h"

#include "base/map.h"
#include "schema/making.h"

#include <string.h>

void diff_wait(Diff *d, size_t later, size_t earlier)
{
    if (later == NO_ACTION || earlier == NO_ACTION)
        return;
    later = diff_container(d, later);
    earlier = diff_container(d, earlier);
    if (later == earlier)
        return;
    list_push(d->ctx, &d->waits, (Wait){(uint32_t)later, (uint32_t)earlier});
}

/* Is the need one that the object's own statement does not have? */
static bool is_put_off(const Diff *d, const Object *new, const Need *need)
{
    if (need->by_default)
        return d->put_off_new[new->number];
    return object_is(new, KIND_SEQUENCE) && need->automatic; /* OWNED BY is set late */
}

/* Between a parent and a child that is there already stands the inheritance, which is an object of its own. */
static bool is_child_changed(ActionKind kind, const Object *child, const Object *parent)
{
    return kind == ACT_ALTER && object_is(child, KIND_TABLE) && object_is(parent, KIND_TABLE);
}

/* Parts of a type that is renamed go with that. */
size_t diff_away(const Diff *d, const Object *old)
{
    size_t first = d->first_of_old[old->number];
    const Action *a = first == NO_ACTION ? NULL : &d->actions.v[diff_container(d, first)];
    return a != NULL && a->kind == ACT_REMOVE ? d->first_of_old[a->old->number] : first;
}

static void wait_for_changes(Diff *d, size_t action, const Object *new, const Object *old)
{
    for (size_t i = 0; i < new->parts.n; i++)
        diff_wait(d, action, d->make_of_new[new->parts.v[i]->number]);
    for (size_t i = 0; old != NULL && i < old->parts.n; i++)
        diff_wait(d, action, diff_away(d, old->parts.v[i]));
}

/* Does the check of a domain need the object, in turn? Types and routines are gone through; what looks into tables counts as if it
 * did, for it may come back to anything. */
static bool reaches(const Object *check, const Object *o, Map *seen)
{
    for (size_t i = 0; i < check->needs.n; i++) {
        const Object *on = check->needs.v[i].on;
        const char *number = mem_printf(seen, "%zu", on->number);
        if (on == o || object_is(on, KIND_TABLE) || object_is(on, KIND_VIEW))
            return true;
        if (on == check->parent || map_has(seen, number))
            continue;
        map_set(seen, number, seen);
        if (reaches(on, o, seen))
            return true;
    }
    return false;
}

static void wait_for_checks(Diff *d, size_t action, const Object *new, const Object *domain)
{
    for (size_t i = 0; i < domain->parts.n; i++) {
        const Object *check = domain->parts.v[i];
        if (d->make_of_new[check->number] == NO_ACTION)
            continue;
        SCRATCH void *scratch = mem_scratch();
        if (!reaches(check, new, map_new(scratch)))
            diff_wait(d, action, d->make_of_new[check->number]);
    }
}

/* A type is what it shall be once its parts are, and those of the types within: values of a composite type are read by its attributes,
 * and a domain whose values are kept within others cannot get more checks. */
static void wait_for_type(Diff *d, size_t action, const Object *new, const Object *type)
{
    if (type == new || type == new->parent || !object_is_type(type))
        return;
    if (object_is(type, KIND_COMPOSITE))
        wait_for_changes(d, action, type, d->old_of[type->number]);
    else if (object_is(type, KIND_DOMAIN))
        wait_for_checks(d, action, new, type);
    for (size_t i = 0; i < type->needs.n; i++)
        wait_for_type(d, action, new, type->needs.v[i].on);
    for (size_t i = 0; object_is(type, KIND_COMPOSITE) && i < type->parts.n; i++)
        for (size_t k = 0; k < type->parts.v[i]->needs.n; k++)
            if (type->parts.v[i]->needs.v[k].on != type)
                wait_for_type(d, action, new, type->parts.v[i]->needs.v[k].on);
}

/* What goes may hold values of a type, or of a type that is part of that: it stands in the way of their changes. */
static void hold_type_back(Diff *d, size_t action, const Object *type)
{
    const Object *new = object_is_type(type) ? d->new_of[type->number] : NULL;
    for (size_t i = 0; new != NULL && i < new->parts.n; i++)
        diff_wait(d, d->make_of_new[new->parts.v[i]->number], action);
    for (size_t i = 0; new != NULL && i < type->needs.n; i++)
        hold_type_back(d, action, type->needs.v[i].on);
    for (size_t i = 0; new != NULL && object_is(type, KIND_COMPOSITE) && i < type->parts.n; i++)
        for (size_t k = 0; k < type->parts.v[i]->needs.n; k++)
            if (type->parts.v[i]->needs.v[k].on != type)
                hold_type_back(d, action, type->parts.v[i]->needs.v[k].on);
}

/* Do columns that stay leave the type, or one that it is part of? Those change before it goes. */
static bool is_left_by_columns(const Diff *d, const Object *type)
{
    for (size_t i = 0; i < type->needed_by.n; i++) {
        const Object *o = type->needed_by.v[i], *over = diff_type_over(o);
        if ((object_is_table_column(o) && !diff_takes_away(d, o)) || (over != NULL && over != type && is_left_by_columns(d, over)))
            return true;
    }
    return false;
}

/* Has a view, or a function, whole rows of the table? Columns do not change their types under those, and none with values comes. */
static bool holds_rows(const Object *o, const Object *table)
{
    bool is_view = object_is(o, KIND_COLUMN) && o->parent != NULL && object_is(o->parent, KIND_VIEW);
    return object_is(table, KIND_TABLE) && (is_view || object_is(o, KIND_FUNCTION));
}

static void order_rows_of(Diff *d, size_t action, const Object *table)
{
    bool is_new = d->actions.v[action].new != NULL;
    const Object *then = is_new ? table : d->new_of[table->number];
    for (size_t i = 0; then != NULL && i < then->parts.n; i++) {
        const Object *column = then->parts.v[i], *before = d->old_of[column->number];
        bool comes = before == NULL || !diff_keeps(d, before);
        if (comes ? !column_brings_values(column) : !diff_type_changes(d, before))
            continue;
        size_t change = d->make_of_new[column->number];
        diff_wait(d, is_new ? action : change, is_new ? change : action);
    }
}

/* Rows of a view may be made of rows of tables. */
static void order_rows(Diff *d, size_t action, const Object *o, Map *seen)
{
    for (size_t i = 0; i < o->needs.n; i++) {
        const Object *on = o->needs.v[i].on;
        if (holds_rows(o, on))
            order_rows_of(d, action, on);
        if (!object_is(on, KIND_VIEW) || on == o->parent || map_has(seen, on->key))
            continue;
        map_set(seen, on->key, d);
        for (size_t k = 0; k < on->parts.n; k++)
            order_rows(d, action, on->parts.v[k], seen);
    }
}

static void order_all_rows(Diff *d, size_t action, const Object *o)
{
    SCRATCH void *scratch = mem_scratch();
    if (object_is(o, KIND_FUNCTION) || (object_is(o, KIND_COLUMN) && o->parent != NULL && object_is(o->parent, KIND_VIEW)))
        order_rows(d, action, o, map_new(scratch));
}

/* A foreign key is not there while the index that it refers to is made anew for a column, one that it only includes perhaps. */
static void order_foreign_key(Diff *d, size_t action, const Object *key)
{
    bool is_new = d->actions.v[action].new != NULL;
    for (size_t i = 0; object_is(key, KIND_CONSTRAINT) && i < key->needs.n; i++) {
        const Object *index = key->needs.v[i].on;
        for (size_t k = 0; (object_is(index, KIND_CONSTRAINT) || object_is(index, KIND_INDEX)) && k < index->needs.n; k++) {
            const Object *on = index->needs.v[k].on, *old = is_new ? d->old_of[on->number] : on;
            if (old == NULL || !diff_type_changes(d, old))
                continue;
            size_t change = d->make_of_new[d->new_of[old->number]->number];
            diff_wait(d, is_new ? action : change, is_new ? change : action);
        }
    }
}

/* An inherited check comes and goes with its parent's, which may come when the child is there, and go before that does. */
static bool is_parents(const Diff *d, size_t action)
{
    const Action *a = &d->actions.v[action];
    const Object *o = a->new != NULL ? a->new : a->old;
    return a->is_silent && object_is(o, KIND_CONSTRAINT) && comes_from_parent(o) && !object_flag(o->parent, "is_partition");
}

static void order_made(Diff *d, size_t action)
{
    const Object *new = d->actions.v[action].new;
    ActionKind kind = d->actions.v[action].kind;
    bool late = kind == ACT_LATE || kind == ACT_DEFAULT || kind == ACT_TIE || kind == ACT_NOT_NULL;
    for (size_t i = 0; i < new->needs.n && !is_parents(d, action); i++)
        if ((late || !is_put_off(d, new, &new->needs.v[i])) && !is_child_changed(kind, new, new->needs.v[i].on))
            diff_wait(d, action, d->make_of_new[new->needs.v[i].on->number]);
    for (size_t i = 0; i < new->needs.n; i++)
        wait_for_type(d, action, new, new->needs.v[i].on);
    /* what is revoked from a table is revoked from its columns */
    if (kind == ACT_ALTER && object_is(new, KIND_COLUMN) && new->extras->has_grants)
        diff_wait(d, action, d->make_of_new[new->parent->number]);
    if (kind == ACT_CREATE) {
        order_all_rows(d, action, new);
        order_foreign_key(d, action, new);
    }
    if (late)
        diff_wait(d, action, d->make_of_new[new->number]);
    /* some columns bring a TOAST table */
    for (size_t i = 0; kind == ACT_LATE && i < new->parts.n; i++)
        if (object_is(new->parts.v[i], KIND_COLUMN))
            diff_wait(d, action, d->make_of_new[new->parts.v[i]->number]);
    const Object *old = d->actions.v[action].old;
    if (old == NULL || late)
        return;
    /* what it was must be away before, what it used may go only afterwards */
    diff_wait(d, action, diff_away(d, old));
    if (kind != ACT_ALTER)
        return;
    if (d->last_of_old[old->number] != NO_ACTION)
        diff_wait(d, d->last_of_old[old->number], action);
    for (size_t i = 0; i < old->needs.n; i++) {
        const Object *on = old->needs.v[i].on;
        if ((old->needs.v[i].by_default && d->redefault[old->number]) || is_child_changed(kind, old, on))
            continue;
        if (diff_takes_away(d, on))
            diff_wait(d, d->last_of_old[on->number], action);
    }
}

/* Is it more than its comment, its owner, or its privileges that is altered? Labels of an enum are added under whatever has it. */
static bool changes_for_others(const Diff *d, const Object *old, const Object *new)
{
    return d->new_fate[new->number] == FATE_ALTER && !object_is(new, KIND_ENUM) &&
           (pair_differs(old, new, MANNER_OWN) || pair_differs(old, new, MANNER_SET) || d->retype[old->number]);
}

/* A text search configuration that stays lets a dictionary go by its mappings. */
static void order_dictionary(Diff *d, size_t action, const Object *dictionary)
{
    bool is_gone = d->old_fate[dictionary->number] == FATE_GONE;
    for (size_t i = 0; is_gone && i < dictionary->needed_by.n; i++) {
        const Object *configuration = dictionary->needed_by.v[i];
        if (object_is(configuration, KIND_TS_CONFIGURATION) && diff_keeps(d, configuration))
            wait_for_changes(d, action, d->new_of[configuration->number], configuration);
    }
}

static void order_removed(Diff *d, size_t action)
{
    const Action *a = &d->actions.v[action];
    const Object *old = a->old;
    bool is_default = a->kind == ACT_RELEASE && object_is(old, KIND_COLUMN);
    bool is_late = d->actions.v[diff_container(d, action)].kind == ACT_REMOVE; /* what it needs was altered under it */
    /* types can go after one within them is renamed; routines cannot, which are called by it */
    const Object *over = diff_type_over(old);
    bool by_rename = is_late || over != NULL, is_left = over != NULL && is_left_by_columns(d, over);
    if (a->kind == ACT_RENAME || is_parents(d, action))
        return;
    if (a->kind == ACT_RELEASE && diff_takes_away(d, old))
        diff_wait(d, d->first_of_old[old->number], action);
    for (size_t i = 0; i < old->needs.n; i++) {
        const Object *on = old->needs.v[i].on, *stays = d->new_of[on->number];
        bool released = a->kind == ACT_DROP && object_is(old, KIND_COLUMN) && d->put_off_old[old->number];
        bool goes_along = a->is_silent && on == old->parent;
        if ((old->needs.v[i].by_default ? released : is_default) || goes_along)
            continue;
        if (diff_takes_away(d, on))
            diff_wait(d, by_rename ? d->last_of_old[on->number] : d->first_of_old[on->number], action);
        if (stays != NULL && changes_for_others(d, on, stays) && !is_late) {
            diff_wait(d, d->make_of_new[stays->number], action);
            diff_wait_above(d, stays, action);
        }
        if (!is_late && !is_left && on != old->parent && object_is_type(on))
            hold_type_back(d, action, on);
    }
    if (a->kind == ACT_DROP) {
        order_all_rows(d, action, old);
        order_foreign_key(d, action, old);
        order_dictionary(d, action, old);
    }
}

/* A renamed type goes when its columns have the new one. */
static void order_retyped(Diff *d)
{
    for (size_t i = 0; i < d->old->objects.n; i++) {
        Object *type = d->old->objects.v[i];
        if (d->first_of_old[i] == NO_ACTION || d->actions.v[d->first_of_old[i]].kind != ACT_RENAME)
            continue;
        for (size_t k = 0; k < type->needed_by.n; k++) {
            const Object *o = type->needed_by.v[k], *column = d->new_of[o->number], *over = diff_type_over(o);
            if (column != NULL)
                diff_wait(d, d->last_of_old[i], d->make_of_new[column->number]);
            if (over != NULL)
                diff_wait(d, d->last_of_old[i], d->last_of_old[over->number]);
        }
        diff_wait(d, d->last_of_old[i], d->make_of_new[d->new_of[i]->number]);
    }
}

/* Attributes are added at the end: they come in their order. */
static void order_attributes(Diff *d)
{
    for (size_t i = 0; i < d->new->objects.n; i++) {
        const Object *type = d->new->objects.v[i];
        size_t before = NO_ACTION;
        for (size_t k = 0; object_is(type, KIND_COMPOSITE) && k < type->parts.n; k++) {
            size_t make = d->make_of_new[type->parts.v[k]->number];
            if (make == NO_ACTION || d->actions.v[make].kind != ACT_CREATE)
                continue;
            diff_wait(d, make, before);
            before = make;
        }
    }
}

/* Most of all actions are: columns without more than what CREATE TABLE says of them. */
static bool is_mute(const Diff *d, const Action *a)
{
    const Object *o = a->new;
    if (!a->is_silent || a->kind != ACT_CREATE)
        return a->is_silent && a->kind == ACT_DROP;
    if (diff_comes_by_itself(d, a) && !column_is_as_above(o))
        return false;
    for (size_t i = 0; i < o->kind->attributes_count; i++)
        if (o->kind->attributes[i].manner == MANNER_AFTER && o->values[i] != NULL)
            return false;
    return o->owner == NULL && o->extras == &no_extras && (a->old == NULL || a->old->extras == &no_extras);
}

void diff_order_actions(Diff *d)
{
    for (size_t i = 0; i < d->actions.n; i++) {
        if (d->actions.v[i].new != NULL)
            order_made(d, i);
        else
            order_removed(d, i);
    }
    /* comments and privileges of parts follow what makes them */
    for (size_t i = 0; i < d->actions.n; i++) {
        size_t container = diff_container(d, i);
        d->actions.v[i].is_mute = container != i && is_mute(d, &d->actions.v[i]);
        if (container != i && !d->actions.v[i].is_mute)
            list_push(d->ctx, &d->waits, (Wait){(uint32_t)i, (uint32_t)container});
    }
    order_retyped(d);
    order_attributes(d);
    diff_order_not_null(d);
    diff_order_sole(d);
    diff_order_partitions(d);
    diff_order_inherited(d);
    diff_order_typed(d);
}
