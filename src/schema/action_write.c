/* schema/action_write.c: the statements of one action. */
#include "schema/action.h"

#include "schema/conversion.h"
#include "schema/grants.h"
#include "schema/making.h"
#include "sql/quote.h"

#include <string.h>

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
    const char *before = old == NULL ? NULL : old->extras->comment;
    if (new->kind->call == NULL || text_equal(before, new->extras->comment))
        return;
    Statement *s = script_add(script, "COMMENT ON %s IS %s", template_text(script->ctx, new->kind->call, new, NULL),
                              new->extras->comment == NULL ? "NULL" : sql_literal(script->ctx, new->extras->comment));
    s->type = comment_type(new);
    s->attribute = "comment";
}

static const char *label_of(const Extras *e, const char *provider)
{
    for (size_t i = 0; i < e->labels.n; i++)
        if (strcmp(e->labels.v[i].provider, provider) == 0)
            return e->labels.v[i].text;
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
    const Extras *before = old == NULL ? &no_extras : old->extras, *after = new->extras;
    for (size_t i = 0; i < after->labels.n; i++) {
        const Label *label = &after->labels.v[i];
        if (!text_equal(label_of(before, label->provider), label->text))
            write_label(script, new, label->provider, label->text);
    }
    for (size_t i = 0; i < before->labels.n; i++)
        if (label_of(after, before->labels.v[i].provider) == NULL)
            write_label(script, new, before->labels.v[i].provider, NULL);
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

static bool has_new_type(const Diff *d, const Object *old, const Object *new)
{
    return old != NULL && object_is(new, KIND_COLUMN) &&
           (d->retype[old->number] || !text_equal(object_value(old, "type"), object_value(new, "type")) ||
            !text_equal(object_value(old, "collation"), object_value(new, "collation")));
}

/* What may be lost is set again, and what is not wanted reset, for it may not be. */
static void write_options(Script *script, const Object *new, const Attribute *a, const char *before, const char *after, bool may_be_lost)
{
    const char *set = options_set(script->ctx, may_be_lost ? NULL : before, after), *reset = options_reset(script->ctx, before, after);
    if (*set != '\0')
        script_template(script, a->set, new, a->name, set);
    if (*reset != '\0')
        script_template(script, a->unset, new, a->name, reset);
}

static void write_attributes(const Diff *d, Script *script, const Object *old, const Object *new, Manner manner)
{
    for (size_t i = 0; i < new->kind->attributes_count; i++) {
        const Attribute *a = &new->kind->attributes[i];
        bool forgotten = a->goes_with_type && has_new_type(d, old, new), may_be_lost = a->goes_with_toast && old != NULL && diff_renews_toast(d, old);
        const char *before = old == NULL || forgotten ? NULL : old->values[i], *after = new->values[i];
        bool goes_by_itself = after == NULL && a->unset != NULL && *a->unset == '\0';
        if (a->manner != manner || (text_equal(before, after) && !may_be_lost) || goes_by_itself)
            continue;
        if (a->is_options)
            write_options(script, new, a, before, after, may_be_lost);
        else
            script_template(script, after == NULL && a->unset != NULL ? a->unset : a->set, new, a->name, after);
    }
}

/* What every object may have beside its definition. */
static void write_rest(const Diff *d, Script *script, const Object *old, const Object *new)
{
    write_attributes(d, script, old, new, MANNER_AFTER);
    write_owner(d, script, old, new);
    write_grants(d, script, old, new);
    write_comment(script, old, new);
    write_labels(script, old, new);
}

static const char *spare_name(const void *ctx, const Object *o)
{
    return sql_ident(ctx, mem_printf(ctx, "%.40s_pgwright_old", o->name));
}

static const char *spare_id(const void *ctx, const Object *type)
{
    bool qualified = strcmp(type->id, sql_ident(ctx, type->name)) != 0;
    return mem_printf(ctx, "%s%s%s", qualified ? sql_ident(ctx, type->schema) : "", qualified ? "." : "", spare_name(ctx, type));
}

/* Its values come before it is forbidden that there are none; by no UPDATE, which triggers and subscribers would hear of. */
static void move_column(Script *script, const Object *old, const Object *new)
{
    const char *table = new->parent->id, *from = spare_name(script->ctx, old), *type = object_value(new, "type");
    const char *value = text_equal(object_value(old, "type"), type) ? from : mem_printf(script->ctx, "%s::text::%s", from, type);
    const char *collation = object_value(new, "collation");
    if (collation != NULL)
        type = mem_printf(script->ctx, "%s COLLATE %s", type, collation);
    script_add(script, "ALTER TABLE %s ADD COLUMN %s %s", table, new->id, type);
    script_add(script, "ALTER TABLE %s ALTER COLUMN %s TYPE %s USING %s", table, new->id, type, value)->attribute = "type";
    if (object_flag(new, "default_value"))
        set_default(script, new);
    if (object_flag(new, "not_null"))
        script_add(script, "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL", table, new->id);
}

/* Default privileges are nothing but what they give, and a column brings its sequence. */
static bool has_statement(const Object *new)
{
    return !object_is(new, KIND_DEFAULT_PRIVILEGES) && !object_is(new, KIND_IDENTITY_SEQUENCE);
}

static void write_create(Diff *d, Script *script, const Action *a)
{
    script_begin(script, NULL, a->new, a->is_recreated ? "recreate" : "create");
    script->replaced = a->is_recreated ? a->old : NULL;
    if (a->is_recreated && !a->is_silent && d->moved[a->old->number])
        move_column(script, a->old, a->new);
    else if (a->new->kind->create != NULL && !a->is_silent)
        a->new->kind->create(script, a->new);
    else if (diff_comes_by_itself(d, a))
        column_follow(script, a->new);
    else if (!a->is_silent && has_statement(a->new))
        script_add(script, "%s", object_value(a->new, "definition"));
    write_rest(d, script, NULL, a->new);
}

/* A type that was made anew under the same name: its values go there as text. Defaults of children are their own. */
static void write_retype(Script *script, const Object *old, const Object *new)
{
    const char *type = object_value(new, "type");
    if (object_is(new->parent, KIND_COMPOSITE)) {
        script_add(script, "ALTER TYPE %s ALTER ATTRIBUTE %s TYPE %s", new->parent->id, new->id, type)->attribute = "type";
        return;
    }
    const char *head = mem_printf(script->ctx, "ALTER %s %s ALTER COLUMN %s", object_keyword(new->parent), new->parent->id, new->id);
    if (object_flag(old, "default_value"))
        drop_default(script, new);
    if (strcmp(object_keyword(new->parent), "FOREIGN TABLE") == 0)
        script_add(script, "%s TYPE %s", head, type)->attribute = "type";
    else
        script_add(script, "%s TYPE %s USING %s", head, type, conversion_to_namesake(script->ctx, old, new))->attribute = "type";
    if (object_flag(new, "default_value"))
        set_default(script, new);
}

/* Does the column get its new type by a statement of its own, the new default along with it? */
static bool writes_type(const Diff *d, const Object *old, const Object *new)
{
    return has_new_type(d, old, new) && !d->has_above[new->number];
}

static void write_alter(Diff *d, Script *script, const Action *a)
{
    script_begin(script, a->old, a->new, "alter");
    write_attributes(d, script, a->old, a->new, MANNER_SET);
    bool retype = d->retype[a->old->number] && text_equal(object_value(a->old, "type"), object_value(a->new, "type")) &&
                  writes_type(d, a->old, a->new);
    if (retype)
        write_retype(script, a->old, a->new);
    else if (d->redefault[a->old->number] && object_flag(a->new, "default_value") && !writes_type(d, a->old, a->new))
        set_default(script, a->new);
    if (a->new->kind->alter != NULL && pair_differs(a->old, a->new, MANNER_OWN))
        a->new->kind->alter(script, a->old, a->new);
    if (d->recheck[a->old->number])
        validate_constraint(script, a->new);
    write_rest(d, script, a->old, a->new);
}

static void write_drop(Diff *d, Script *script, const Action *a)
{
    script_begin(script, a->old, a->old, d->old_fate[a->old->number] == FATE_REBUILD ? "recreate" : "drop");
    script->takes_away = true;
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
        drop_default(script, a->old);
    else if (object_is(a->old, KIND_TABLE))
        script_add(script, "ALTER TABLE %s NOT OF", a->old->id)->attribute = "of_type";
    else
        script_add(script, "ALTER SEQUENCE %s OWNED BY NONE", a->old->id)->attribute = "owned_by";
}

static void write_rename(Script *script, const Object *old)
{
    const char *name = spare_name(script->ctx, old);
    script_begin(script, old, old, "recreate");
    if (object_is(old, KIND_COLUMN))
        script_add(script, "ALTER TABLE %s RENAME COLUMN %s TO %s", old->parent->id, old->id, name);
    else
        script_add(script, "ALTER TYPE %s RENAME TO %s", old->id, name);
    if (object_is(old, KIND_RANGE))
        rename_range_parts(script, old, spare_id(script->ctx, old), name);
}

static void write_remove(Script *script, const Object *old)
{
    script_begin(script, old, old, "recreate");
    script->takes_away = true;
    if (object_is(old, KIND_COLUMN))
        script_add(script, "ALTER TABLE %s DROP COLUMN %s", old->parent->id, spare_name(script->ctx, old));
    else
        script_add(script, "DROP TYPE %s", spare_id(script->ctx, old));
}

void action_write(Diff *d, Script *script, const Action *a)
{
    const Object *o = a->new != NULL ? a->new : a->old;
    bool kept = d->options->keep_database_wide && (o->kind->database_wide || object_is(o, KIND_SCHEMA) ||
                                                  (object_is(o, KIND_DEFAULT_PRIVILEGES) && o->schema == NULL));
    script->put_off = d->put_off_new;
    script->has_above = d->has_above;
    script->follows_new = d->follows_new;
    script->drop_only = d->drop_only;
    script->renews_not_null = d->renews_not_null;
    switch (a->kind) {
    case ACT_CREATE: write_create(d, script, a); break;
    case ACT_ALTER: write_alter(d, script, a); break;
    case ACT_DROP:
        if (!a->is_silent && !kept)
            write_drop(d, script, a);
        break;
    case ACT_LATE:
        script_begin(script, a->old, a->new, a->old == NULL ? "create" : "alter");
        write_attributes(d, script, a->old, a->new, MANNER_LATE);
        break;
    case ACT_DEFAULT:
        script_begin(script, NULL, a->new, "create");
        set_default(script, a->new);
        break;
    case ACT_RELEASE: write_release(script, a); break;
    case ACT_NOT_NULL: write_not_null(d, script, a); break;
    case ACT_TIE:
        script_begin(script, a->old, a->new, "alter");
        script_add(script, "ALTER TABLE %s OF %s", a->new->id, object_value(a->new, "of_type"))->attribute = "of_type";
        break;
    case ACT_RENAME: write_rename(script, a->old); break;
    case ACT_REMOVE: write_remove(script, a->old); break;
    }
}
