/* plan/online_partition.c: partitions come and go without a look at the rows under a strong lock. Source: manual, ALTER TABLE (ATTACH
 * PARTITION, DETACH PARTITION). */
#include "plan/online_steps.h"

#include "sql/quote.h"

#include <string.h>

static const Object *whole_of(const Object *partition)
{
    for (size_t i = 0; i < partition->needs.n; i++)
        if (partition->needs.v[i].on != partition->parent && object_is(partition->needs.v[i].on, KIND_TABLE))
            return partition->needs.v[i].on;
    return NULL;
}

/* The table that has the rows of no other partition, when it is there before and stays; NULL. */
static const Object *default_partition(const Online *on, const Object *partition)
{
    SCRATCH void *scratch = mem_scratch();
    const Object *new = whole_of(partition), *whole = new == NULL ? NULL : model_find(on->old, new->kind, new->key);
    if (whole == NULL || map_has(on->made, online_key(scratch, new)))
        return NULL;
    for (size_t i = 0; i < whole->needed_by.n; i++) {
        const Object *o = whole->needed_by.v[i];
        if (object_is(o, KIND_PARTITION) && strcmp(object_value(o, "bound"), "DEFAULT") == 0 && whole_of(o) == whole)
            return map_has(on->dropped, online_address(scratch, o)) || map_has(on->dropped, online_address(scratch, o->parent)) ? NULL : o->parent;
    }
    return NULL;
}

bool online_beside_default(const Online *on, const Object *partition)
{
    return default_partition(on, partition) != NULL;
}

static void lock_alone(Online *on, SchemaStep *step, const Object *table)
{
    step->locks.n = 0;
    hazards_lock(on->ctx, step, table->id);
}

/* What ATTACH and DETACH take: on the whole, which may be of a schema that is not read, and on tables with rows. */
static void lock_partition(Online *on, SchemaStep *step, const Statement *s, const Object *table, const Object *rest)
{
    step->locks.n = 0;
    hazards_lock(on->ctx, step, object_value(s->object, "of_table"));
    if (table != NULL)
        list_push(on->ctx, &step->locks, (Lock){"ACCESS EXCLUSIVE", table->id});
    if (rest != NULL)
        list_push(on->ctx, &step->locks, (Lock){"ACCESS EXCLUSIVE", rest->id});
}

static void drop_check(Online *on, const Statement *s, const Object *table, const char *name)
{
    if (name != NULL)
        lock_alone(on, online_addf(on, s, "ALTER TABLE %s DROP CONSTRAINT %s", table->id, name), table);
}

/* A check of the table that says what the partition's bound says, or that no row is within it: with it neither ATTACH nor DETACH has
 * to look at the rows, or to make one of its own. Gives its name; NULL: the bound cannot be told as such. */
static const char *add_bound_check(Online *on, const Statement *s, const Object *table, bool within)
{
    const char *check = object_value(s->object, "check_expression");
    if (check == NULL)
        return NULL;
    const char *plain = online_helper_name(on->ctx, table->name, "bound"), *name = sql_ident(on->ctx, plain);
    online_clear_name(on, s, table, KIND_CONSTRAINT, plain);
    lock_alone(on, online_addf(on, s, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s%s%s) NOT VALID", table->id, name, within ? "" : "NOT (", check,
                        within ? "" : ")"), table);
    SchemaStep *validate = online_addf(on, s, "ALTER TABLE %s VALIDATE CONSTRAINT %s", table->id, name);
    validate->begins_group = true;
    lock_alone(on, validate, table);
    return name;
}

/* The detachment that this attachment makes good again, when nothing is done to the two tables in between. */
const Statement *online_detachment_before(Online *on, const Statement *s)
{
    const Statement *drop = online_movable_drop(on, s->object);
    const Object *table = s->object->parent, *whole = whole_of(s->object);
    for (const Statement *p = drop == NULL ? s : drop + 1; p < s; p++) {
        const Object *o = p->object->parent != NULL ? p->object->parent : p->object;
        if (strcmp(o->key, table->key) == 0 || (whole != NULL && strcmp(o->key, whole->key) == 0))
            return NULL;
    }
    return drop;
}

/* Its rows must be within the bound, and those of the default partition must not. A partition whose bound changes stays where it is
 * while that is looked at. */
void online_attach(Online *on, const Statement *s)
{
    const Object *table = s->object->parent, *rest = default_partition(on, s->object);
    bool is_old = online_on_old_table(on, s->object);
    const Statement *detachment = is_old ? online_detachment_before(on, s) : NULL;
    const char *within = is_old ? add_bound_check(on, s, table, true) : NULL;
    const char *without = rest != NULL ? add_bound_check(on, s, rest, false) : NULL;
    if (detachment != NULL) {
        SchemaStep *step = online_add(on, detachment, detachment->sql);
        step->begins_group = true;
        lock_partition(on, step, s, table, NULL);
    }
    SchemaStep *step = online_add(on, s, s->sql);
    step->begins_group = step->begins_group || (is_old && detachment == NULL);
    if (within != NULL || !is_old)
        step->hazards.n = 0;
    lock_partition(on, step, s, is_old ? table : NULL, rest);
    drop_check(on, s, table, within);
    if (rest != NULL)
        drop_check(on, s, rest, without);
    on->is_closed = true;
}

bool online_can_detach(const Online *on, const Object *partition)
{
    enum { VERSION_DETACH_CONCURRENTLY = 140000 };
    return on->old->version >= VERSION_DETACH_CONCURRENTLY && object_flag(partition, "check_expression") &&
           !object_flag(partition, "has_default") && !object_flag(partition, "detach_pending");
}

void online_detach(Online *on, const Statement *s)
{
    const Object *table = s->object->parent;
    const char *name = add_bound_check(on, s, table, true);
    SchemaStep *step = online_add_alone(on, s, mem_printf(on->ctx, "%s CONCURRENTLY", s->sql));
    lock_partition(on, step, s, table, NULL);
    drop_check(on, s, table, name);
}
