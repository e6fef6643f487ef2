/* schema/make_view.c: statements of views and materialized views. */
#include "schema/making.h"

#include <string.h>

static bool is_materialized(const Object *o)
{
    return strcmp(object_keyword(o), "MATERIALIZED VIEW") == 0;
}

static void add_view(Script *script, const char *create, const Object *o)
{
    const char *options = options_text(script->ctx, object_value(o, "options"));
    const char *method = object_value(o, "access_method");
    Str out = str_new(script->ctx);
    str_addf(&out, "%s %s %s", create, object_keyword(o), o->id);
    if (method != NULL)
        str_addf(&out, " USING %s", method);
    if (*options != '\0')
        str_addf(&out, " WITH (%s)", options);
    str_addf(&out, " AS\n%s%s", object_value(o, "query"), object_flag(o, "no_data") ? "\n WITH NO DATA" : "");
    script_add(script, "%s", out.text);
}

void create_view(Script *script, const Object *o)
{
    add_view(script, is_materialized(o) ? "CREATE" : "CREATE OR REPLACE", o);
    for (size_t i = 0; i < o->parts.n; i++) {
        const Object *c = o->parts.v[i];
        if (object_is(c, KIND_COLUMN) && object_flag(c, "default_value"))
            script_add(script, "ALTER VIEW %s ALTER COLUMN %s SET DEFAULT %s", o->id, c->id, object_value(c, "default_value"));
    }
}

static const Object *column_at(const Object *view, size_t number)
{
    for (size_t i = 0; i < view->parts.n; i++)
        if (object_is(view->parts.v[i], KIND_COLUMN) && number-- == 0)
            return view->parts.v[i];
    return NULL;
}

/* CREATE OR REPLACE VIEW may add columns at the end and must leave the others as they are. */
static bool columns_fit(const Object *old, const Object *new)
{
    const Object *a, *b;
    for (size_t i = 0; (a = column_at(old, i)) != NULL; i++) {
        b = column_at(new, i);
        if (b == NULL || strcmp(a->name, b->name) != 0 || differs(a, b, "type") || differs(a, b, "collation"))
            return false;
    }
    return true;
}

bool view_needs_rebuild(const Object *old, const Object *new)
{
    if (differs(old, new, "keyword"))
        return true;
    if (is_materialized(new))
        return differs(old, new, "query");
    return !columns_fit(old, new);
}

static void set_options(Script *script, const Object *old, const Object *new)
{
    const char *before = object_value(old, "options"), *after = object_value(new, "options");
    const char *set = options_set(script->ctx, before, after), *reset = options_reset(script->ctx, before, after);
    if (*set != '\0')
        script_add(script, "ALTER %s %s SET (%s)", object_keyword(new), new->id, set)->attribute = "options";
    if (*reset != '\0')
        script_add(script, "ALTER %s %s RESET (%s)", object_keyword(new), new->id, reset)->attribute = "options";
}

void alter_view(Script *script, const Object *old, const Object *new)
{
    /* CREATE OR REPLACE sets the options as well */
    if (differs(old, new, "query"))
        add_view(script, "CREATE OR REPLACE", new);
    else if (differs(old, new, "options"))
        set_options(script, old, new);
    if (differs(old, new, "no_data"))
        script_add(script, "REFRESH MATERIALIZED VIEW %s%s", new->id, object_flag(new, "no_data") ? " WITH NO DATA" : "");
    if (differs(old, new, "access_method"))
        script_add(script, "ALTER MATERIALIZED VIEW %s SET ACCESS METHOD %s", new->id,
                   object_flag(new, "access_method") ? object_value(new, "access_method") : "heap");
}
