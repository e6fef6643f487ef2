/* deploy/extension.c: see extension.h. */
#include "deploy/extension.h"

#include "base/config.h"
#include "sql/quote.h"

#include <string.h>

/* What "on" of a grant means in SQL; %s is the schema. */
static const struct {
    const char *on;
    const char *object;
} grant_objects[] = {
    {"schema", "SCHEMA %s"},
    {"all-tables", "ALL TABLES IN SCHEMA %s"},
    {"all-sequences", "ALL SEQUENCES IN SCHEMA %s"},
    {"all-functions", "ALL FUNCTIONS IN SCHEMA %s"},
};

static char *role_ident(const void *ctx, const Workspace *ws, const char *role)
{
    return sql_ident(ctx, config_text(ws->config, mem_printf(ctx, "db.roles.%s", role), role));
}

/* "to": one role or several. */
static char *grantees(const void *ctx, const Workspace *ws, const json_t *to)
{
    if (json_is_string(to))
        return role_ident(ctx, ws, json_string_value(to));
    Str list = str_new(ctx);
    size_t i;
    json_t *role;
    json_array_foreach(to, i, role) if (json_is_string(role))
        str_addf(&list, "%s%s", i > 0 ? ", " : "", role_ident(ctx, ws, json_string_value(role)));
    return list.text;
}

/* Privileges are keywords: nothing else may come through. */
static bool are_keywords(const char *text)
{
    return text != NULL && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ,") == strlen(text);
}

static bool queue_grant(PgConn *conn, const char *schema, json_t *grant, const Workspace *ws, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *privileges = config_text(grant, "privileges", NULL);
    const char *on = config_text(grant, "on", "schema");
    char *to = grantees(scratch, ws, json_object_get(grant, "to"));
    for (size_t i = 0; i < sizeof grant_objects / sizeof grant_objects[0]; i++) {
        if (strcmp(on, grant_objects[i].on) != 0 || !are_keywords(privileges) || to[0] == '\0')
            continue;
        Str sql = str_new(scratch);
        str_addf(&sql, "GRANT %s ON ", privileges);
        const char *at = strstr(grant_objects[i].object, "%s");
        str_add_n(&sql, grant_objects[i].object, (size_t)(at - grant_objects[i].object));
        str_addf(&sql, "%s TO %s", sql_ident(scratch, schema), to);
        return pg_queue_sql(conn, sql.text, err);
    }
    return error_set(err, ERR_CONFIG, "extensions.json: a grant needs privileges, \"on\" (schema, all-tables, "
                                      "all-sequences, all-functions) and \"to\"");
}

bool extension_create(PgConn *conn, const char *name, const ExtensionUse *provided, const Workspace *ws, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *schema = provided == NULL ? NULL : provided->schema;
    Str sql = str_new(scratch);
    str_addf(&sql, "CREATE EXTENSION IF NOT EXISTS %s", sql_ident(scratch, name));
    if (schema != NULL)
        str_addf(&sql, " WITH SCHEMA %s", sql_ident(scratch, schema));
    str_add(&sql, " CASCADE");
    if (schema != NULL && provided->create_schema &&
        !pg_queue_sql(conn, mem_printf(scratch, "CREATE SCHEMA IF NOT EXISTS %s", sql_ident(scratch, schema)), err))
        return false;
    if (!pg_queue_sql(conn, sql.text, err))
        return error_wrap(err, "creating extension %s", name);
    size_t i;
    json_t *grant;
    json_array_foreach(provided == NULL ? NULL : provided->grants, i, grant) if (schema != NULL &&
                                                                               !queue_grant(conn, schema, grant, ws, err))
        return false;
    return true;
}

bool extension_drop(PgConn *conn, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return pg_queue_sql(conn, mem_printf(scratch, "DROP EXTENSION %s RESTRICT", sql_ident(scratch, name)), err);
}
