/* schema/typed.c: tables of a composite type. While the type changes they are freed of it; to become of it again their columns must
 * stand as its attributes do. Sources: manual, ALTER TABLE (OF) and ALTER TYPE (CASCADE). */
#include "schema/action.h"

#include <string.h>

static const Object *composite_of(const Object *table)
{
    for (size_t i = 0; object_flag(table, "of_type") && i < table->needs.n; i++)
        if (object_is(table->needs.v[i].on, KIND_COMPOSITE) && strcmp(table->needs.v[i].on->id, object_value(table, "of_type")) == 0)
            return table->needs.v[i].on;
    return NULL;
}

/* ---- the order of columns ---- */

typedef LIST(const Object *) PartList;

/* The new table's columns in the order that they must have: as its type's attributes stand in the end, those first that stay there. */
static PartList typed_order(const Diff *d, const Object *table)
{
    const Object *type = composite_of(table), *whole = type == NULL ? table : type, *old = d->old_of[whole->number];
    bool stays = type != NULL && old != NULL && diff_keeps(d, old);
    PartList order = {0};
    for (size_t i = 0; stays && i < old->parts.n; i++)
        if (object_is(old->parts.v[i], KIND_COLUMN) && diff_keeps(d, old->parts.v[i]))
            list_push(d->ctx, &order, d->new_of[old->parts.v[i]->number]);
    for (size_t i = 0; i < whole->parts.n; i++) {
        const Object *part = whole->parts.v[i], *was = d->old_of[part->number];
        if (object_is(part, KIND_COLUMN) && !(stays && was != NULL && diff_keeps(d, was)))
            list_push(d->ctx, &order, part);
    }
    return order;
}

static const Object *next_kept(const Diff *d, const Object *table, size_t *at)
{
    while (*at < table->parts.n) {
        const Object *part = table->parts.v[(*at)++];
        if (object_is(part, KIND_COLUMN) && diff_keeps(d, part))
            return part;
    }
    return NULL;
}

/* Those that do not stand as the type has them are made anew behind the others. */
static void move_columns(Spread *s, const Object *old, const Object *new)
{
    Diff *d = s->diff;
    PartList wanted = typed_order(d, new);
    size_t at = 0, placed = 0;
    const Object *kept = next_kept(d, old, &at);
    while (kept != NULL && placed < wanted.n && d->new_of[kept->number] == object_part_like(new, wanted.v[placed])) {
        kept = next_kept(d, old, &at);
        placed++;
    }
    for (; kept != NULL; kept = next_kept(d, old, &at)) {
        d->moved[kept->number] = true;
        spread_rebuild(s, (Object *)kept);
    }
}

void spread_moves(Spread *s)
{
    Diff *d = s->diff;
    for (size_t i = 0; i < d->old->objects.n; i++) {
        const Object *old = d->old->objects.v[i], *new = d->new_of[i];
        if (object_is(old, KIND_TABLE) && new != NULL && d->old_fate[i] != FATE_REBUILD && object_flag(new, "of_type"))
            move_columns(s, old, new);
    }
}

/* ---- what is freed ---- */

static bool changes(const Diff *d, const Object *composite)
{
    const Object *new = d->new_of[composite->number];
    if (new == NULL || d->new_fate[new->number] == FATE_REBUILD)
        return true;
    for (size_t i = 0; i < composite->parts.n; i++) {
        const Object *attribute = composite->parts.v[i], *then = d->new_of[attribute->number];
        if (then == NULL || !diff_keeps(d, attribute) || pair_differs(attribute, then, MANNER_OWN) || d->retype[attribute->number])
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
        if (!object_is(table, KIND_TABLE) || new == NULL || !diff_keeps(d, table))
            continue;
        const Object *type = composite_of(table);
        d->untied[i] = object_flag(table, "of_type") &&
                       (!text_equal(object_value(table, "of_type"), object_value(new, "of_type")) || type == NULL || changes(d, type));
    }
}

bool diff_ties(const Diff *d, const Object *new)
{
    const Object *old = d->old_of[new->number];
    return object_is(new, KIND_TABLE) && object_flag(new, "of_type") && old != NULL && diff_keeps(d, old) &&
           (d->untied[old->number] || !object_flag(old, "of_type"));
}

/* ---- what waits for what ---- */

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

/* What is added to the table, and to its type, comes in the order that the type has then. */
static void order_added(Diff *d, const Object *table)
{
    PartList parts = typed_order(d, table);
    for (size_t w = 0; w < 2; w++) {
        size_t before = NO_ACTION;
        for (size_t i = 0; i < parts.n; i++) {
            const Object *part = w == 0 ? object_part_like(table, parts.v[i]) : parts.v[i];
            if (part == NULL || (d->new_fate[part->number] != FATE_NEW && d->new_fate[part->number] != FATE_REBUILD))
                continue;
            diff_wait(d, d->make_of_new[part->number], before);
            before = d->make_of_new[part->number];
        }
    }
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
    order_added(d, table);
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
        const Object *table = d->old->objects.v[i], *type = object_is(table, KIND_TABLE) && !diff_keeps(d, table) ? composite_of(table) : NULL;
        const Object *then = type == NULL ? NULL : d->new_of[type->number];
        for (size_t k = 0; type != NULL && k < type->parts.n; k++)
            diff_wait(d, d->first_of_old[type->parts.v[k]->number], d->first_of_old[i]);
        for (size_t k = 0; then != NULL && k < then->parts.n; k++)
            diff_wait(d, d->make_of_new[then->parts.v[k]->number], d->first_of_old[i]);
    }
}

void diff_order_typed(Diff *d)
{
    order_dropped_typed(d);
    for (size_t i = 0; i < d->actions.n; i++) {
        if (d->actions.v[i].kind == ACT_RELEASE && object_is(d->actions.v[i].old, KIND_TABLE))
            order_untied(d, i);
        else if (d->actions.v[i].kind == ACT_TIE)
            order_tied(d, i);
    }
}
