/* schema/stored.c: what stands in the way of changes of types: values in tables, and in expressions that are kept parsed. The server
 * looks at neither where they are part of arrays, rows, or ranges, and so forbids the change. Sources: manual, ALTER DOMAIN, Notes;
 * find_composite_type_dependencies(), which looks for expressions, too, in newer minor releases. */
#include "schema/action.h"

#include <string.h>

/* ---- values in tables ---- */

/* Has a table values of the type, as such or within others? */
bool type_is_stored(const Object *type)
{
    for (size_t i = 0; i < type->needed_by.n; i++) {
        const Object *o = type->needed_by.v[i];
        bool within = object_is_attribute(o) ? o->parent != type && type_is_stored(o->parent)
                                             : (object_is(o, KIND_DOMAIN) || object_is(o, KIND_RANGE)) && type_is_stored(o);
        if (within || object_is_table_column(o))
            return true;
    }
    return false;
}

/* Has a table values of the domain within arrays, rows, or ranges? The server cannot look at those: manual, ALTER DOMAIN, Notes. */
static bool is_stored_within(const Object *domain)
{
    for (size_t i = 0; i < domain->needed_by.n; i++) {
        const Object *o = domain->needed_by.v[i];
        bool within = object_is_attribute(o)      ? type_is_stored(o->parent)
                      : object_is(o, KIND_RANGE)  ? type_is_stored(o)
                      : object_is(o, KIND_DOMAIN) ? is_stored_within(o) || (text_ends(object_value(o, "base"), "[]") && type_is_stored(o))
                                                  : object_is_table_column(o) && text_ends(object_value(o, "type"), "[]");
        if (within)
            return true;
    }
    return false;
}

static bool attribute_changes(const Diff *d, const Object *composite)
{
    for (size_t i = 0; i < composite->parts.n; i++)
        if (diff_type_changes(d, composite->parts.v[i]))
            return true;
    return false;
}

/* Is something asked of the domain's values that they were not asked before? */
static bool domain_is_narrowed(const Diff *d, const Object *old, const Object *new)
{
    if (object_flag(new, "not_null") && !object_flag(old, "not_null"))
        return true;
    for (size_t i = 0; i < new->parts.n; i++) {
        const Object *check = new->parts.v[i];
        if (object_is(check, KIND_DOMAIN_CONSTRAINT) && object_flag(check, "validated") && d->new_fate[check->number] != FATE_SAME)
            return true;
    }
    return false;
}

/* ---- expressions with values of types ---- */

static bool mentions(const Object *o, const char *text)
{
    for (size_t i = 0; i < o->kind->attributes_count; i++)
        if (o->values[i] != NULL && strstr(o->values[i], text) != NULL)
            return true;
    return false;
}

/* Does it hold parsed expressions, in which values of types may stand? */
static bool holds_expressions(const Object *o)
{
    static const KindIndex always[] = {KIND_VIEW, KIND_RULE, KIND_POLICY, KIND_CONSTRAINT, KIND_INDEX, KIND_TRIGGER, KIND_STATISTICS,
                                       KIND_DOMAIN_CONSTRAINT, KIND_PUBLICATION_MEMBER};
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        if (object_is(o, always[i]))
            return true;
    if (object_is(o, KIND_FUNCTION))
        return object_flag(o, "parsed_body") || object_flag(o, "defaults");
    return (object_is(o, KIND_DOMAIN) && object_flag(o, "default_value")) || (object_is_table_column(o) && object_flag(o, "generated"));
}

/* Takes away, for a while, the expressions with values of a type: all of them where it is a whole that the change reaches into, else
 * those with arrays of it. */
static void free_expressions(Spread *s, const Object *type, bool is_whole)
{
    const char *array = mem_printf(s->diff->ctx, "%s[]", type->id);
    for (size_t i = 0; i < type->needed_by.n; i++) {
        Object *o = type->needed_by.v[i];
        const Object *over = diff_type_over(o);
        if (over == type || o->parent == type)
            continue;
        if (over != NULL)
            free_expressions(s, over, is_whole || !object_is(over, KIND_DOMAIN) || text_ends(object_value(over, "base"), "[]"));
        if (!is_whole && !mentions(o, array))
            continue;
        if (object_is_table_column(o) && object_need_of(o, type)->by_default && s->diff->new_of[o->number] != NULL &&
            !object_flag(o, "generated"))
            s->diff->redefault[o->number] = true;
        else if (holds_expressions(o))
            spread_rebuild(s, o);
    }
}

static bool loses_attribute(const Diff *d, const Object *composite)
{
    for (size_t i = 0; i < composite->parts.n; i++)
        if (d->new_of[composite->parts.v[i]->number] == NULL)
            return true;
    return false;
}

/* Defaults are kept as values: without the attribute that goes, whatever comes in its place. They are said again. */
static void renew_defaults(Spread *s, const Object *type)
{
    for (size_t i = 0; i < type->needed_by.n; i++) {
        Object *o = type->needed_by.v[i];
        const Object *over = diff_type_over(o);
        if (over != NULL && over != type)
            renew_defaults(s, over);
        else if (object_is_table_column(o) && object_flag(o, "default_value") && s->diff->new_of[o->number] != NULL)
            s->diff->redefault[o->number] = true;
    }
}

/* What the server cannot change in place because of the values that are there. */
void spread_to_stored(Spread *s)
{
    Diff *d = s->diff;
    for (size_t i = 0; i < d->old->objects.n; i++) {
        Object *old = d->old->objects.v[i], *new = d->new_of[i];
        if (new == NULL)
            continue;
        bool is_changed = object_is(old, KIND_COMPOSITE) && attribute_changes(d, old);
        bool is_narrowed = object_is(old, KIND_DOMAIN) && domain_is_narrowed(d, old, new);
        if ((is_changed && type_is_stored(old)) || (is_narrowed && is_stored_within(old)))
            spread_rebuild(s, old);
        else if ((is_changed || is_narrowed) && d->old_fate[i] != FATE_REBUILD)
            free_expressions(s, old, is_changed);
        else if (object_is(old, KIND_COMPOSITE) && d->old_fate[i] != FATE_REBUILD && loses_attribute(d, old))
            renew_defaults(s, old);
    }
}
