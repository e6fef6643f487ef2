/* schema/script.c: see script.h. */
#include "schema/script.h"

#include "schema/expression.h"
#include "sql/quote.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void script_begin(Script *script, const Object *old, const Object *object, const char *operation)
{
    script->old = old;
    script->object = object;
    script->operation = operation;
    script->replaced = NULL;
    script->takes_away = false;
}

const char *script_keep(Script *script, const char *text)
{
    return pool_text(&script->texts, view_of(text));
}

static Statement *add(Script *script, const char *sql)
{
    Statement s = {.sql = script_keep(script, expression_stable(script->ctx, sql)),
                   .type = script->object->kind->step_type,
                   .operation = script->operation,
                   .object = script->object,
                   .old = script->old,
                   .takes_away = script->takes_away};
    list_push(script->texts.owner, &script->statements, s);
    return &script->statements.v[script->statements.n - 1];
}

const char *statement_path(const void *ctx, const Statement *s)
{
    return s->path != NULL ? s->path : object_path(ctx, s->object);
}

Statement *script_add(Script *script, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *sql = mem_vprintf(script->ctx, fmt, args);
    va_end(args);
    return add(script, sql);
}

void script_template(Script *script, const char *template, const Object *object, const char *attribute, const char *value)
{
    add(script, template_text(script->ctx, template, object, value))->attribute = attribute;
}

bool script_puts_off(const Script *script, const Object *part)
{
    return script->put_off != NULL && script->put_off[part->number];
}

/* Asked a dozen times about every column: most answers are in the first letter. */
static bool is_called(const Attribute *a, const char *name)
{
    return *a->name == *name && strcmp(a->name, name) == 0;
}

static size_t attribute_number(const Object *o, const char *name)
{
    for (size_t i = 0; i < o->kind->attributes_count; i++)
        if (is_called(&o->kind->attributes[i], name))
            return i;
    abort();
}

const char *object_value(const Object *object, const char *attribute)
{
    return object->values[attribute_number(object, attribute)];
}

bool object_flag(const Object *object, const char *attribute)
{
    return object_value(object, attribute) != NULL;
}

static bool has_attribute(const Object *o, const char *name)
{
    for (size_t i = 0; i < o->kind->attributes_count; i++)
        if (is_called(&o->kind->attributes[i], name))
            return true;
    return false;
}

const char *object_keyword(const Object *object)
{
    return has_attribute(object, "keyword") ? object_value(object, "keyword") : object_is(object, KIND_COMPOSITE) ? "TYPE" : "";
}

char *name_beside(const void *ctx, const Object *table, const char *name)
{
    bool qualified = strcmp(table->id, sql_ident(ctx, table->name)) != 0;
    return qualified ? sql_qualified(ctx, table->schema, name) : sql_ident(ctx, name);
}

const char *column_not_null_name(const void *ctx, const Object *column)
{
    const char *name = object_value(column, "not_null_name");
    return name != NULL ? name : mem_printf(ctx, "%s_%s_not_null", column->parent->name, column->name);
}

char *column_not_null_clause(const void *ctx, const Object *column)
{
    return mem_printf(ctx, "CONSTRAINT %s NOT NULL %s%s", sql_ident(ctx, column_not_null_name(ctx, column)), column->id,
                      object_flag(column, "not_null_no_inherit") ? " NO INHERIT" : "");
}

static const char *placeholder(const void *ctx, View name, const Object *o, const char *value)
{
    if (view_is(name, "id"))
        return o->id;
    if (view_is(name, "name"))
        return sql_ident(ctx, o->name);
    if (view_is(name, "parent"))
        return o->parent->id;
    if (view_is(name, "keyword"))
        return object_keyword(o);
    if (view_is(name, "parent_keyword"))
        return object_keyword(o->parent);
    if (view_is(name, "only"))
        return object_is(o->parent, KIND_TABLE) ? "ONLY " : "";
    if (view_is(name, "value"))
        return value == NULL ? "" : value;
    if (view_is(name, "literal"))
        return sql_literal(ctx, value);
    if (view_is(name, "signature"))
        return object_value(o, "signature");
    if (view_is(name, "type_storage")) /* servers before 16 know no SET STORAGE DEFAULT */
        return object_value(o, "type_storage");
    if (view_is(name, "not_null"))
        return sql_ident(ctx, column_not_null_name(ctx, o));
    if (view_is(name, "beside"))
        return name_beside(ctx, o->parent, o->name);
    if (view_is(name, "ident"))
        return sql_ident(ctx, value);
    abort();
}

char *template_text(const void *ctx, const char *template, const Object *object, const char *value)
{
    Str out = str_new(ctx);
    for (const char *p = template; *p != '\0';) {
        const char *open = strchr(p, '{');
        if (open == NULL) {
            str_add(&out, p);
            break;
        }
        const char *close = strchr(open, '}');
        str_add_n(&out, p, (size_t)(open - p));
        str_add(&out, placeholder(ctx, (View){open + 1, (size_t)(close - open) - 1}, object, value));
        p = close + 1;
    }
    return out.text;
}

/* ---- options ---- */

static json_t *read_options(const char *json)
{
    json_t *options = json == NULL ? NULL : json_loads(json, 0, NULL);
    return options == NULL ? json_object() : options;
}

static const char *text_of(json_t *options, const char *name)
{
    return json_string_value(json_object_get(options, name));
}

/* Option names may have a part before a dot: toast.autovacuum_enabled. */
static char *option_name(const void *ctx, const char *name)
{
    const char *dot = strchr(name, '.');
    return dot == NULL ? sql_ident(ctx, name)
                       : mem_printf(ctx, "%s.%s", sql_ident(ctx, mem_strndup(ctx, name, (size_t)(dot - name))),
                                    sql_ident(ctx, dot + 1));
}

static void add_option(Str *out, const char *name, const char *value)
{
    SCRATCH void *scratch = mem_scratch();
    str_addf(out, "%s%s = %s", out->len > 0 ? ", " : "", option_name(scratch, name), sql_literal(scratch, value));
}

const char *options_text(const void *ctx, const char *json)
{
    return options_set(ctx, NULL, json);
}

const char *options_set(const void *ctx, const char *old, const char *new)
{
    if (text_equal(old, new))
        return "";
    json_t *a = read_options(old), *b = read_options(new), *value;
    const char *name;
    Str out = str_new(ctx);
    json_object_foreach(b, name, value) if (!text_equal(text_of(a, name), json_string_value(value)))
        add_option(&out, name, json_string_value(value));
    json_decref(a);
    json_decref(b);
    return out.text;
}

const char *options_reset(const void *ctx, const char *old, const char *new)
{
    if (text_equal(old, new))
        return "";
    json_t *a = read_options(old), *b = read_options(new), *value;
    const char *name;
    Str out = str_new(ctx);
    json_object_foreach(a, name, value) if (json_object_get(b, name) == NULL)
        str_addf(&out, "%s%s", out.len > 0 ? ", " : "", option_name(ctx, name));
    json_decref(a);
    json_decref(b);
    return out.text;
}

static void add_foreign(Str *out, const void *ctx, const char *how, const char *name, const char *value)
{
    str_addf(out, "%s%s%s", out->len > 0 ? ", " : "", how, sql_ident(ctx, name));
    if (value != NULL)
        str_addf(out, " %s", sql_literal(ctx, value));
}

const char *foreign_options_text(const void *ctx, const char *json)
{
    if (json == NULL)
        return "";
    json_t *options = read_options(json), *value;
    const char *name;
    Str out = str_new(ctx);
    json_object_foreach(options, name, value) add_foreign(&out, ctx, "", name, json_string_value(value));
    json_decref(options);
    return out.text;
}

const char *foreign_options_change(const void *ctx, const char *old, const char *new)
{
    if (text_equal(old, new))
        return "";
    json_t *a = read_options(old), *b = read_options(new), *value;
    const char *name;
    Str out = str_new(ctx);
    json_object_foreach(a, name, value) if (json_object_get(b, name) == NULL) add_foreign(&out, ctx, "DROP ", name, NULL);
    json_object_foreach(b, name, value) {
        const char *before = text_of(a, name), *after = json_string_value(value);
        if (!text_equal(before, after))
            add_foreign(&out, ctx, before == NULL ? "ADD " : "SET ", name, after);
    }
    json_decref(a);
    json_decref(b);
    return out.text;
}
