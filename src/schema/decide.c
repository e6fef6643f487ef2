/* schema/decide.c: what becomes of each object: the same, altered, or made anew, with all that hangs on it. */
#include "schema/action.h"
#include "schema/grants.h"
#include "schema/script.h"

#include <string.h>

bool diff_keeps(const Diff *d, const Object *old)
{
    return d->old_fate[old->number] == FATE_SAME || d->old_fate[old->number] == FATE_ALTER;
}

bool pair_differs(const Object *old, const Object *new, Manner manner)
{
    for (size_t i = 0; i < old->kind->attributes_count; i++)
        if (old->kind->attributes[i].manner == manner && !text_equal(old->values[i], new->values[i]))
            return true;
    return false;
}

static bool same_grants(const Extras *a, const Extras *b)
{
    if (a->has_grants != b->has_grants || a->grants.n != b->grants.n)
        return false;
    for (size_t i = 0; i < a->grants.n; i++) {
        const Grant *g = &a->grants.v[i], *h = &b->grants.v[i];
        if (!text_equal(g->grantee, h->grantee) || strcmp(g->privilege, h->privilege) != 0 || g->grantable != h->grantable)
            return false;
    }
    return true;
}

static bool same_labels(const Extras *a, const Extras *b)
{
    if (a->labels.n != b->labels.n)
        return false;
    for (size_t i = 0; i < a->labels.n; i++)
        if (strcmp(a->labels.v[i].provider, b->labels.v[i].provider) != 0 || strcmp(a->labels.v[i].text, b->labels.v[i].text) != 0)
            return false;
    return true;
}

const char *wanted_owner(const Diff *d, const Object *new)
{
    const Object *was = d->old_of[new->number];
    if (new->owner == NULL || d->options->without_owners)
        return was == NULL ? NULL : was->owner;
    bool was_said = d->options->is_way_back && was != NULL && strcmp(was->owner, d->old->user) != 0;
    bool is_said = strcmp(new->owner, d->new->user) != 0;
    return is_said || was_said ? new->owner : was != NULL ? was->owner : NULL;
}

/* A column of a table is not one of a view that takes its place. */
static bool is_of_another_kind(const Object *old, const Object *new)
{
    return old->parent != NULL && new->parent != NULL && old->parent->kind != new->parent->kind;
}

static Fate fate_of_pair(const Diff *d, const Object *old, const Object *new)
{
    if (is_of_another_kind(old, new))
        return FATE_REBUILD;
    if (pair_differs(old, new, MANNER_BUILT) || (old->kind->needs_rebuild != NULL && old->kind->needs_rebuild(old, new)))
        return FATE_REBUILD;
    for (Manner m = MANNER_SET; m <= MANNER_OWN; m++)
        if (pair_differs(old, new, m))
            return FATE_ALTER;
    bool owner = !text_equal(old->owner, wanted_owner(d, new));
    bool grants = d->options->grants != GRANTS_LEAVE && !same_grants(old->extras, new->extras);
    if (owner || !text_equal(old->extras->comment, new->extras->comment) || grants || !same_labels(old->extras, new->extras))
        return FATE_ALTER;
    return FATE_SAME;
}

/* Servers before 14 cannot replace a trigger. */
static bool cannot_replace(const Diff *d, const Object *old, const Object *new)
{
    enum { VERSION_REPLACE_TRIGGER = 140000, VERSION_SET_EXPRESSION = 170000, VERSION_SET_METHOD = 150000 };
    int version = d->old->version;
    if (object_is(new, KIND_TRIGGER))
        return version < VERSION_REPLACE_TRIGGER && pair_differs(old, new, MANNER_OWN);
    if (object_is(new, KIND_TABLE) && version < VERSION_SET_METHOD)
        return !text_equal(object_value(old, "access_method"), object_value(new, "access_method"));
    return false;
}

/* From 17 on a stored column's expression can be changed in place. */
static bool can_set_expression(const Diff *d, const Object *old, const Object *new)
{
    return object_is(new, KIND_COLUMN) && d->old->version >= 170000 && object_flag(old, "generated") &&
           object_flag(new, "generated") && text_equal(object_value(old, "generated_kind"), object_value(new, "generated_kind"));
}

static void pair_objects(Diff *d)
{
    for (size_t i = 0; i < d->new->objects.n; i++) {
        Object *n = d->new->objects.v[i], *o = model_find(d->old, n->kind, n->key);
        d->old_of[n->number] = o;
        d->new_fate[n->number] = FATE_NEW;
        if (o == NULL)
            continue;
        d->new_of[o->number] = n;
        Fate fate = fate_of_pair(d, o, n);
        if (fate == FATE_REBUILD && can_set_expression(d, o, n))
            fate = FATE_ALTER;
        if (cannot_replace(d, o, n))
            fate = FATE_REBUILD;
        d->new_fate[n->number] = d->old_fate[o->number] = fate;
    }
    for (size_t i = 0; i < d->old->objects.n; i++)
        if (d->new_of[i] == NULL)
            d->old_fate[i] = FATE_GONE;
}

/* ---- what others' fates mean for an object ---- */

void spread_rebuild(Spread *s, Object *old)
{
    Diff *d = s->diff;
    Object *new = d->new_of[old->number];
    if (new == NULL || d->old_fate[old->number] == FATE_REBUILD)
        return;
    d->old_fate[old->number] = d->new_fate[new->number] = FATE_REBUILD;
    list_push(d->ctx, &s->queue, old);
    if (object_is(old, KIND_COLUMN) && old->parent != NULL && object_is(old->parent, KIND_VIEW))
        spread_rebuild(s, old->parent);
}

/* Attributes change with their type; where there are values of it, it is made anew. */
static bool spares_attribute(Spread *s, Object *attribute, const Need *need, bool is_gone)
{
    if (!object_is_attribute(attribute) || !object_is_type(need->on) || need->on == attribute->parent ||
        s->diff->new_of[attribute->number] == NULL)
        return false;
    if (type_is_stored(attribute->parent))
        spread_rebuild(s, attribute->parent);
    else if (!is_gone)
        s->diff->retype[attribute->number] = true;
    return true;
}

/* A column outlives what its default calls, and what its type was. */
static bool spares_column(Spread *s, Object *column, const Need *need, bool is_gone)
{
    Diff *d = s->diff;
    if (!object_is_table_column(column) || d->new_of[column->number] == NULL || object_flag(column, "generated"))
        return false;
    if (need->by_default) {
        d->redefault[column->number] = true;
        return true;
    }
    if (!object_is_type(need->on) || is_gone)
        return object_is_type(need->on);
    d->retype[column->number] = true;
    list_push(d->ctx, &s->queue, column);
    return true;
}

/* The object itself goes, for good or for a while. */
static void spread_removal(Spread *s, Object *old, bool is_gone)
{
    Diff *d = s->diff;
    for (size_t i = 0; i < old->needed_by.n; i++) {
        Object *dependent = old->needed_by.v[i];
        const Need *need = object_need_of(dependent, old);
        if (d->new_of[dependent->number] == NULL || spares_column(s, dependent, need, is_gone) || spares_attribute(s, dependent, need, is_gone))
            continue;
        /* what was altered so that it needs the other no more can stay */
        if (is_gone && d->old_fate[dependent->number] == FATE_ALTER)
            continue;
        /* a sequence is only owned */
        if (object_is(dependent, KIND_SEQUENCE) && need->automatic)
            continue;
        /* a child hangs on its parent by its inheritance alone, a typed table can be freed of its type */
        if (object_is(dependent, KIND_TABLE) && (is_gone || object_is(old, KIND_TABLE) || object_is(old, KIND_COMPOSITE)))
            continue;
        spread_rebuild(s, dependent);
    }
}

/* A table that also comes from others than its parent is parted from those: a type changes in all that a column comes from, or not. */
static void part_below(Spread *s, const Object *column)
{
    for (size_t i = 0; i < column->parent->needed_by.n; i++) {
        const Object *down = column->parent->needed_by.v[i];
        bool is_child = object_is(down, KIND_INHERITANCE) && link_above(down) == column->parent;
        const Object *below = is_child ? object_part_like(down->parent, column) : NULL;
        for (size_t k = 0; below != NULL && k < below->parent->parts.n; k++) {
            Object *link = below->parent->parts.v[k];
            if (object_is(link, KIND_INHERITANCE) && link_above(link) != column->parent && object_part_like(link_above(link), column) != NULL)
                spread_rebuild(s, link);
        }
        if (below != NULL)
            part_below(s, below);
    }
}

/* A type does not change where a child's own NOT NULL has another name than its parent's: the server (18) tries to make the parent's
 * anew in the child. So they part for that time. */
static void loosen_not_null(Spread *s, const Object *column)
{
    const void *ctx = s->diff->ctx;
    for (size_t i = 0; text_equal(object_value(column, "not_null_inherited"), "merged") && i < column->parent->parts.n; i++) {
        Object *link = column->parent->parts.v[i];
        const Object *above = object_is(link, KIND_INHERITANCE) ? object_part_like(link_above(link), column) : NULL;
        if (above != NULL && strcmp(column_not_null_name(ctx, above), column_not_null_name(ctx, column)) != 0) {
            spread_rebuild(s, link);
            part_below(s, column);
        }
    }
}

bool column_brings_values(const Object *column)
{
    if (!object_is_table_column(column))
        return false;
    for (size_t i = 0; i < column->needs.n; i++)
        if (object_is(column->needs.v[i].on, KIND_DOMAIN))
            return true;
    return object_flag(column, "default_value") || object_flag(column, "generated") || object_flag(column, "identity");
}

/* No column's type changes while a view has whole rows of the table, or a function's parsed text has. */
static void free_rows(Spread *s, const Object *table)
{
    for (size_t i = 0; i < table->needed_by.n; i++) {
        Object *o = table->needed_by.v[i];
        bool is_view = object_is(o, KIND_COLUMN) && o->parent != NULL && object_is(o->parent, KIND_VIEW);
        if (is_view || (object_is(o, KIND_FUNCTION) && (object_flag(o, "parsed_body") || object_flag(o, "defaults"))))
            spread_rebuild(s, o);
    }
}

/* What keeps whole rows of the table: a materialized view, also by way of views, or a function's parsed text. */
static void free_kept_rows(Spread *s, const Object *table)
{
    for (size_t i = 0; i < table->needed_by.n; i++) {
        Object *o = table->needed_by.v[i], *view = object_is(o, KIND_COLUMN) && o->parent != NULL && object_is(o->parent, KIND_VIEW) ? o->parent : NULL;
        if (view == table)
            continue;
        if (view != NULL && strcmp(object_keyword(view), "VIEW") == 0)
            free_kept_rows(s, view);
        else if (view != NULL || (object_is(o, KIND_FUNCTION) && (object_flag(o, "parsed_body") || object_flag(o, "defaults"))))
            spread_rebuild(s, o);
    }
}

/* No column with values comes while anything keeps whole rows of the table. */
static void make_room_for_values(Spread *s)
{
    Diff *d = s->diff;
    for (size_t i = 0; i < d->new->objects.n; i++) {
        const Object *column = d->new->objects.v[i], *table = column_brings_values(column) ? d->old_of[column->parent->number] : NULL;
        if (table != NULL && diff_keeps(d, table) && (d->new_fate[i] == FATE_NEW || d->new_fate[i] == FATE_REBUILD))
            free_kept_rows(s, table);
    }
}

static bool is_foreign_key(const Object *o)
{
    return object_is(o, KIND_CONSTRAINT) && *object_value(o, "type") == 'f';
}

/* A foreign key hangs on the index that it refers to, which is made anew for columns, too, that it only includes. */
static void free_index(Spread *s, const Object *index)
{
    for (size_t i = 0; i < index->needed_by.n; i++)
        if (is_foreign_key(index->needed_by.v[i]))
            spread_rebuild(s, index->needed_by.v[i]);
}

/* An inherited check is made anew along with that of the parent, which is not validated. */
static void forget_validation(Spread *s, const Object *constraint)
{
    if (comes_from_parent(constraint) && is_checked_alone(constraint))
        s->diff->recheck[constraint->number] = true;
}

/* The server makes indexes and constraints anew by itself when a column's type changes; the rest forbids it, or (statistics) loses
 * something by it. */
static void spread_type(Spread *s, Object *column)
{
    for (size_t i = 0; i < column->needed_by.n; i++) {
        Object *o = column->needed_by.v[i];
        bool forbids = object_is(o, KIND_VIEW) || object_is(o, KIND_RULE) || object_is(o, KIND_POLICY) || object_is(o, KIND_TRIGGER) ||
                       object_is(o, KIND_FUNCTION) || object_is(o, KIND_PUBLICATION_MEMBER) || object_is(o, KIND_STATISTICS) ||
                       (object_is(o, KIND_COLUMN) && object_flag(o, "generated")) || is_foreign_key(o);
        if (forbids)
            spread_rebuild(s, o);
        else if (object_is(o, KIND_CONSTRAINT) || object_is(o, KIND_INDEX))
            free_index(s, o);
        if (object_is(o, KIND_CONSTRAINT))
            forget_validation(s, o);
    }
    loosen_not_null(s, column);
    free_rows(s, column->parent);
}

bool diff_type_changes(const Diff *d, const Object *old)
{
    const Object *new = d->new_of[old->number];
    return new != NULL && object_is(old, KIND_COLUMN) && old->parent != NULL && !object_is(old->parent, KIND_VIEW) &&
           (d->retype[old->number] || !text_equal(object_value(old, "type"), object_value(new, "type")) ||
            !text_equal(object_value(old, "collation"), object_value(new, "collation")));
}

/* Has the table the constraint from its parents alone, before and after? */
static bool goes_along(const Diff *d, const Object *old)
{
    const Object *new = d->new_of[old->number];
    return comes_from_parent(old) && new != NULL && comes_from_parent(new);
}

/* What a table has from its parents alone is made anew with theirs, and so is that of its children. */
static void spread_along(Spread *s, const Object *old)
{
    const Object *table = old->parent;
    Object *above;
    for (size_t i = 0; goes_along(s->diff, old) && (above = part_above(old, &i)) != NULL;)
        spread_rebuild(s, above);
    for (size_t i = 0; i < table->needed_by.n; i++) {
        const Object *link = table->needed_by.v[i];
        Object *below = is_link(link) && link_above(link) == table ? object_part_like(link->parent, old) : NULL;
        if (below != NULL && goes_along(s->diff, below))
            spread_rebuild(s, below);
    }
}

static void free_link(Spread *s, const Object *link)
{
    for (size_t i = 0; i < link->parent->parts.n; i++)
        if (blocks_parting(s->diff, link->parent->parts.v[i], link))
            spread_rebuild(s, link->parent->parts.v[i]);
}

static void spread_away(Spread *s, Object *old, bool is_gone)
{
    spread_removal(s, old, is_gone);
    if (is_link(old))
        free_link(s, old);
    else if (!is_gone && object_is(old, KIND_CONSTRAINT) && object_is(old->parent, KIND_TABLE))
        spread_along(s, old);
}

static void spread(Spread *s)
{
    Diff *d = s->diff;
    spread_to_stored(s);
    make_room_for_values(s);
    for (size_t i = 0; i < s->queue.n; i++) {
        Object *old = s->queue.v[i];
        Fate fate = d->old_fate[old->number];
        if (fate == FATE_GONE || fate == FATE_REBUILD)
            spread_away(s, old, fate == FATE_GONE);
        else
            spread_type(s, old);
        if (i + 1 < s->queue.n)
            continue;
        spread_to_stored(s);
        make_room_for_values(s);
    }
    for (size_t i = 0; i < d->old->objects.n; i++) {
        Object *new = d->new_of[i];
        if ((d->redefault[i] || d->retype[i] || d->recheck[i]) && d->old_fate[i] == FATE_SAME)
            d->old_fate[i] = d->new_fate[new->number] = FATE_ALTER;
    }
}

void diff_decide(Diff *d)
{
    Spread s = {.diff = d};
    pair_objects(d);
    for (size_t i = 0; i < d->old->objects.n; i++)
        if (d->old_fate[i] == FATE_GONE || d->old_fate[i] == FATE_REBUILD || diff_type_changes(d, d->old->objects.v[i]))
            list_push(d->ctx, &s.queue, d->old->objects.v[i]);
    spread(&s);
    /* once it is known whether their types are made anew */
    Spread moves = {.diff = d};
    spread_moves(&moves);
    spread(&moves);
}

void diff_rebuild(Diff *d, Object *old)
{
    Spread s = {.diff = d};
    spread_rebuild(&s, old);
    spread(&s);
}
