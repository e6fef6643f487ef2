/* schema/not_null.c: the constraints behind NOT NULL of columns that come from one another (PostgreSQL 18). One is renamed, or changes
 * its reach, only where all below have it from there and by the same name. Else those of the whole family are dropped, from above, and
 * made anew, from below: what a column has of its own comes before what reaches it. Source: manual, ALTER TABLE; tablecmds.c
 * (rename_constraint_internal(), AdjustNotNullInheritance()). */
#include "schema/action.h"

#include "sql/quote.h"

#include <string.h>

enum { VERSION_NOT_NULL_CONSTRAINTS = 180000 };

/* ---- families ---- */

static bool stays(const Fate *fates, const Object *o)
{
    return fates[o->number] == FATE_SAME || fates[o->number] == FATE_ALTER;
}

/* The next column that this one comes from, before and after the plan; NULL behind the last. */
static const Object *next_above(const Diff *d, const Object *column, size_t *at)
{
    const Object *above;
    while ((above = part_above(column, at)) != NULL)
        if (stays(d->old_fate, above) && stays(d->old_fate, column->parent->parts.v[*at - 1]))
            return above;
    return NULL;
}

static const Object *next_below(const Diff *d, const Object *column, size_t *at)
{
    while (*at < column->parent->needed_by.n) {
        const Object *link = column->parent->needed_by.v[(*at)++];
        bool is_below = is_link(link) && link_above(link) == column->parent && stays(d->old_fate, link);
        const Object *below = is_below ? object_part_like(link->parent, column) : NULL;
        if (below != NULL && stays(d->old_fate, below))
            return below;
    }
    return NULL;
}

static void gather(const Diff *d, bool *seen, Family *family, const Object *column)
{
    if (seen[column->number])
        return;
    seen[column->number] = true;
    list_push(d->ctx, family, column);
    const Object *next;
    for (size_t i = 0; (next = next_above(d, column, &i)) != NULL;)
        gather(d, seen, family, next);
    for (size_t i = 0; (next = next_below(d, column, &i)) != NULL;)
        gather(d, seen, family, next);
}

/* ---- which are made anew ---- */

static bool has_own(const Object *column)
{
    return object_flag(column, "not_null") && !text_equal(object_value(column, "not_null_inherited"), "alone");
}

/* Has its own another reach, or another name, than what reaches it from above? */
static bool differs_from_above(const Diff *d, const Object *column)
{
    const Object *above;
    for (size_t i = 0; has_own(column) && (above = part_above(column, &i)) != NULL;)
        if (object_flag(above, "not_null") &&
            strcmp(column_not_null_name(d->ctx, above), column_not_null_name(d->ctx, column)) != 0)
            return true;
    return object_flag(column, "not_null_no_inherit");
}

static bool is_primary_key(const Object *o)
{
    return object_is(o, KIND_CONSTRAINT) && *object_value(o, "type") == 'p';
}

static bool stays_in_primary_key(const Diff *d, const Object *column)
{
    for (size_t i = 0; i < column->needed_by.n; i++)
        if (is_primary_key(column->needed_by.v[i]) && stays(d->old_fate, column->needed_by.v[i]))
            return true;
    return false;
}

/* Is there a table that it comes from before the plan alone, or after it? */
static bool changes_hands(const Object *column, const Fate *fates)
{
    const Object *above;
    for (size_t i = 0; (above = part_above(column, &i)) != NULL;)
        if (!stays(fates, above) || !stays(fates, column->parent->parts.v[i - 1]))
            return true;
    return false;
}

/* What would be lost, or may not be dropped. */
static bool is_fixed(const Diff *d, const Object *old)
{
    const Object *new = d->new_of[old->number];
    return object_flag(old, "not_null_not_valid") || object_flag(new, "not_null_not_valid") || object_flag(old, "not_null_has_comment") ||
           object_flag(new, "not_null_has_comment") || stays_in_primary_key(d, old);
}

/* What it has from above, too, keeps the name that it came with: that alone is no reason. */
static bool is_changed(const Object *old, const Object *new)
{
    bool is_renamed = !text_equal(object_value(old, "not_null_name"), object_value(new, "not_null_name"));
    bool comes_from_above = object_flag(old, "not_null_inherited") && object_flag(new, "not_null_inherited");
    return !text_equal(object_value(old, "not_null"), object_value(new, "not_null")) ||
           !text_equal(object_value(old, "not_null_no_inherit"), object_value(new, "not_null_no_inherit")) ||
           (is_renamed && !comes_from_above);
}

/* What reaches it from above will be called otherwise than what it has of its own now. */
static bool takes_over(const Diff *d, const Object *old, const Object *new)
{
    return has_own(old) && object_flag(new, "not_null_inherited") &&
           strcmp(column_not_null_name(d->ctx, old), column_not_null_name(d->ctx, new)) != 0;
}

static bool must_be_renewed(const Diff *d, const Family *family)
{
    bool differs = false, changed = false;
    for (size_t i = 0; i < family->n; i++) {
        const Object *old = family->v[i], *new = d->new_of[old->number];
        if (is_fixed(d, old) || changes_hands(old, d->old_fate) || changes_hands(new, d->new_fate))
            return false;
        differs |= differs_from_above(d, old) || differs_from_above(d, new) || takes_over(d, old, new);
        changed |= is_changed(old, new);
    }
    return differs && changed;
}

void diff_renew_not_null(Diff *d)
{
    SCRATCH void *scratch = mem_scratch();
    bool *seen = mem_array(scratch, bool, d->old->objects.n + 1);
    bool has_constraints = d->old->version >= VERSION_NOT_NULL_CONSTRAINTS && d->new->version >= VERSION_NOT_NULL_CONSTRAINTS;
    d->renewals.n = 0;
    memset(d->renews_not_null, 0, d->new->objects.n * sizeof *d->renews_not_null);
    for (size_t i = 0; has_constraints && i < d->old->objects.n; i++) {
        const Object *column = d->old->objects.v[i];
        size_t at = 0;
        if (!object_is_table_column(column) || seen[i] || !stays(d->old_fate, column) || next_above(d, column, &at) == NULL)
            continue;
        Renewal renewal = {.action = NO_ACTION};
        gather(d, seen, &renewal.family, column);
        if (!must_be_renewed(d, &renewal.family))
            continue;
        for (size_t k = 0; k < renewal.family.n; k++)
            d->renews_not_null[d->new_of[renewal.family.v[k]->number]->number] = true;
        list_push(d->ctx, &d->renewals, renewal);
    }
}

/* ---- what waits for what ---- */

/* Whatever else becomes of the columns comes before, what needs them not to be null behind. */
void diff_order_not_null(Diff *d)
{
    for (size_t r = 0; r < d->renewals.n; r++) {
        const Renewal *renewal = &d->renewals.v[r];
        for (size_t i = 0; i < renewal->family.n; i++) {
            const Object *old = renewal->family.v[i], *new = d->new_of[old->number];
            diff_wait(d, renewal->action, d->make_of_new[new->number]);
            for (size_t k = 0; k < old->needed_by.n; k++)
                if (is_primary_key(old->needed_by.v[k]))
                    diff_wait(d, renewal->action, d->last_of_old[old->needed_by.v[k]->number]);
            for (size_t k = 0; k < new->needed_by.n; k++)
                if (object_is(new->needed_by.v[k], KIND_CONSTRAINT))
                    diff_wait(d, d->make_of_new[new->needed_by.v[k]->number], renewal->action);
        }
    }
}

/* ---- what is written ---- */

typedef struct Renewing {
    const Diff *diff;
    Script *script;
    bool *done; /* by old->number */
} Renewing;

static void drop_from_above(Renewing *r, const Object *old)
{
    if (r->done[old->number])
        return;
    r->done[old->number] = true;
    const Object *above, *new = r->diff->new_of[old->number];
    for (size_t i = 0; (above = next_above(r->diff, old, &i)) != NULL;)
        drop_from_above(r, above);
    if (!has_own(old))
        return;
    script_begin(r->script, old, new, "alter");
    script_add(r->script, "ALTER %s %s DROP CONSTRAINT %s", object_keyword(new->parent), new->parent->id,
               sql_ident(r->script->ctx, column_not_null_name(r->script->ctx, old)))->attribute = "not_null";
}

static void add_from_below(Renewing *r, const Object *old)
{
    if (!r->done[old->number])
        return;
    r->done[old->number] = false;
    const Object *below, *new = r->diff->new_of[old->number];
    for (size_t i = 0; (below = next_below(r->diff, old, &i)) != NULL;)
        add_from_below(r, below);
    if (!has_own(new))
        return;
    script_begin(r->script, old, new, "alter");
    script_add(r->script, "ALTER %s %s ADD %s", object_keyword(new->parent), new->parent->id, column_not_null_clause(r->script->ctx, new))
        ->attribute = "not_null";
}

void write_not_null(Diff *d, Script *script, const Action *action)
{
    SCRATCH void *scratch = mem_scratch();
    Renewing r = {.diff = d, .script = script, .done = mem_array(scratch, bool, d->old->objects.n + 1)};
    for (size_t i = 0; i < d->renewals.n; i++) {
        const Renewal *renewal = &d->renewals.v[i];
        if (&d->actions.v[renewal->action] != action)
            continue;
        for (size_t k = 0; k < renewal->family.n; k++)
            drop_from_above(&r, renewal->family.v[k]);
        for (size_t k = 0; k < renewal->family.n; k++)
            add_from_below(&r, renewal->family.v[k]);
    }
}
