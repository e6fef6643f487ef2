/* schema/conversion.c: see conversion.h. Source: pg_cast of a new database, and the manual's "CREATE CAST" on conversions through
 * text; both sides of a row have casts to each other. */
#include "schema/conversion.h"

#include "schema/script.h"

#include <string.h>

typedef enum Family { FAMILY_NONE, FAMILY_NUMBER, FAMILY_TEXT, FAMILY_TIME, FAMILY_JSON, FAMILY_ADDRESS, FAMILY_BITS } Family;

static const struct {
    const char *type;
    Family family;
} families[] = {
    {"smallint", FAMILY_NUMBER},
    {"integer", FAMILY_NUMBER},
    {"bigint", FAMILY_NUMBER},
    {"numeric", FAMILY_NUMBER},
    {"real", FAMILY_NUMBER},
    {"double precision", FAMILY_NUMBER},
    {"text", FAMILY_TEXT},
    {"character varying", FAMILY_TEXT},
    {"character", FAMILY_TEXT},
    {"name", FAMILY_TEXT},
    {"date", FAMILY_TIME},
    {"timestamp without time zone", FAMILY_TIME},
    {"timestamp with time zone", FAMILY_TIME},
    {"json", FAMILY_JSON},
    {"jsonb", FAMILY_JSON},
    {"inet", FAMILY_ADDRESS},
    {"cidr", FAMILY_ADDRESS},
    {"bit", FAMILY_BITS},
    {"bit varying", FAMILY_BITS},
};

/* Without modifiers, and without what says that it is an array: "numeric(10,2)[]" → "numeric". */
static char *element_of(const void *ctx, const char *type)
{
    Str out = str_new(ctx);
    bool quoted = false, inside = false;
    for (const char *p = type; *p != '\0'; p++) {
        quoted ^= *p == '"';
        if (!quoted && *p == '(')
            inside = true;
        if (!inside)
            str_add_char(&out, *p);
        if (!quoted && *p == ')')
            inside = false;
    }
    if (text_ends(out.text, "[]"))
        out.text[out.len - 2] = '\0';
    return out.text;
}

static bool is_array(const char *type)
{
    return text_ends(type, "[]");
}

static Family family_of(const char *element)
{
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (strcmp(families[i].type, element) == 0)
            return families[i].family;
    return FAMILY_NONE;
}

static bool has_cast(const Object *column, const char *name)
{
    for (size_t i = 0; i < column->needs.n; i++) {
        const Object *type = column->needs.v[i].on;
        for (size_t k = 0; k < type->needed_by.n; k++)
            if (object_is(type->needed_by.v[k], KIND_CAST) && strcmp(type->needed_by.v[k]->name, name) == 0)
                return true;
    }
    return false;
}

/* A cast of the users' own counts when it is there before and after. */
static bool casts(const void *ctx, const Object *old, const Object *new, const char *from, const char *to)
{
    Family a = family_of(from), b = family_of(to);
    const char *own = mem_printf(ctx, "(%s AS %s)", from, to);
    return strcmp(from, to) == 0 || (a != FAMILY_NONE && a == b) || a == FAMILY_TEXT || b == FAMILY_TEXT ||
           (has_cast(old, own) && has_cast(new, own));
}

/* As text, each element by itself. */
static const char *through_text(const void *ctx, const char *value, const char *from, const char *to)
{
    bool elements = is_array(from) && is_array(to);
    return mem_printf(ctx, "%s::text%s::%s", value, elements ? "[]" : "", to);
}

const char *conversion(const void *ctx, const Object *old, const Object *new)
{
    const char *from = object_value(old, "type"), *to = object_value(new, "type");
    const char *a = element_of(ctx, from), *b = element_of(ctx, to);
    if (strcmp(a, b) == 0 && is_array(from) == is_array(to))
        return NULL;
    if (is_array(from) == is_array(to) && casts(ctx, old, new, a, b))
        return mem_printf(ctx, "%s::%s", new->id, to);
    return through_text(ctx, new->id, from, to);
}

/* ---- types that were made anew ---- */

static const Object *composite_of(const Object *column)
{
    for (size_t i = 0; i < column->needs.n; i++)
        if (object_is(column->needs.v[i].on, KIND_COMPOSITE) && strcmp(column->needs.v[i].on->id, object_value(column, "type")) == 0)
            return column->needs.v[i].on;
    return NULL;
}

/* Rows go attribute by attribute, by their names. */
static const char *row_conversion(const void *ctx, const Object *column, const Object *from, const Object *to)
{
    Str fields = str_new(ctx);
    for (size_t i = 0; i < to->parts.n; i++) {
        const Object *attribute = to->parts.v[i], *before = object_part_like(from, attribute);
        if (!object_is(attribute, KIND_COLUMN))
            continue;
        const char *value = mem_printf(ctx, "(%s).%s", column->id, attribute->id);
        str_addf(&fields, "%s%s", fields.len > 0 ? ", " : "",
                 before == NULL ? "NULL" : through_text(ctx, value, object_value(before, "type"), object_value(attribute, "type")));
    }
    return mem_printf(ctx, "CASE WHEN %s IS NOT DISTINCT FROM NULL THEN NULL ELSE ROW(%s)::%s END", column->id, fields.text, to->id);
}

const char *conversion_to_namesake(const void *ctx, const Object *old, const Object *new)
{
    const Object *from = composite_of(old), *to = composite_of(new);
    if (from != NULL && to != NULL)
        return row_conversion(ctx, new, from, to);
    return through_text(ctx, new->id, object_value(old, "type"), object_value(new, "type"));
}
