/* schema/ignore.c: see ignore.h. What is taken out is marked first, with all that goes along; then the model is closed over
 * what stays. */
#include "schema/ignore.h"

#include "base/log.h"
#include "schema/ignore_rules.h"

#include <string.h>

typedef struct Marking {
    const void *ctx;
    bool *gone; /* by Object.number */
    ObjectList queue;
} Marking;

static Marking marking_new(const void *ctx, const Model *m)
{
    return (Marking){.ctx = ctx, .gone = mem_array(ctx, bool, m->objects.n + 1)};
}

static void mark(Marking *marking, Object *o)
{
    if (marking->gone[o->number])
        return;
    marking->gone[o->number] = true;
    list_push(marking->ctx, &marking->queue, o);
}

static bool is_dropped_along(const Object *dependent, const Object *with)
{
    for (size_t i = 0; i < dependent->needs.n; i++)
        if (dependent->needs.v[i].on == with && dependent->needs.v[i].automatic)
            return true;
    return false;
}

/* A shell keeps its triggers, though they would be dropped along with the table. */
static void mark_dependents(Marking *marking, const Object *o)
{
    for (size_t i = 0; i < o->needed_by.n; i++) {
        Object *dependent = o->needed_by.v[i];
        bool stays = o->is_external && dependent->parent == o && object_is(dependent, KIND_TRIGGER);
        if (!stays && is_dropped_along(dependent, o))
            mark(marking, dependent);
    }
}

static void spread(Marking *marking)
{
    for (size_t i = 0; i < marking->queue.n; i++)
        mark_dependents(marking, marking->queue.v[i]);
}

/* ---- taking out what is marked ---- */

static void filter_objects(ObjectSlice *list, const bool *gone)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++)
        if (!gone[list->v[i]->number])
            list->v[n++] = list->v[i];
    list->n = n;
}

static void filter_needs(Object *o, const bool *gone)
{
    size_t n = 0;
    for (size_t i = 0; i < o->needs.n; i++)
        if (!gone[o->needs.v[i].on->number])
            o->needs.v[n++] = o->needs.v[i];
    o->needs.n = n;
}

static void take_out(Model *m, const bool *gone)
{
    if (memchr(gone, true, m->objects.n) == NULL)
        return;
    for (size_t i = 0; i < m->objects.n; i++) {
        Object *o = m->objects.v[i];
        filter_objects(&o->parts, gone);
        filter_objects(&o->needed_by, gone);
        filter_needs(o, gone);
    }
    filter_objects(&m->objects, gone);
    model_index(m);
}

/* ---- grants ---- */

static size_t take_out_grants(Model *m, Object *o, const IgnoreRules *rules)
{
    size_t n = 0, before = o->extras->grants.n;
    if (before == 0)
        return 0;
    Extras *extras = object_extras(m, o);
    for (size_t i = 0; i < before; i++) {
        Grant g = extras->grants.v[i];
        if (rules_ignore_grantee(rules, g.grantee, object_is(o, KIND_DEFAULT_PRIVILEGES)))
            list_push(m, &extras->ignored_grants, g);
        else
            extras->grants.v[n++] = g;
    }
    extras->grants.n = n;
    /* columns have none but those that somebody gave */
    if (n == 0 && object_is(o, KIND_COLUMN))
        extras->has_grants = false;
    return before - n;
}

/* ---- the rules ---- */

/* Marks the object, or makes a shell of it. */
static void put_away(Marking *marking, Object *o)
{
    o->is_external = object_is(o, KIND_TABLE);
    if (o->is_external)
        mark_dependents(marking, o);
    else
        mark(marking, o);
}

size_t ignore_apply(Model *m, const IgnoreRules *rules)
{
    SCRATCH void *scratch = mem_scratch();
    Marking marking = marking_new(scratch, m);
    bool whole_schemas = m->schemas.n == 0; /* those that were asked for by name are meant */
    size_t count = 0;
    for (size_t i = 0; i < m->objects.n; i++) {
        Object *o = m->objects.v[i];
        if (whole_schemas && rules_ignore_schema(rules, object_is(o, KIND_SCHEMA) ? o->name : o->schema)) {
            mark(&marking, o);
            count += o->parent == NULL;
        } else if (rules_ignore(rules, o)) {
            put_away(&marking, o);
            count++;
        }
    }
    spread(&marking);
    for (size_t i = 0; i < m->objects.n; i++) {
        Object *o = m->objects.v[i];
        if (marking.gone[i])
            continue;
        size_t grants = take_out_grants(m, o, rules);
        count += grants;
        if (grants > 0 && o->extras->grants.n == 0 && object_is(o, KIND_DEFAULT_PRIVILEGES))
            marking.gone[i] = true;
    }
    take_out(m, marking.gone);
    return count;
}

/* A shell is what stands in the database, whatever the files have it look like. */
static void make_equal(const Object *old, Object *new)
{
    new->values = old->values;
    new->owner = old->owner;
    new->extras = old->extras;
}

static void mark_lonely_shells(Marking *marking, const Model *m, const Model *other)
{
    for (size_t i = 0; i < m->objects.n; i++) {
        Object *o = m->objects.v[i];
        const Object *counterpart = o->is_external ? model_find(other, o->kind, o->key) : NULL;
        if (!o->is_external || (counterpart != NULL && counterpart->is_external))
            continue;
        if (o->parts.n > 0)
            log_verbose("the triggers of %s are left out, for the table is ignored and %s", o->id,
                        other->objects.n > 0 ? "only one side has it" : "not written");
        o->is_external = false;
        mark(marking, o);
    }
}

void ignore_pair(Model *old, Model *new, const IgnoreRules *rules)
{
    SCRATCH void *scratch = mem_scratch();
    Marking in_old = marking_new(scratch, old), in_new = marking_new(scratch, new);
    mark_lonely_shells(&in_old, old, new);
    mark_lonely_shells(&in_new, new, old);
    for (size_t i = 0; i < old->objects.n; i++) {
        Object *o = old->objects.v[i];
        if (model_find(new, o->kind, o->key) == NULL && rules_keep(rules, o))
            mark(&in_old, o);
    }
    spread(&in_old);
    spread(&in_new);
    take_out(old, in_old.gone);
    take_out(new, in_new.gone);
    for (size_t i = 0; i < new->objects.n; i++)
        if (new->objects.v[i]->is_external)
            make_equal(model_find(old, new->objects.v[i]->kind, new->objects.v[i]->key), new->objects.v[i]);
}
