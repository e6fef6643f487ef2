/* schema/make_table.c: statements of tables, columns, inheritance and partitions. */
#include "schema/making.h"

#include "base/config.h"
#include "schema/conversion.h"
#include "sql/quote.h"

#include <jansson.h>
#include <string.h>

static bool is_partition(const Object *table)
{
    return object_is(table, KIND_TABLE) && object_flag(table, "is_partition");
}

/* Partitions are made as tables of their own and attached, so that their columns' order and their indexes' names are kept;
 * children get their parents' columns from those. */
static bool is_written(const Object *column)
{
    return object_flag(column, "is_local") || is_partition(column->parent);
}

bool is_inline(const Object *part)
{
    if (object_is(part, KIND_COLUMN) || object_is(part, KIND_INHERITANCE))
        return true;
    if (!object_is(part, KIND_CONSTRAINT) || !object_is(part->parent, KIND_TABLE))
        return false;
    char type = *object_value(part, "type");
    bool is_valid = object_flag(part, "validated");
    return (type == 'c' && is_valid) || ((type == 'p' || type == 'u') && !object_flag(part, "options"));
}

/* ---- columns ---- */

static SequenceOptions identity_options(json_t *s)
{
    return (SequenceOptions){.type = config_text(s, "type", "bigint"),
                             .start = config_text(s, "start", "1"),
                             .increment = config_text(s, "increment", "1"),
                             .minimum = config_text(s, "minimum", "1"),
                             .maximum = config_text(s, "maximum", ""),
                             .cache = config_text(s, "cache", "1"),
                             .cycle = strcmp(config_text(s, "cycle", "false"), "true") == 0};
}

/* The name that the server would choose, unless it must be cut or is taken. */
static bool is_common_name(const void *ctx, const Object *c, const char *sequence)
{
    const char *name = mem_printf(ctx, "%s_%s_seq", c->parent->name, c->name);
    return strcmp(sequence, sql_ident(ctx, name)) == 0 || strcmp(sequence, sql_qualified(ctx, c->schema, name)) == 0;
}

static bool same_options(const SequenceOptions *a, const SequenceOptions *b)
{
    return strcmp(a->type, b->type) == 0 && strcmp(a->start, b->start) == 0 && strcmp(a->increment, b->increment) == 0 &&
           strcmp(a->minimum, b->minimum) == 0 && strcmp(a->maximum, b->maximum) == 0 && strcmp(a->cache, b->cache) == 0 &&
           a->cycle == b->cycle;
}

static void add_identity(Str *out, const void *ctx, const Object *c)
{
    json_t *s = json_loads(object_value(c, "identity_sequence"), 0, NULL);
    SequenceOptions options = identity_options(s);
    const char *name = config_text(s, "name", "");
    Str text = str_new(ctx);
    if (!is_common_name(ctx, c, name))
        str_addf(&text, " SEQUENCE NAME %s", name);
    sequence_options(&text, &options, false);
    str_addf(out, " GENERATED %s AS IDENTITY", object_value(c, "identity"));
    if (text.len > 0)
        str_addf(out, " (%s)", text.text + 1);
    json_decref(s);
}

static void add_not_null(Str *out, const void *ctx, const Object *c)
{
    const char *name = object_value(c, "not_null_name");
    if (!object_flag(c, "not_null") || object_flag(c, "not_null_not_valid"))
        return;
    if (object_flag(c, "not_null_ambiguous"))
        name = column_not_null_name(ctx, c);
    if (name != NULL)
        str_addf(out, " CONSTRAINT %s", sql_ident(ctx, name));
    str_add(out, " NOT NULL");
    if (object_flag(c, "not_null_no_inherit"))
        str_add(out, " NO INHERIT");
}

/* Is it generated as a column that it comes from is? Before PostgreSQL 16 that must not be said again. */
static bool inherits_expression(const Object *c)
{
    const Object *above;
    for (size_t p = 0; object_flag(c, "generated") && !is_partition(c->parent) && (above = part_above(c, &p)) != NULL;)
        if (text_equal(object_value(above, "generated"), object_value(c, "generated")))
            return true;
    return false;
}

static void add_name_and_type(Str *out, const void *ctx, const Object *c)
{
    const char *collation = object_value(c, "collation");
    const char *foreign = foreign_options_text(ctx, object_value(c, "foreign_options"));
    str_addf(out, "%s %s", c->id, object_value(c, "type"));
    if (*foreign != '\0')
        str_addf(out, " OPTIONS (%s)", foreign);
    if (collation != NULL)
        str_addf(out, " COLLATE %s", collation);
}

static void add_value(Str *out, const void *ctx, const Object *c, bool with_default)
{
    if (object_flag(c, "generated"))
        str_addf(out, " GENERATED ALWAYS AS (%s) %s", object_value(c, "generated"), object_value(c, "generated_kind"));
    else if (object_flag(c, "identity") && with_default)
        add_identity(out, ctx, c);
    else if (object_flag(c, "default_value") && with_default)
        str_addf(out, " DEFAULT %s", object_value(c, "default_value"));
}

static const char *alter_of(const void *ctx, const Object *c, const char *only)
{
    return mem_printf(ctx, "ALTER %s %s%s ALTER COLUMN %s", object_keyword(c->parent), only, c->parent->id, c->id);
}

static void set_column_options(Script *script, const Object *c, const char *before, const char *after)
{
    const char *set = options_set(script->ctx, before, after), *reset = options_reset(script->ctx, before, after);
    if (*set != '\0')
        script_add(script, "%s SET (%s)", alter_of(script->ctx, c, "ONLY "), set)->attribute = "options";
    if (*reset != '\0')
        script_add(script, "%s RESET (%s)", alter_of(script->ctx, c, "ONLY "), reset)->attribute = "options";
}

/* That of a column made with LIKE is a bigint, whatever the column is. */
static void set_identity_type(Script *script, const Object *c)
{
    if (!object_flag(c, "identity"))
        return;
    json_t *s = json_loads(object_value(c, "identity_sequence"), 0, NULL);
    SequenceOptions options = identity_options(s);
    Str text = str_new(script->ctx);
    sequence_options(&text, &options, true);
    if (strcmp(options.type, object_value(c, "type")) != 0)
        script_add(script, "ALTER SEQUENCE %s AS %s%s", config_text(s, "name", ""), options.type, text.text)->attribute = "identity";
    json_decref(s);
}

/* A column that becomes an identity goes on behind its greatest value. */
static void add_identity_to(Script *script, const Object *new)
{
    Str out = str_new(script->ctx);
    add_identity(&out, script->ctx, new);
    script_add(script, "%s ADD%s", alter_of(script->ctx, new, ""), out.text)->attribute = "identity";
    const char *column = new->id, *table = new->parent->id;
    script_add(script, "SELECT setval(pg_get_serial_sequence(%s, %s), max(%s)) FROM %s HAVING max(%s) IS NOT NULL",
               sql_literal(script->ctx, table), sql_literal(script->ctx, new->name), column, table, column)
        ->attribute = "identity";
}

/* Those that inherit, which an identity does not go to. */
static bool has_children(const Object *table)
{
    for (size_t i = 0; i < table->needed_by.n; i++)
        if (object_is(table->needed_by.v[i], KIND_INHERITANCE) && table->needed_by.v[i]->parent != table)
            return true;
    return false;
}

/* Is the constraint behind NOT NULL another than SET NOT NULL makes (PostgreSQL 18)? */
static bool is_told_apart(const Object *c)
{
    return object_flag(c, "not_null") && (object_flag(c, "not_null_name") || object_flag(c, "not_null_no_inherit"));
}

static Statement *set_not_null(Script *script, const Object *c, const char *only)
{
    Statement *s = is_told_apart(c) ? script_add(script, "ALTER %s %s ADD %s", object_keyword(c->parent), c->parent->id,
                                                 column_not_null_clause(script->ctx, c))
                                    : script_add(script, "%s SET NOT NULL", alter_of(script->ctx, c, only));
    s->attribute = "not_null";
    return s;
}

void create_column(Script *script, const Object *o)
{
    Str out = str_new(script->ctx);
    bool identity_later = object_flag(o, "identity") && has_children(o->parent);
    /* ADD COLUMN makes it NOT NULL in the children all the same */
    bool not_null_later = object_flag(o, "not_null_no_inherit") && has_children(o->parent);
    add_name_and_type(&out, script->ctx, o);
    add_value(&out, script->ctx, o, !identity_later);
    if (!not_null_later)
        add_not_null(&out, script->ctx, o);
    if (object_is(o->parent, KIND_COMPOSITE))
        script_add(script, "ALTER TYPE %s ADD ATTRIBUTE %s", o->parent->id, out.text);
    else
        script_add(script, "ALTER %s %s ADD COLUMN %s", object_keyword(o->parent), o->parent->id, out.text);
    if (not_null_later)
        set_not_null(script, o, "");
    if (identity_later)
        add_identity_to(script, o);
    set_identity_type(script, o);
    set_column_options(script, o, NULL, object_value(o, "options"));
}

void drop_column(Script *script, const Object *o)
{
    if (object_is(o->parent, KIND_COMPOSITE))
        script_add(script, "ALTER TYPE %s DROP ATTRIBUTE %s", o->parent->id, o->id);
    else if (object_is(o->parent, KIND_TABLE))
        script_add(script, "ALTER %s %s%s DROP COLUMN %s", object_keyword(o->parent), only_where_kept(script, o), o->parent->id, o->id);
}

/* ---- changes of columns ---- */

static void set_type(Script *script, const Object *old, const Object *new)
{
    const char *type = object_value(new, "type"), *collation = object_value(new, "collation");
    Str out = str_new(script->ctx);
    if (object_is(new->parent, KIND_COMPOSITE)) {
        script_add(script, "ALTER TYPE %s ALTER ATTRIBUTE %s TYPE %s%s%s", new->parent->id, new->id, type, collation ? " COLLATE " : "",
                   collation ? collation : "")->attribute = "type";
        return;
    }
    str_addf(&out, "%s TYPE %s", alter_of(script->ctx, new, ""), type);
    if (collation != NULL)
        str_addf(&out, " COLLATE %s", collation);
    const char *using = conversion(script->ctx, old, new);
    if (using != NULL && strcmp(object_keyword(new->parent), "FOREIGN TABLE") != 0)
        str_addf(&out, " USING %s", using);
    script_add(script, "%s", out.text)->attribute = "type";
}

/* Columns of views have defaults, too, but nothing below. */
static const char *alter_alone(const void *ctx, const Object *c)
{
    return alter_of(ctx, c, object_is(c->parent, KIND_TABLE) ? "ONLY " : "");
}

void drop_default(Script *script, const Object *c)
{
    script_add(script, "%s DROP DEFAULT", alter_alone(script->ctx, c))->attribute = "default_value";
}

void set_default(Script *script, const Object *c)
{
    const char *value = object_value(c, "default_value");
    if (value != NULL)
        script_add(script, "%s SET DEFAULT %s", alter_alone(script->ctx, c), value)->attribute = "default_value";
    else
        drop_default(script, c);
}

static void change_identity(Script *script, const Object *old, const Object *new)
{
    json_t *a = json_loads(object_value(old, "identity_sequence"), 0, NULL);
    json_t *b = json_loads(object_value(new, "identity_sequence"), 0, NULL);
    SequenceOptions options = identity_options(b);
    if (differs(old, new, "identity"))
        script_add(script, "%s SET GENERATED %s", alter_of(script->ctx, new, ""), object_value(new, "identity"))->attribute = "identity";
    if (strcmp(config_text(a, "plain", ""), config_text(b, "plain", "")) != 0)
        script_add(script, "ALTER SEQUENCE %s RENAME TO %s", config_text(a, "name", ""), config_text(b, "plain", ""));
    SequenceOptions before = identity_options(a);
    if (!same_options(&before, &options))
        change_sequence(script, config_text(b, "name", ""), &before, &options);
    json_decref(a);
    json_decref(b);
}

static void alter_identity(Script *script, const Object *old, const Object *new)
{
    if (!object_flag(old, "identity"))
        add_identity_to(script, new);
    else if (!object_flag(new, "identity"))
        script_add(script, "%s DROP IDENTITY", alter_of(script->ctx, new, ""))->attribute = "identity";
    else
        change_identity(script, old, new);
}

/* Does the column have it from where it comes from, which says what becomes of it, or is it made anew with those that it comes from? */
static bool follows_not_null(const Script *script, const Object *new)
{
    if (script->renews_not_null != NULL && script->renews_not_null[new->number])
        return true;
    return script->has_above != NULL && script->has_above[new->number] && object_flag(new, "not_null_inherited");
}

/* Partitions that are there and shall not have it from the whole. */
static void keep_not_null(Script *script, const Object *new)
{
    for (size_t i = 0; i < new->parent->needed_by.n; i++) {
        const Object *link = new->parent->needed_by.v[i];
        const Object *part = object_is(link, KIND_PARTITION) && link_above(link) == new->parent ? object_part_like(link->parent, new) : NULL;
        bool was_there = part != NULL && script->has_above != NULL && script->has_above[part->number];
        if (was_there && object_flag(part, "not_null"))
            script_add(script, "%s SET NOT NULL", alter_of(script->ctx, part, ""))->attribute = "not_null";
    }
}

/* Children keep theirs. Of a partitioned table it cannot be taken alone: a partition that shall have it is given it as its own before
 * (PostgreSQL 18), or again behind that (before 18). */
static void drop_not_null(Script *script, const Object *new)
{
    bool is_whole = object_flag(new->parent, "partition_key");
    if (is_whole)
        keep_not_null(script, new);
    script_add(script, "%s DROP NOT NULL", alter_of(script->ctx, new, is_whole ? "" : "ONLY "))->attribute = "not_null";
    if (is_whole)
        keep_not_null(script, new);
}

static void alter_not_null(Script *script, const Object *old, const Object *new)
{
    bool comes_unchecked = object_flag(new, "not_null_not_valid"); /* by a statement of its own */
    if (object_flag(old, "not_null") == object_flag(new, "not_null") || comes_unchecked || follows_not_null(script, new))
        return;
    if (!object_flag(new, "not_null")) {
        drop_not_null(script, new);
        return;
    }
    set_not_null(script, new, "")->is_online = true;
}

/* Names and reach of the constraint behind NOT NULL (PostgreSQL 18). */
static void alter_not_null_constraint(Script *script, const Object *old, const Object *new)
{
    const void *ctx = script->ctx;
    const char *common = mem_printf(ctx, "%s_%s_not_null", new->parent->name, new->name);
    const char *before = object_value(old, "not_null_name"), *after = object_value(new, "not_null_name");
    if (!object_flag(old, "not_null") || !object_flag(new, "not_null") || follows_not_null(script, new))
        return;
    if (differs(old, new, "not_null_name"))
        script_add(script, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s", new->parent->id, sql_ident(ctx, before ? before : common),
                   sql_ident(ctx, after ? after : common));
    const char *name = sql_ident(ctx, after ? after : common);
    if (differs(old, new, "not_null_no_inherit"))
        script_add(script, "ALTER TABLE %s ALTER CONSTRAINT %s %s", new->parent->id, name,
                   object_flag(new, "not_null_no_inherit") ? "NO INHERIT" : "INHERIT");
    if (object_flag(old, "not_null_not_valid") && !object_flag(new, "not_null_not_valid"))
        script_add(script, "ALTER TABLE %s VALIDATE CONSTRAINT %s", new->parent->id, name);
    if (!object_flag(old, "not_null_not_valid") && object_flag(new, "not_null_not_valid"))
        script_add(script, "ALTER TABLE %s DROP CONSTRAINT %s", new->parent->id, name);
    if (object_flag(old, "not_null_has_comment") && !object_flag(new, "not_null_has_comment"))
        script_add(script, "COMMENT ON CONSTRAINT %s ON %s IS NULL", name, new->parent->id)->attribute = "comment";
}

void alter_column(Script *script, const Object *old, const Object *new)
{
    bool retyped = (differs(old, new, "type") || differs(old, new, "collation")) && !(script->has_above != NULL && script->has_above[new->number]);
    bool redefault = differs(old, new, "default_value");
    /* a default of the old type may not fit the new one */
    if (retyped && object_flag(old, "default_value")) {
        drop_default(script, new);
        redefault = object_flag(new, "default_value");
    }
    if (!object_flag(new, "identity") && object_flag(old, "identity"))
        alter_identity(script, old, new);
    if (retyped)
        set_type(script, old, new);
    if (redefault)
        set_default(script, new);
    if (differs(old, new, "generated"))
        script_add(script, "%s SET EXPRESSION AS (%s)", alter_of(script->ctx, new, ""), object_value(new, "generated"))->attribute = "generated";
    alter_not_null(script, old, new);
    alter_not_null_constraint(script, old, new);
    if (object_flag(new, "identity") && (differs(old, new, "identity") || differs(old, new, "identity_sequence")))
        alter_identity(script, old, new);
    set_column_options(script, new, object_value(old, "options"), object_value(new, "options"));
    const char *foreign = foreign_options_change(script->ctx, object_value(old, "foreign_options"), object_value(new, "foreign_options"));
    if (*foreign != '\0')
        script_add(script, "%s OPTIONS (%s)", alter_of(script->ctx, new, ""), foreign);
}

/* A plain column's values are its own; a generated column's can be made again. */
bool column_needs_rebuild(const Object *old, const Object *new)
{
    bool a = object_flag(old, "generated"), b = object_flag(new, "generated");
    return a != b || differs(old, new, "generated_kind") || (a && differs(old, new, "generated"));
}

/* ---- tables ---- */

static bool is_typed(const Object *table)
{
    return object_flag(table, "of_type");
}

/* In a typed table a column is named only to say more of it than its type does. */
static void add_typed_column(Str *out, const void *ctx, const Object *c, bool with_default)
{
    bool has_default = object_flag(c, "default_value") && with_default;
    if (!has_default && !object_flag(c, "not_null"))
        return;
    str_addf(out, "%s\n    %s WITH OPTIONS", out->len > 0 ? "," : "", c->id);
    if (has_default)
        str_addf(out, " DEFAULT %s", object_value(c, "default_value"));
    add_not_null(out, ctx, c);
}

/* What a new table's parents say need not be said again; partitions are attached later. */
static bool inherits_not_null(const Object *c)
{
    return text_equal(object_value(c, "not_null_inherited"), "alone") && !is_partition(c->parent);
}

/* Has an inherited column a NOT NULL of its own of which more must be said than that (PostgreSQL 18)? */
static bool names_not_null(const Object *c)
{
    if (object_flag(c, "not_null_inherited"))
        return text_equal(object_value(c, "not_null_inherited"), "merged");
    return object_flag(c, "not_null_ambiguous") || is_told_apart(c);
}

static void add_elements(Str *out, Script *script, const Object *o)
{
    for (size_t i = 0; i < o->parts.n; i++) {
        const Object *part = o->parts.v[i];
        if (object_is(part, KIND_COLUMN) && is_typed(o)) {
            add_typed_column(out, script->ctx, part, !script_puts_off(script, part));
        } else if (object_is(part, KIND_COLUMN) && is_written(part)) {
            str_add(out, out->len > 0 ? ",\n    " : "\n    ");
            add_name_and_type(out, script->ctx, part);
            if (!inherits_expression(part))
                add_value(out, script->ctx, part, !script_puts_off(script, part));
            if (!inherits_not_null(part))
                add_not_null(out, script->ctx, part);
        } else if (object_is(part, KIND_COLUMN) && names_not_null(part)) {
            str_addf(out, "%s\n    %s", out->len > 0 ? "," : "", column_not_null_clause(script->ctx, part));
        } else if (object_is(part, KIND_CONSTRAINT) && is_inline(part) && !script_puts_off(script, part) &&
                   (!object_flag(part, "is_inherited") || is_partition(o))) {
            str_addf(out, "%s\n    CONSTRAINT %s %s", out->len > 0 ? "," : "", part->id, object_value(part, "definition"));
        }
    }
}

static void add_parents(Str *out, const Object *o)
{
    const char *before = " INHERITS (";
    for (size_t i = 0; i < o->parts.n; i++) {
        if (!object_is(o->parts.v[i], KIND_INHERITANCE))
            continue;
        str_addf(out, "%s%s", before, o->parts.v[i]->id);
        before = ", ";
    }
    if (*before == ',')
        str_add(out, ")");
}

static void add_table_options(Str *out, const void *ctx, const Object *o)
{
    const char *options = options_text(ctx, object_value(o, "options")), *method = object_value(o, "access_method");
    const char *foreign = foreign_options_text(ctx, object_value(o, "foreign_options"));
    if (object_flag(o, "partition_key"))
        str_addf(out, " PARTITION BY %s", object_value(o, "partition_key"));
    if (method != NULL)
        str_addf(out, " USING %s", sql_ident(ctx, method));
    if (*options != '\0')
        str_addf(out, " WITH (%s)", options);
    if (object_flag(o, "server"))
        str_addf(out, " SERVER %s", sql_ident(ctx, object_value(o, "server")));
    if (*foreign != '\0')
        str_addf(out, " OPTIONS (%s)", foreign);
}

/* What a column has of those that it comes from when it comes with them. */
typedef struct Inherited {
    const char *default_value;
    bool not_null;
    const Object *from; /* the first of them; NULL: none */
    bool is_mixed;      /* their defaults differ, so that it depends on their order which one it gets */
} Inherited;

static Inherited inherited_by(const Object *c)
{
    Inherited all = {0};
    const Object *above;
    for (size_t p = 0; (above = part_above(c, &p)) != NULL;) {
        all.from = all.from != NULL ? all.from : above;
        all.is_mixed |= !text_equal(object_value(all.from, "default_value"), object_value(above, "default_value"));
        all.default_value = all.default_value != NULL ? all.default_value : object_value(above, "default_value");
        all.not_null |= object_flag(above, "not_null") && !object_flag(above, "not_null_no_inherit");
    }
    return all;
}

static bool has_other_default(const Object *c, const Inherited *inherited)
{
    return !object_flag(c, "generated") && !text_equal(inherited->default_value, object_value(c, "default_value"));
}

/* How a column is stored comes from above, too: is that said there, and not here? */
static bool has_from_above(const Object *c, const Object *above, size_t attribute)
{
    return c->kind->attributes[attribute].goes_with_type && c->values[attribute] == NULL && above->values[attribute] != NULL;
}

bool column_is_as_above(const Object *c)
{
    Inherited inherited = inherited_by(c);
    if (inherited.from == NULL)
        return true;
    for (size_t i = 0; i < c->kind->attributes_count; i++)
        if (has_from_above(c, inherited.from, i))
            return false;
    return !inherited.is_mixed && !has_other_default(c, &inherited) && inherited.not_null == object_flag(c, "not_null");
}

static void reset_storage(Script *script, const Object *c, const Object *above)
{
    for (size_t i = 0; i < c->kind->attributes_count; i++)
        if (has_from_above(c, above, i))
            script_template(script, c->kind->attributes[i].unset, c, c->kind->attributes[i].name, NULL);
}

/* May a column that comes from this one be null? Never from 18 on, where SET NOT NULL of the table alone would be NO INHERIT. */
static bool may_be_null_below(const Object *c)
{
    for (size_t i = 0; i < c->parent->needed_by.n; i++) {
        const Object *link = c->parent->needed_by.v[i];
        const Object *below = is_link(link) && link_above(link) == c->parent ? object_part_like(link->parent, c) : NULL;
        if (below != NULL && (!object_flag(below, "not_null") || may_be_null_below(below)))
            return true;
    }
    return false;
}

/* Besides how it is stored: its default, its NOT NULL. */
static void say_otherwise(Script *script, const Object *c, const Object *above, bool its_default, bool its_not_null)
{
    reset_storage(script, c, above);
    if (its_default && !script_puts_off(script, c))
        set_default(script, c);
    if (its_not_null && object_flag(c, "not_null"))
        set_not_null(script, c, may_be_null_below(c) ? "ONLY " : "");
    else if (its_not_null)
        script_add(script, "%s DROP NOT NULL", alter_of(script->ctx, c, "ONLY "));
}

void column_follow(Script *script, const Object *c)
{
    Inherited inherited = inherited_by(c);
    if (inherited.from != NULL)
        say_otherwise(script, c, inherited.from, inherited.is_mixed || has_other_default(c, &inherited),
                      inherited.not_null != object_flag(c, "not_null"));
}

/* Columns that are written stand there with their default and their NOT NULL, if they have them. Partitions are attached later. */
static void set_inherited(Script *script, const Object *o)
{
    for (size_t i = 0; i < o->parts.n && !is_partition(o); i++) {
        const Object *c = o->parts.v[i];
        if (!object_is(c, KIND_COLUMN) || !object_flag(c, "is_inherited"))
            continue;
        Inherited inherited = inherited_by(c);
        bool says_default = is_written(c) && object_flag(c, "default_value");
        if (inherited.from != NULL)
            say_otherwise(script, c, inherited.from, !says_default && has_other_default(c, &inherited),
                          !is_written(c) && !names_not_null(c) && inherited.not_null != object_flag(c, "not_null"));
    }
}

void create_table(Script *script, const Object *o)
{
    Str elements = str_new(script->ctx), out = str_new(script->ctx);
    bool unlogged = strcmp(object_value(o, "persistence"), "u") == 0;
    add_elements(&elements, script, o);
    str_addf(&out, "CREATE %s%s %s", unlogged ? "UNLOGGED " : "", object_keyword(o), o->id);
    if (is_typed(o))
        str_addf(&out, " OF %s", object_value(o, "of_type"));
    if (elements.len > 0)
        str_addf(&out, " (%s\n)", elements.text);
    else if (!is_typed(o))
        str_add(&out, " ()");
    add_parents(&out, o);
    add_table_options(&out, script->ctx, o);
    script_add(script, "%s", out.text);
    set_inherited(script, o);
    for (size_t i = 0; i < o->parts.n; i++) {
        if (!object_is(o->parts.v[i], KIND_COLUMN))
            continue;
        set_identity_type(script, o->parts.v[i]);
        set_column_options(script, o->parts.v[i], NULL, object_value(o->parts.v[i], "options"));
    }
}

bool table_needs_rebuild(const Object *old, const Object *new)
{
    return differs(old, new, "relkind");
}

static void alter_table_options(Script *script, const Object *old, const Object *new)
{
    const char *before = object_value(old, "options"), *after = object_value(new, "options");
    const char *set = options_set(script->ctx, before, after), *reset = options_reset(script->ctx, before, after);
    if (*set != '\0')
        script_add(script, "ALTER TABLE %s SET (%s)", new->id, set)->attribute = "options";
    if (*reset != '\0')
        script_add(script, "ALTER TABLE %s RESET (%s)", new->id, reset)->attribute = "options";
}

void alter_table(Script *script, const Object *old, const Object *new)
{
    if (differs(old, new, "persistence"))
        script_add(script, "ALTER TABLE %s SET %s", new->id, *object_value(new, "persistence") == 'u' ? "UNLOGGED" : "LOGGED")
            ->attribute = "persistence";
    if (differs(old, new, "access_method"))
        script_add(script, "ALTER TABLE %s SET ACCESS METHOD %s", new->id,
                   object_flag(new, "access_method") ? sql_ident(script->ctx, object_value(new, "access_method")) : "heap")
            ->attribute = "access_method";
    alter_table_options(script, old, new);
    const char *foreign = foreign_options_change(script->ctx, object_value(old, "foreign_options"), object_value(new, "foreign_options"));
    if (*foreign != '\0')
        script_add(script, "ALTER FOREIGN TABLE %s OPTIONS (%s)", new->id, foreign);
}

/* ---- inheritance, partitions ---- */

void create_inheritance(Script *script, const Object *o)
{
    script_add(script, "ALTER TABLE %s INHERIT %s", o->parent->id, o->id);
}

void create_partition(Script *script, const Object *o)
{
    script_add(script, "ALTER TABLE ONLY %s ATTACH PARTITION %s %s", object_value(o, "of_table"), o->id, object_value(o, "bound"));
}

void detach_partition(Script *script, const Object *o)
{
    script_add(script, "ALTER TABLE ONLY %s DETACH PARTITION %s%s", object_value(o, "of_table"), o->id,
               object_flag(o, "detach_pending") ? " FINALIZE" : "");
}
