/* schema/make_type.c: statements of types, sequences, and of what is made of little more than a definition. */
#include "schema/making.h"

#include "sql/quote.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

bool differs(const Object *old, const Object *new, const char *attribute)
{
    return !text_equal(object_value(old, attribute), object_value(new, attribute));
}

/* ---- enums ---- */

static json_t *labels_of(const Object *o)
{
    const char *text = object_value(o, "labels");
    json_t *labels = text == NULL ? NULL : json_loads(text, 0, NULL);
    return labels == NULL ? json_array() : labels;
}

static const char *label(json_t *labels, size_t i)
{
    return json_string_value(json_array_get(labels, i));
}

void create_enum(Script *script, const Object *o)
{
    json_t *labels = labels_of(o);
    Str out = str_new(script->ctx);
    for (size_t i = 0; i < json_array_size(labels); i++)
        str_addf(&out, "%s\n    %s", i > 0 ? "," : "", sql_literal(script->ctx, label(labels, i)));
    script_add(script, "CREATE TYPE %s AS ENUM (%s%s)", o->id, out.text, out.len > 0 ? "\n" : "");
    json_decref(labels);
}

/* The old labels are among the new ones, in the same order. */
bool enum_needs_rebuild(const Object *old, const Object *new)
{
    json_t *a = labels_of(old), *b = labels_of(new);
    size_t found = 0;
    for (size_t i = 0; i < json_array_size(b) && found < json_array_size(a); i++)
        found += strcmp(label(a, found), label(b, i)) == 0;
    bool missing = found < json_array_size(a);
    json_decref(a);
    json_decref(b);
    return missing;
}

/* Each new label goes behind the one before it, or, at the front, before the first that is there. */
void alter_enum(Script *script, const Object *old, const Object *new)
{
    json_t *a = labels_of(old), *b = labels_of(new);
    size_t next = 0;
    for (size_t i = 0; i < json_array_size(b); i++) {
        const char *value = label(b, i);
        if (next < json_array_size(a) && strcmp(label(a, next), value) == 0) {
            next++;
            continue;
        }
        const char *place = i > 0 ? "AFTER" : "BEFORE", *other = i > 0 ? label(b, i - 1) : label(a, 0);
        script_add(script, "ALTER TYPE %s ADD VALUE %s%s%s%s%s", new->id, sql_literal(script->ctx, value),
                   other != NULL ? " " : "", other != NULL ? place : "", other != NULL ? " " : "",
                   other != NULL ? sql_literal(script->ctx, other) : "");
    }
    json_decref(a);
    json_decref(b);
}

/* ---- composite types, domains ---- */

static void add_attribute(Str *out, const Object *c)
{
    const char *collation = object_value(c, "collation");
    str_addf(out, "%s\n    %s %s%s%s", out->len > 0 ? "," : "", c->id, object_value(c, "type"), collation ? " COLLATE " : "",
             collation ? collation : "");
}

static bool has_tables(const Object *composite)
{
    for (size_t i = 0; i < composite->needed_by.n; i++)
        if (object_is(composite->needed_by.v[i], KIND_TABLE))
            return true;
    return false;
}

/* Are there tables of the type before and after? Others can be freed of it. */
static bool keeps_tables(const Object *old, const Object *new)
{
    return has_tables(old) && has_tables(new);
}

/* A type of tables that takes the place of another has that one's attributes first, as if it had been altered: the tables have their
 * columns so. */
void create_composite(Script *script, const Object *o)
{
    Str out = str_new(script->ctx);
    const Object *before = script->replaced != NULL && keeps_tables(script->replaced, o) ? script->replaced : NULL;
    for (size_t i = 0; before != NULL && i < before->parts.n; i++) {
        const Object *c = object_part_like(o, before->parts.v[i]);
        if (c != NULL)
            add_attribute(&out, c);
    }
    for (size_t i = 0; i < o->parts.n; i++)
        if (object_is(o->parts.v[i], KIND_COLUMN) && (before == NULL || object_part_like(before, o->parts.v[i]) == NULL))
            add_attribute(&out, o->parts.v[i]);
    script_add(script, "CREATE TYPE %s AS (%s%s)", o->id, out.text, out.len > 0 ? "\n" : "");
}

static const Object *next_attribute(const Object *composite, size_t *at)
{
    while (*at < composite->parts.n) {
        const Object *part = composite->parts.v[(*at)++];
        if (object_is(part, KIND_COLUMN))
            return part;
    }
    return NULL;
}

/* Attributes can be taken away and added at the end: what is left must stand in its order, for rows are written by it. */
bool composite_needs_rebuild(const Object *old, const Object *new)
{
    size_t at = 0, left = 0;
    const Object *a, *b = next_attribute(new, &left);
    while (!keeps_tables(old, new) && (a = next_attribute(old, &at)) != NULL) {
        if (object_part_like(new, a) == NULL)
            continue;
        if (b == NULL || strcmp(a->name, b->name) != 0)
            return true;
        b = next_attribute(new, &left);
    }
    return false;
}

/* Its multirange and the functions that make values of both do not change their names with it: manual, ALTER TYPE. */
void rename_range_parts(Script *script, const Object *o, const char *spare_id, const char *spare_name)
{
    const char *of = object_value(o, "subtype"), *multirange = object_value(o, "multirange");
    script_add(script, "ALTER FUNCTION %s(%s, %s) RENAME TO %s", o->id, of, of, spare_name);
    script_add(script, "ALTER FUNCTION %s(%s, %s, text) RENAME TO %s", o->id, of, of, spare_name);
    if (multirange == NULL)
        return;
    const char *spare_multirange = sql_ident(script->ctx, mem_printf(script->ctx, "%.40s_pgwright_multi", o->name));
    script_add(script, "ALTER TYPE %s RENAME TO %s", multirange, spare_multirange);
    script_add(script, "ALTER FUNCTION %s() RENAME TO %s", multirange, spare_multirange);
    script_add(script, "ALTER FUNCTION %s(%s) RENAME TO %s", multirange, spare_id, spare_multirange);
    script_add(script, "ALTER FUNCTION %s(%s[]) RENAME TO %s", multirange, spare_id, spare_multirange);
}

static const char *domain_not_null_name(const void *ctx, const Object *o)
{
    const char *name = object_value(o, "not_null_name");
    return name != NULL ? name : mem_printf(ctx, "%s_not_null", o->name);
}

void create_domain(Script *script, const Object *o)
{
    const char *collation = object_value(o, "collation"), *value = object_value(o, "default_value");
    Str out = str_new(script->ctx);
    str_addf(&out, "CREATE DOMAIN %s AS %s", o->id, object_value(o, "base"));
    if (collation != NULL)
        str_addf(&out, " COLLATE %s", collation);
    if (value != NULL)
        str_addf(&out, "\n  DEFAULT %s", value);
    /* the name that it would have by itself may still be its predecessor's */
    const char *name = script->replaced != NULL ? domain_not_null_name(script->ctx, o) : object_value(o, "not_null_name");
    if (object_flag(o, "not_null") && name != NULL)
        str_addf(&out, "\n  CONSTRAINT %s NOT NULL", sql_ident(script->ctx, name));
    else if (object_flag(o, "not_null"))
        str_add(&out, "\n  NOT NULL");
    script_add(script, "%s", out.text);
}

void alter_domain(Script *script, const Object *old, const Object *new)
{
    bool before = object_flag(old, "not_null"), after = object_flag(new, "not_null");
    const char *name = object_value(new, "not_null_name");
    if (before && !after)
        script_add(script, "ALTER DOMAIN %s DROP NOT NULL", new->id)->attribute = "not_null";
    else if (after && !before && name != NULL)
        script_add(script, "ALTER DOMAIN %s ADD CONSTRAINT %s NOT NULL", new->id, sql_ident(script->ctx, name))->attribute = "not_null";
    else if (after && !before)
        script_add(script, "ALTER DOMAIN %s SET NOT NULL", new->id)->attribute = "not_null";
    else if (after && differs(old, new, "not_null_name"))
        script_add(script, "ALTER DOMAIN %s RENAME CONSTRAINT %s TO %s", new->id, sql_ident(script->ctx, domain_not_null_name(script->ctx, old)),
                   sql_ident(script->ctx, domain_not_null_name(script->ctx, new)))->attribute = "not_null";
}

void create_domain_constraint(Script *script, const Object *o)
{
    script_add(script, "ALTER DOMAIN %s ADD CONSTRAINT %s %s", o->parent->id, o->id, object_value(o, "definition"))->is_online = true;
}

/* Only the validation differs, or constraint_needs_rebuild() would have said so. */
void alter_domain_constraint(Script *script, const Object *old, const Object *new)
{
    (void)old;
    script_add(script, "ALTER DOMAIN %s VALIDATE CONSTRAINT %s", new->parent->id, new->id);
}

/* ---- sequences ---- */

typedef struct SequenceDefaults {
    const char *type, *minimum, *maximum;
} SequenceDefaults;

static const SequenceDefaults ascending[] = {{"smallint", "1", "32767"},
                                             {"integer", "1", "2147483647"},
                                             {"bigint", "1", "9223372036854775807"}};
static const SequenceDefaults descending[] = {{"smallint", "-32768", "-1"},
                                              {"integer", "-2147483648", "-1"},
                                              {"bigint", "-9223372036854775808", "-1"}};

static const SequenceDefaults *sequence_defaults(const char *type, const char *increment)
{
    const SequenceDefaults *rows = *increment == '-' ? descending : ascending;
    for (size_t i = 0; i < 3; i++)
        if (strcmp(rows[i].type, type) == 0)
            return &rows[i];
    return &rows[2];
}

static SequenceOptions options_of(const Object *o)
{
    return (SequenceOptions){.type = object_value(o, "type"),
                             .start = object_value(o, "start"),
                             .increment = object_value(o, "increment"),
                             .minimum = object_value(o, "minimum"),
                             .maximum = object_value(o, "maximum"),
                             .cache = object_value(o, "cache"),
                             .cycle = *object_value(o, "cycle") == 't'};
}

static void add_option(Str *out, bool wanted, const char *word, const char *value)
{
    if (wanted)
        str_addf(out, " %s %s", word, value);
}

void sequence_options(Str *out, const SequenceOptions *o, bool always)
{
    const SequenceDefaults *d = sequence_defaults(o->type, o->increment);
    const char *first = *o->increment == '-' ? o->maximum : o->minimum;
    add_option(out, always || strcmp(o->increment, "1") != 0, "INCREMENT BY", o->increment);
    add_option(out, always || strcmp(o->minimum, d->minimum) != 0, "MINVALUE", o->minimum);
    add_option(out, always || strcmp(o->maximum, d->maximum) != 0, "MAXVALUE", o->maximum);
    add_option(out, always || strcmp(o->start, first) != 0, "START WITH", o->start);
    add_option(out, always || strcmp(o->cache, "1") != 0, "CACHE", o->cache);
    if (always || o->cycle)
        str_add(out, o->cycle ? " CYCLE" : " NO CYCLE");
}

static bool is_unlogged(const Object *o)
{
    return strcmp(object_value(o, "persistence"), "u") == 0;
}

void create_sequence(Script *script, const Object *o)
{
    SequenceOptions options = options_of(o);
    Str out = str_new(script->ctx);
    if (strcmp(options.type, "bigint") != 0)
        str_addf(&out, " AS %s", options.type);
    sequence_options(&out, &options, false);
    script_add(script, "CREATE %sSEQUENCE %s%s", is_unlogged(o) ? "UNLOGGED " : "", o->id, out.text);
}

static bool is_narrower(const SequenceOptions *old, const SequenceOptions *new)
{
    return strtoll(new->minimum, NULL, 10) > strtoll(old->minimum, NULL, 10) || strtoll(new->maximum, NULL, 10) < strtoll(old->maximum, NULL, 10);
}

/* Limits that hold both, so that the counter can be moved from the one to the other. */
static SequenceOptions wider(const SequenceOptions *old, const SequenceOptions *new)
{
    SequenceOptions both = *new;
    if (strtoll(old->minimum, NULL, 10) < strtoll(new->minimum, NULL, 10))
        both.minimum = old->minimum;
    if (strtoll(old->maximum, NULL, 10) > strtoll(new->maximum, NULL, 10))
        both.maximum = old->maximum;
    both.type = "bigint";
    return both;
}

static void set_sequence(Script *script, const char *name, const SequenceOptions *options)
{
    Str out = str_new(script->ctx);
    sequence_options(&out, options, true);
    script_add(script, "ALTER SEQUENCE %s AS %s%s", name, options->type, out.text);
}

/* All at once, for minimum, start and maximum must fit one another at any time. The counter is left alone unless it is beyond the
 * new limits, which the server does not allow. */
void change_sequence(Script *script, const char *name, const SequenceOptions *old, const SequenceOptions *new)
{
    if (is_narrower(old, new)) {
        SequenceOptions both = wider(old, new);
        set_sequence(script, name, &both);
        script_add(script, "SELECT pg_catalog.setval(%s, %s, false) FROM %s WHERE last_value NOT BETWEEN %s AND %s", sql_literal(script->ctx, name),
                   new->start, name, new->minimum, new->maximum);
    }
    set_sequence(script, name, new);
}

void alter_sequence(Script *script, const Object *old, const Object *new)
{
    static const char *const attributes[] = {"type", "start", "increment", "minimum", "maximum", "cache", "cycle"};
    bool changed = false;
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        changed |= differs(old, new, attributes[i]);
    if (changed) {
        SequenceOptions before = options_of(old), after = options_of(new);
        change_sequence(script, new->id, &before, &after);
    }
    if (differs(old, new, "persistence"))
        script_add(script, "ALTER SEQUENCE %s SET %s", new->id, is_unlogged(new) ? "UNLOGGED" : "LOGGED");
}

/* ---- operators' families, text search, foreign data ---- */

void create_family_member(Script *script, const Object *o)
{
    script_add(script, "ALTER OPERATOR FAMILY %s ADD %s", o->parent->id, object_value(o, "definition"));
}

void create_ts_mapping(Script *script, const Object *o)
{
    script_add(script, "ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %s WITH %s", o->parent->id, o->id,
               object_value(o, "dictionaries"));
}

void create_with_options(Script *script, const Object *o)
{
    const char *options = foreign_options_text(script->ctx, object_value(o, "options"));
    script_add(script, "%s%s%s%s", object_value(o, "definition"), *options ? " OPTIONS (" : "", options, *options ? ")" : "");
}

void alter_foreign_options(Script *script, const Object *old, const Object *new)
{
    const char *change = foreign_options_change(script->ctx, object_value(old, "options"), object_value(new, "options"));
    script_add(script, "ALTER %s OPTIONS (%s)", template_text(script->ctx, new->kind->call, new, NULL), change);
}
