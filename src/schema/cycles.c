/* schema/cycles.c: actions that wait for one another. Parts of tables can have statements of their own, before or after the table's;
 * what is little more than a text can be dropped and made where it would have been altered. */
#include "schema/action.h"

#include <string.h>

/* ---- who is in one ---- */

/* What nothing in a cycle waits for is taken out again and again: what is left is in one, or between two. */
static bool *members(const Diff *d)
{
    size_t n = d->actions.n, *waiters = mem_array(d->ctx, size_t, n + 1), *free = mem_array(d->ctx, size_t, n + 1), free_n = 0;
    WaitGraph leaders = diff_waits(d->ctx, d, true);
    bool *is_member = mem_array(d->ctx, bool, n + 1);
    for (size_t i = 0; i < d->waits.n; i++)
        waiters[d->waits.v[i].earlier]++;
    for (size_t i = 0; i < n; i++) {
        is_member[i] = !d->actions.v[i].is_done;
        if (is_member[i] && waiters[i] == 0)
            free[free_n++] = i;
    }
    for (size_t f = 0; f < free_n; f++) {
        is_member[free[f]] = false;
        for (size_t k = leaders.first[free[f]]; k < leaders.first[free[f] + 1]; k++)
            if (is_member[leaders.to[k]] && --waiters[leaders.to[k]] == 0)
                free[free_n++] = leaders.to[k];
    }
    return is_member;
}

/* ---- parts that can have statements of their own ---- */

/* Does a part need what waits, too? Its own table does not count, but for what comes behind that. */
static bool needs_waiting(const Diff *d, const Action *a, const bool *is_member)
{
    const Object *o = a->new != NULL ? a->new : a->old;
    for (size_t i = 0; i < o->needs.n; i++) {
        const Object *on = o->needs.v[i].on;
        size_t action = a->new != NULL ? d->make_of_new[on->number] : d->first_of_old[on->number];
        bool is_same = on == o->parent || (on->parent == o->parent && !object_is(on, KIND_IDENTITY_SEQUENCE));
        if (!is_same && action != NO_ACTION && is_member[diff_container(d, action)])
            return true;
    }
    return false;
}

/* Could it be made by a statement of its own? Defaults and checks of new tables; what a check's children have comes with that. */
static bool can_come_later(const Object *new)
{
    return (object_is(new, KIND_COLUMN) && object_flag(new, "default_value")) ||
           (object_is(new, KIND_CONSTRAINT) && *object_value(new, "type") == 'c' &&
            (!object_flag(new, "is_inherited") || comes_from_parent(new)));
}

/* Could it be taken away before its table? */
static bool can_go_before(const Object *old)
{
    return (object_is(old, KIND_COLUMN) && object_is(old->parent, KIND_TABLE) && object_flag(old, "default_value")) ||
           (object_is(old, KIND_CONSTRAINT) && !object_flag(old, "is_inherited")) || object_is(old, KIND_POLICY) ||
           object_is(old, KIND_RULE) || object_is(old, KIND_TRIGGER);
}

/* A default that comes later does so in the children as well: what they inherit is what their parent has when they are made. */
static void put_off_new(Diff *d, const Object *new)
{
    d->put_off_new[new->number] = true;
    for (size_t i = 0; object_is(new, KIND_COLUMN) && i < new->parent->needed_by.n; i++) {
        const Object *link = new->parent->needed_by.v[i];
        bool is_child = object_is(link, KIND_INHERITANCE) && link->parent != new->parent;
        const Object *inherited = is_child ? object_part_like(link->parent, new) : NULL;
        if (inherited != NULL && object_flag(inherited, "default_value") && !d->put_off_new[inherited->number])
            put_off_new(d, inherited);
    }
}

static bool put_off(Diff *d, const Action *a, const bool *is_member)
{
    if ((a->kind != ACT_CREATE && a->kind != ACT_DROP) || !needs_waiting(d, a, is_member))
        return false;
    bool is_new = a->kind == ACT_CREATE;
    if (is_new ? d->put_off_new[a->new->number] || !can_come_later(a->new) : d->put_off_old[a->old->number] || !can_go_before(a->old))
        return false;
    if (is_new)
        put_off_new(d, a->new);
    else
        d->put_off_old[a->old->number] = true;
    return true;
}

/* ---- what can be made anew ---- */

/* In this order: what others hang on is the last resort. */
static const KindIndex rebuilt[] = {KIND_POLICY, KIND_TRIGGER, KIND_DOMAIN_CONSTRAINT, KIND_VIEW, KIND_FUNCTION};

static bool rebuild_one(Diff *d, const bool *is_member)
{
    for (size_t k = 0; k < sizeof rebuilt / sizeof rebuilt[0]; k++) {
        for (size_t i = 0; i < d->actions.n; i++) {
            const Action *a = &d->actions.v[i];
            bool has_rows = a->new != NULL && object_is(a->new, KIND_VIEW) && strcmp(object_keyword(a->new), "VIEW") != 0;
            if (a->kind != ACT_ALTER || !is_member[i] || !object_is(a->new, rebuilt[k]) || has_rows)
                continue;
            diff_rebuild(d, a->old);
            return true;
        }
    }
    return false;
}

bool diff_break_cycles(Diff *d)
{
    const bool *is_member = members(d);
    bool found = false;
    for (size_t i = 0; i < d->actions.n; i++)
        if (d->actions.v[i].is_silent && is_member[diff_container(d, i)])
            found |= put_off(d, &d->actions.v[i], is_member);
    return found || rebuild_one(d, is_member);
}
