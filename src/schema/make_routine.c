/* schema/make_routine.c: statements of functions, and of what calls them: triggers, rules, policies; and of publications. */
#include "schema/making.h"

#include "sql/quote.h"

#include <jansson.h>
#include <limits.h>
#include <string.h>

/* ---- functions ---- */

static void add_function(Script *script, const char *create, const Object *o)
{
    script_add(script, "%s %s %s%s", create, object_keyword(o), object_value(o, "called"), object_value(o, "definition"));
}

void create_function(Script *script, const Object *o)
{
    add_function(script, "CREATE OR REPLACE", o);
}

void replace_function(Script *script, const Object *old, const Object *new)
{
    (void)old;
    add_function(script, "CREATE OR REPLACE", new);
}

/* Names of arguments may be given where there were none, but not changed: manual, CREATE FUNCTION, Notes. */
static bool names_changed(const Object *old, const Object *new)
{
    json_t *a = json_loads(object_value(old, "argument_names") ? object_value(old, "argument_names") : "[]", 0, NULL);
    json_t *b = json_loads(object_value(new, "argument_names") ? object_value(new, "argument_names") : "[]", 0, NULL);
    bool changed = false;
    for (size_t i = 0; i < json_array_size(a); i++) {
        const char *before = json_string_value(json_array_get(a, i)), *after = json_string_value(json_array_get(b, i));
        changed |= before != NULL && *before != '\0' && !text_equal(before, after);
    }
    json_decref(a);
    json_decref(b);
    return changed;
}

static long count_defaults(const Object *function)
{
    const char *text = object_value(function, "defaults");
    long n = 0;
    return text != NULL && text_to_long(text, 0, LONG_MAX, &n) ? n : 0;
}

bool function_needs_rebuild(const Object *old, const Object *new)
{
    return differs(old, new, "prokind") || differs(old, new, "result") || differs(old, new, "argument_modes") ||
           differs(old, new, "argument_types") || names_changed(old, new) || differs(old, new, "returns_set") ||
           count_defaults(new) < count_defaults(old);
}

/* ---- triggers, rules ---- */

static void add_trigger(Script *script, const char *create, const Object *o)
{
    const char *before = object_value(o, "before_table") + strlen("CREATE ");
    script_add(script, "%s %s ON %s %s", create, before, o->parent->id, object_value(o, "after_table"));
}

void create_trigger(Script *script, const Object *o)
{
    add_trigger(script, "CREATE", o);
}

/* One that is replaced is enabled again. */
void replace_trigger(Script *script, const Object *old, const Object *new)
{
    const char *enabled = object_value(new, "enabled");
    add_trigger(script, "CREATE OR REPLACE", new);
    if (enabled != NULL && !differs(old, new, "enabled"))
        script_add(script, "ALTER TABLE %s %s TRIGGER %s", new->parent->id, enabled, new->id)->attribute = "enabled";
}

/* CREATE OR REPLACE TRIGGER came with 14, and never for constraint triggers. Which server it will be is not known here: an
 * older one is told apart by the planner, which rebuilds. */
bool trigger_needs_rebuild(const Object *old, const Object *new)
{
    return (differs(old, new, "before_table") || differs(old, new, "after_table")) && object_flag(new, "is_constraint");
}

void create_rule(Script *script, const Object *o)
{
    script_add(script, "CREATE RULE %s AS ON %s TO %s%s", o->id, object_value(o, "event"), o->parent->id,
               object_value(o, "definition"));
}

/* ---- policies ---- */

static char *role_list(const void *ctx, const char *json)
{
    json_t *roles = json_loads(json, 0, NULL);
    Str out = str_new(ctx);
    for (size_t i = 0; i < json_array_size(roles); i++) {
        const char *role = json_string_value(json_array_get(roles, i));
        str_addf(&out, "%s%s", i > 0 ? ", " : "", role == NULL ? "PUBLIC" : sql_ident(ctx, role));
    }
    json_decref(roles);
    return out.text;
}

static void add_expressions(Str *out, const Object *o)
{
    const char *using = object_value(o, "using_expression"), *check = object_value(o, "check_expression");
    if (using != NULL)
        str_addf(out, " USING (%s)", using);
    if (check != NULL)
        str_addf(out, " WITH CHECK (%s)", check);
}

void create_policy(Script *script, const Object *o)
{
    Str out = str_new(script->ctx);
    str_addf(&out, "CREATE POLICY %s ON %s", o->id, o->parent->id);
    if (!object_flag(o, "permissive"))
        str_add(&out, " AS RESTRICTIVE");
    if (strcmp(object_value(o, "command"), "ALL") != 0)
        str_addf(&out, " FOR %s", object_value(o, "command"));
    str_addf(&out, " TO %s", role_list(script->ctx, object_value(o, "roles")));
    add_expressions(&out, o);
    script_add(script, "%s", out.text);
}

void alter_policy(Script *script, const Object *old, const Object *new)
{
    Str out = str_new(script->ctx);
    str_addf(&out, "ALTER POLICY %s ON %s", new->id, new->parent->id);
    if (differs(old, new, "roles"))
        str_addf(&out, " TO %s", role_list(script->ctx, object_value(new, "roles")));
    if (differs(old, new, "using_expression") || differs(old, new, "check_expression"))
        add_expressions(&out, new);
    script_add(script, "%s", out.text);
}

/* ALTER POLICY cannot take an expression away. */
bool policy_needs_rebuild(const Object *old, const Object *new)
{
    return (object_flag(old, "using_expression") && !object_flag(new, "using_expression")) ||
           (object_flag(old, "check_expression") && !object_flag(new, "check_expression"));
}

/* ---- publications ---- */

void create_publication(Script *script, const Object *o)
{
    script_add(script, "CREATE PUBLICATION %s%s WITH (%s)", o->id, object_flag(o, "all_tables") ? " FOR ALL TABLES" : "",
               object_value(o, "options"));
}

void create_publication_member(Script *script, const Object *o)
{
    script_add(script, "ALTER PUBLICATION %s ADD %s%s", o->parent->id, o->id, object_value(o, "details"));
}
