/* schema/action.c: the actions that fates come to, what must wait for what, and their statements. */
#include "schema/action.h"

#include "base/map.h"
#include "schema/grants.h"
#include "schema/making.h"
#include "sql/quote.h"

#include <string.h>

/* ---- making them ---- */

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

static bool is_taken_away(const Diff *d, const Object *old)
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
    if (d->put_off_old[old->number])
        return NULL;
    if (old->parent != NULL && is_taken_away(d, old->parent))
        return old->parent;
    if (is_view_column(old) || object_is(old, KIND_INDEX_PARTITION) || d->follows_old[old->number])
        return old->parent == NULL ? old : old->parent;
    for (size_t i = 0; i < old->needs.n; i++) {
        const Object *on = old->needs.v[i].on;
        if (!old->needs.v[i].automatic || !is_taken_away(d, on))
            continue;
        if (object_is(old, KIND_SEQUENCE) && d->new_of[old->number] == NULL)
            return on;
    }
    /* an index of a partition goes with that of the whole, unless the partition is one no more by then */
    const Object *attachment = part_of_kind(old, KIND_INDEX_PARTITION);
    const Object *partition = attachment == NULL ? NULL : part_of_kind(old->parent, KIND_PARTITION);
    if (partition != NULL && is_taken_away(d, partition))
        return NULL;
    for (size_t i = 0; attachment != NULL && i < attachment->needs.n; i++) {
        const Object *on = attachment->needs.v[i].on;
        if (on != old && is_taken_away(d, on))
            return on;
    }
    return NULL;
}

static bool has_late(const Object *old, const Object *new)
{
    for (size_t i = 0; i < new->kind->attributes_count; i++)
        if (new->kind->attributes[i].manner == MANNER_LATE && !text_equal(old == NULL ? NULL : old->values[i], new->values[i]))
            return true;
    return false;
}

/* A type with columns is not dropped under them but renamed, until they have the new one. */
static bool has_retyped_columns(const Diff *d, const Object *type)
{
    for (size_t i = 0; i < type->needed_by.n; i++)
        if (d->retype[type->needed_by.v[i]->number])
            return true;
    return false;
}

static void add_removal(Diff *d, Object *old)
{
    size_t n = old->number;
    if (d->old_fate[n] == FATE_REBUILD && has_retyped_columns(d, old)) {
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
        return d->redefault[old->number] && object_flag(old, "default_value");
    if (!object_is(old, KIND_SEQUENCE) || d->new_of[old->number] == NULL)
        return false;
    for (size_t i = 0; i < old->needs.n; i++)
        if (old->needs.v[i].automatic && is_taken_away(d, old->needs.v[i].on))
            return true;
    return false;
}

static void add_old_actions(Diff *d)
{
    for (size_t i = 0; i < d->old->objects.n; i++) {
        Object *old = d->old->objects.v[i];
        d->first_of_old[i] = d->last_of_old[i] = NO_ACTION;
        if (is_taken_away(d, old))
            add_removal(d, old);
        else if (must_be_released(d, old))
            d->first_of_old[i] = add_action(d, ACT_RELEASE, old, NULL);
    }
    for (size_t i = 0; i < d->old->objects.n; i++) {
        Object *old = d->old->objects.v[i];
        const Object *with = is_taken_away(d, old) ? taken_along_with(d, old) : NULL;
        if (with == NULL)
            continue;
        Action *a = &d->actions.v[d->first_of_old[i]];
        a->is_silent = true;
        if (with != old && d->first_of_old[with->number] != NO_ACTION)
            a->container = d->first_of_old[with->number];
    }
}

static void add_new_actions(Diff *d)
{
    for (size_t i = 0; i < d->new->objects.n; i++) {
        Object *new = d->new->objects.v[i], *old = d->old_of[i];
        Fate fate = d->new_fate[i];
        d->make_of_new[i] = NO_ACTION;
        if (fate == FATE_SAME)
            continue;
        if (fate == FATE_ALTER && d->follows_new[i] && object_is(new, KIND_CONSTRAINT))
            continue;
        d->make_of_new[i] = add_action(d, fate == FATE_ALTER ? ACT_ALTER : ACT_CREATE, old, new);
        Action *a = &d->actions.v[d->make_of_new[i]];
        a->is_recreated = fate == FATE_REBUILD;
        a->is_silent = fate != FATE_ALTER && is_made_along(d, new);
        if (object_is(new, KIND_COLUMN) && d->put_off_new[i])
            add_action(d, ACT_DEFAULT, NULL, new);
        if (has_late(fate == FATE_ALTER ? old : NULL, new))
            add_action(d, ACT_LATE, fate == FATE_ALTER ? old : NULL, new);
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

/* ---- what waits for what ---- */

/* The end of the chain: an index is part of a constraint is part of a table. */
static size_t container_of(const Diff *d, size_t action)
{
    while (d->actions.v[action].container != action)
        action = d->actions.v[action].container;
    return action;
}

void diff_wait(Diff *d, size_t later, size_t earlier)
{
    if (later == NO_ACTION || earlier == NO_ACTION)
        return;
    later = container_of(d, later);
    earlier = container_of(d, earlier);
    if (later == earlier)
        return;
    list_push(d->ctx, &d->actions.v[earlier].before, later);
    d->actions.v[later].waits++;
}

/* Is the need one that the object's own statement does not have? */
static bool is_put_off(const Diff *d, const Object *new, const Need *need)
{
    if (need->by_default)
        return d->put_off_new[new->number];
    return object_is(new, KIND_SEQUENCE) && need->automatic; /* OWNED BY is set late */
}

static void order_made(Diff *d, size_t action)
{
    const Object *new = d->actions.v[action].new;
    bool late = d->actions.v[action].kind == ACT_LATE || d->actions.v[action].kind == ACT_DEFAULT;
    for (size_t i = 0; i < new->needs.n; i++)
        if (late || !is_put_off(d, new, &new->needs.v[i]))
            diff_wait(d, action, d->make_of_new[new->needs.v[i].on->number]);
    if (late)
        diff_wait(d, action, d->make_of_new[new->number]);
    const Object *old = d->actions.v[action].old;
    if (old == NULL || late)
        return;
    /* what it was must be away before, what it used may go only afterwards */
    diff_wait(d, action, d->first_of_old[old->number]);
    if (d->actions.v[action].kind != ACT_ALTER)
        return;
    if (d->last_of_old[old->number] != NO_ACTION)
        diff_wait(d, d->last_of_old[old->number], action);
    for (size_t i = 0; i < old->needs.n; i++) {
        const Object *on = old->needs.v[i].on;
        if (old->needs.v[i].by_default && d->redefault[old->number])
            continue;
        if (is_taken_away(d, on))
            diff_wait(d, d->last_of_old[on->number], action);
    }
}

static void order_removed(Diff *d, size_t action)
{
    const Action *a = &d->actions.v[action];
    const Object *old = a->old;
    if (a->kind == ACT_REMOVE)
        return;
    for (size_t i = 0; i < old->needs.n; i++) {
        const Object *on = old->needs.v[i].on, *stays = d->new_of[on->number];
        if (d->first_of_old[on->number] != NO_ACTION)
            diff_wait(d, d->first_of_old[on->number], action);
        if (stays != NULL && d->new_fate[stays->number] == FATE_ALTER && a->kind != ACT_RENAME)
            diff_wait(d, d->make_of_new[stays->number], action);
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
            const Object *column = d->new_of[type->needed_by.v[k]->number];
            if (column != NULL)
                diff_wait(d, d->last_of_old[i], d->make_of_new[column->number]);
        }
        diff_wait(d, d->last_of_old[i], d->make_of_new[d->new_of[i]->number]);
    }
}

static const Object *partitioned_table(const Object *partition)
{
    for (size_t i = 0; i < partition->needs.n; i++)
        if (partition->needs.v[i].on != partition->parent && object_is(partition->needs.v[i].on, KIND_TABLE))
            return partition->needs.v[i].on;
    return NULL;
}

/* A table has one primary key, whatever it is called, and no two partitions for the same rows. */
static void order_sole(Diff *d, size_t action)
{
    const Object *new = d->actions.v[action].new;
    bool is_partition = object_is(new, KIND_PARTITION);
    const Object *table = is_partition ? partitioned_table(new) : new->parent;
    const Object *old = table == NULL ? NULL : d->old_of[table->number];
    for (size_t i = 0; old != NULL && !is_partition && i < old->parts.n; i++)
        if (object_is(old->parts.v[i], KIND_CONSTRAINT) && *object_value(old->parts.v[i], "type") == 'p')
            diff_wait(d, action, d->first_of_old[old->parts.v[i]->number]);
    for (size_t i = 0; old != NULL && is_partition && i < old->needed_by.n; i++)
        if (object_is(old->needed_by.v[i], KIND_PARTITION) && partitioned_table(old->needed_by.v[i]) == old)
            diff_wait(d, action, d->first_of_old[old->needed_by.v[i]->number]);
}

static void order_soles(Diff *d)
{
    for (size_t i = 0; i < d->new->objects.n; i++) {
        const Object *new = d->new->objects.v[i];
        size_t make = d->make_of_new[i];
        bool is_sole = object_is(new, KIND_PARTITION) || (object_is(new, KIND_CONSTRAINT) && *object_value(new, "type") == 'p');
        if (is_sole && make != NO_ACTION && d->actions.v[make].kind == ACT_CREATE)
            order_sole(d, make);
    }
}

/* Names are free once their bearers are gone. */
static void order_names(Diff *d)
{
    SCRATCH void *scratch = mem_scratch();
    Map *taken = map_new(scratch);
    for (size_t i = 0; i < d->old->objects.n; i++) {
        Object *old = d->old->objects.v[i];
        if (d->first_of_old[i] == NO_ACTION)
            continue;
        const char *space = object_space(scratch, old);
        if (space != NULL)
            map_set(taken, space, old);
        if (object_is(old, KIND_CONSTRAINT))
            map_set(taken, mem_printf(scratch, "r %s %s", old->schema, old->name), old);
    }
    for (size_t i = 0; i < d->new->objects.n; i++) {
        Object *new = d->new->objects.v[i];
        if (d->make_of_new[i] == NO_ACTION || d->actions.v[d->make_of_new[i]].kind != ACT_CREATE)
            continue;
        const char *space = object_space(scratch, new);
        Object *old = space == NULL ? NULL : map_get(taken, space);
        if (old == NULL && object_is(new, KIND_CONSTRAINT))
            old = map_get(taken, mem_printf(scratch, "r %s %s", new->schema, new->name));
        if (old != NULL)
            diff_wait(d, d->make_of_new[i], d->first_of_old[old->number]);
    }
}

static void wait_for_parts(Diff *d, size_t later, const Object *table)
{
    for (size_t i = 0; i < table->parts.n; i++) {
        const Object *part = table->parts.v[i];
        if (is_incomplete(part))
            diff_wait(d, d->make_of_new[part->number], later);
        else if (object_is(part, KIND_INDEX) || (object_is(part, KIND_CONSTRAINT) && *object_value(part, "type") != 'f'))
            diff_wait(d, later, d->make_of_new[part->number]);
    }
}

/* A table that is attached has the indexes and keys of the whole already: so they keep their names, and nothing is built
 * under the lock. Parts of children follow those of their parents. An index that partitions lack comes when they are there, for it
 * would be made for them. */
static void order_partitions(Diff *d)
{
    for (size_t i = 0; i < d->new->objects.n; i++) {
        const Object *o = d->new->objects.v[i];
        if (!object_is(o, KIND_PARTITION))
            continue;
        const Object *whole = partitioned_table(o);
        if (d->make_of_new[i] != NO_ACTION) {
            wait_for_parts(d, d->make_of_new[i], o->parent);
            if (whole != NULL)
                wait_for_parts(d, d->make_of_new[i], whole);
        }
    }
}

void diff_actions(Diff *d)
{
    d->actions.n = 0;
    add_old_actions(d);
    add_new_actions(d);
    for (size_t i = 0; i < d->actions.n; i++) {
        if (d->actions.v[i].new != NULL)
            order_made(d, i);
        else
            order_removed(d, i);
    }
    /* comments and privileges of parts follow what makes them */
    for (size_t i = 0; i < d->actions.n; i++) {
        size_t container = container_of(d, i);
        if (container == i)
            continue;
        list_push(d->ctx, &d->actions.v[container].before, i);
        d->actions.v[i].waits++;
    }
    order_retyped(d);
    order_names(d);
    order_soles(d);
    order_partitions(d);
    diff_order_inherited(d);
}

/* ---- their statements ---- */

static const char *comment_type(const Object *o)
{
    static const struct {
        KindIndex kind;
        const char *type;
    } types[] = {{KIND_TABLE, "table.comment"},
                 {KIND_COLUMN, "table.column.comment"},
                 {KIND_INDEX, "table.index.comment"},
                 {KIND_VIEW, "view.comment"}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (object_is(o, types[i].kind))
            return strcmp(object_keyword(o), "MATERIALIZED VIEW") == 0 ? "materialized_view.comment" : types[i].type;
    return "comment";
}

static void write_comment(Script *script, const Object *old, const Object *new)
{
    const char *before = old == NULL ? NULL : old->comment;
    if (new->kind->call == NULL || text_equal(before, new->comment))
        return;
    Statement *s = script_add(script, "COMMENT ON %s IS %s", template_text(script->ctx, new->kind->call, new, NULL),
                              new->comment == NULL ? "NULL" : sql_literal(script->ctx, new->comment));
    s->type = comment_type(new);
    s->attribute = "comment";
}

static const char *label_of(const Object *o, const char *provider)
{
    for (size_t i = 0; o != NULL && i < o->labels.n; i++)
        if (strcmp(o->labels.v[i].provider, provider) == 0)
            return o->labels.v[i].text;
    return NULL;
}

static void write_label(Script *script, const Object *o, const char *provider, const char *text)
{
    script_add(script, "SECURITY LABEL FOR %s ON %s IS %s", sql_ident(script->ctx, provider),
               template_text(script->ctx, o->kind->call, o, NULL), text == NULL ? "NULL" : sql_literal(script->ctx, text))
        ->attribute = "label";
}

static void write_labels(Script *script, const Object *old, const Object *new)
{
    for (size_t i = 0; i < new->labels.n; i++)
        if (!text_equal(label_of(old, new->labels.v[i].provider), new->labels.v[i].text))
            write_label(script, new, new->labels.v[i].provider, new->labels.v[i].text);
    for (size_t i = 0; old != NULL && i < old->labels.n; i++)
        if (label_of(new, old->labels.v[i].provider) == NULL)
            write_label(script, new, old->labels.v[i].provider, NULL);
}

/* Whose it is once its owner is written; parts are their parent's. */
static const char *owner_after(const Diff *d, const Object *new)
{
    if (new->owner == NULL && new->parent != NULL)
        return owner_after(d, new->parent);
    const char *owner = wanted_owner(d, new);
    return owner != NULL ? owner : d->old->user;
}

static void write_owner(const Diff *d, Script *script, const Object *old, const Object *new)
{
    const char *before = old != NULL ? old->owner : d->old->user, *after = wanted_owner(d, new);
    if (new->owner == NULL || new->kind->call == NULL || after == NULL || text_equal(before, after))
        return;
    script_add(script, "ALTER %s OWNER TO %s", template_text(script->ctx, new->kind->call, new, NULL), sql_ident(script->ctx, after))
        ->attribute = "owner";
}

static void write_grants(const Diff *d, Script *script, const Object *old, const Object *new)
{
    const Object *was = d->old_of[new->number];
    bool is_shared = d->options->keep_database_wide && (new->kind->database_wide || object_is(new, KIND_SCHEMA));
    GrantPolicy policy = is_shared && d->options->grants == GRANTS_MANAGED ? GRANTS_ADD : d->options->grants;
    bool is_anew = old == NULL && was != NULL;
    if (policy == GRANTS_LEAVE && !is_anew)
        return;
    const char *owner = owner_after(d, new);
    if (is_anew)
        new = grants_carried(script->ctx, was, new, policy, d->old->version);
    grants_change(script, d->old, old, new, owner, policy == GRANTS_ADD && !is_anew);
}

static void write_attributes(Script *script, const Object *old, const Object *new, Manner manner)
{
    for (size_t i = 0; i < new->kind->attributes_count; i++) {
        const Attribute *a = &new->kind->attributes[i];
        const char *before = old == NULL ? NULL : old->values[i], *after = new->values[i];
        bool goes_by_itself = after == NULL && a->unset != NULL && *a->unset == '\0';
        if (a->manner != manner || text_equal(before, after) || goes_by_itself)
            continue;
        script_template(script, after == NULL && a->unset != NULL ? a->unset : a->set, new, a->name, after);
    }
}

/* What every object may have beside its definition. */
static void write_rest(const Diff *d, Script *script, const Object *old, const Object *new)
{
    write_attributes(script, old, new, MANNER_AFTER);
    write_owner(d, script, old, new);
    write_grants(d, script, old, new);
    write_comment(script, old, new);
    write_labels(script, old, new);
}

static void write_create(Diff *d, Script *script, const Action *a)
{
    script_begin(script, NULL, a->new, a->is_recreated ? "recreate" : "create");
    if (a->new->kind->create != NULL && !a->is_silent)
        a->new->kind->create(script, a->new);
    else if (!a->is_silent && !object_is(a->new, KIND_DEFAULT_PRIVILEGES))
        script_add(script, "%s", object_value(a->new, "definition"));
    write_rest(d, script, NULL, a->new);
}

static void write_default(Script *script, const Object *new)
{
    script_add(script, "ALTER TABLE ONLY %s ALTER COLUMN %s SET DEFAULT %s", new->parent->id, new->id, object_value(new, "default_value"))
        ->attribute = "default_value";
}

/* A type that was made anew under the same name: its values go there as text. */
static void write_retype(Script *script, const Object *old, const Object *new)
{
    const char *type = object_value(new, "type");
    const char *head = mem_printf(script->ctx, "ALTER %s %s ALTER COLUMN %s", object_keyword(new->parent), new->parent->id, new->id);
    if (object_flag(old, "default_value"))
        script_add(script, "%s DROP DEFAULT", head)->attribute = "default_value";
    script_add(script, "%s TYPE %s USING %s::text%s::%s", head, type, new->id, text_ends(type, "[]") ? "[]" : "", type)->attribute = "type";
    if (object_flag(new, "default_value"))
        script_add(script, "%s SET DEFAULT %s", head, object_value(new, "default_value"))->attribute = "default_value";
}

static void write_alter(Diff *d, Script *script, const Action *a)
{
    script_begin(script, a->old, a->new, "alter");
    write_attributes(script, a->old, a->new, MANNER_SET);
    bool retype = d->retype[a->old->number] && text_equal(object_value(a->old, "type"), object_value(a->new, "type"));
    if (retype)
        write_retype(script, a->old, a->new);
    else if (d->redefault[a->old->number] && object_flag(a->new, "default_value"))
        write_default(script, a->new);
    if (a->new->kind->alter != NULL && pair_differs(a->old, a->new, MANNER_OWN))
        a->new->kind->alter(script, a->old, a->new);
    write_rest(d, script, a->old, a->new);
}

static const char *spare_name(const void *ctx, const Object *type)
{
    return sql_ident(ctx, mem_printf(ctx, "%.40s_pgwright_old", type->name));
}

static void write_remove(Script *script, const Action *a)
{
    const char *name = spare_name(script->ctx, a->old);
    bool qualified = strcmp(a->old->id, sql_ident(script->ctx, a->old->name)) != 0;
    script_add(script, "DROP TYPE %s%s%s", qualified ? sql_ident(script->ctx, a->old->schema) : "", qualified ? "." : "", name);
}

static void write_drop(Diff *d, Script *script, const Action *a)
{
    script_begin(script, a->old, a->old, d->old_fate[a->old->number] == FATE_REBUILD ? "recreate" : "drop");
    if (object_is(a->old, KIND_DEFAULT_PRIVILEGES)) {
        if (d->options->grants == GRANTS_MANAGED)
            grants_take_away(script, d->old, a->old);
    } else if (a->old->kind->take_away != NULL)
        a->old->kind->take_away(script, a->old);
    else if (a->old->kind->drop != NULL)
        script_add(script, "%s", template_text(script->ctx, a->old->kind->drop, a->old, NULL));
}

static void write_release(Script *script, const Action *a)
{
    script_begin(script, a->old, a->old, "alter");
    if (object_is(a->old, KIND_COLUMN))
        script_add(script, "ALTER TABLE ONLY %s ALTER COLUMN %s DROP DEFAULT", a->old->parent->id, a->old->id)->attribute = "default_value";
    else
        script_add(script, "ALTER SEQUENCE %s OWNED BY NONE", a->old->id)->attribute = "owned_by";
}

void action_write(Diff *d, Script *script, const Action *a)
{
    const Object *o = a->new != NULL ? a->new : a->old;
    bool kept = d->options->keep_database_wide && (o->kind->database_wide || object_is(o, KIND_SCHEMA) ||
                                                  (object_is(o, KIND_DEFAULT_PRIVILEGES) && o->schema == NULL));
    script->put_off = d->put_off_new;
    script->has_above = d->has_above;
    script->drop_only = d->drop_only;
    switch (a->kind) {
    case ACT_CREATE: write_create(d, script, a); break;
    case ACT_ALTER: write_alter(d, script, a); break;
    case ACT_DROP:
        if (!a->is_silent && !kept)
            write_drop(d, script, a);
        break;
    case ACT_LATE:
        script_begin(script, a->old, a->new, a->old == NULL ? "create" : "alter");
        write_attributes(script, a->old, a->new, MANNER_LATE);
        break;
    case ACT_DEFAULT:
        script_begin(script, NULL, a->new, "create");
        write_default(script, a->new);
        break;
    case ACT_RELEASE: write_release(script, a); break;
    case ACT_RENAME:
        script_begin(script, a->old, a->old, "recreate");
        script_add(script, "ALTER TYPE %s RENAME TO %s", a->old->id, spare_name(script->ctx, a->old));
        break;
    case ACT_REMOVE:
        script_begin(script, a->old, a->old, "recreate");
        write_remove(script, a);
        break;
    }
}
