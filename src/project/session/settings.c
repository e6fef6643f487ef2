/* project/session/settings.c: see settings.h. */
#include "project/session/settings.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/file.h"
#include "project/session/params.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

typedef struct Reader {
    const void *ctx;
    Settings *settings;
    bool typed; /* pgwright.yaml: parameters may be declared, and other habits' keys stand beside them */
    Error *err;
} Reader;

static const struct {
    const char *key;
    size_t at;
} connection_keys[] = {
    {"host", offsetof(Settings, host)},
    {"port", offsetof(Settings, port)},
    {"username", offsetof(Settings, username)},
    {"database", offsetof(Settings, database)},
    {"maintenance_database", offsetof(Settings, maintenance_database)},
    {"sslmode", offsetof(Settings, sslmode)},
    {"sslcert", offsetof(Settings, sslcert)},
    {"sslkey", offsetof(Settings, sslkey)},
    {"sslrootcert", offsetof(Settings, sslrootcert)},
    {"auth_method", offsetof(Settings, auth_method)},
    {"azure_tenant_id", offsetof(Settings, azure_tenant_id)},
    {"azure_client_id", offsetof(Settings, azure_client_id)},
    {"aws_region", offsetof(Settings, aws_region)},
    {"google_instance", offsetof(Settings, google_instance)},
};

/* Keys that are left out on purpose, wherever they stand, and what stands for them. */
static const struct {
    const char *key, *instead;
} left_out[] = {
    {"password", "a password comes from PGPASSWORD, a password file, or a connection string in the environment"},
    {"sslpassword", "the passphrase of a key comes from PGSSLPASSWORD"},
    {"azure_client_secret", "the secret comes from AZURE_CLIENT_SECRET"},
    {"overwrite", "a database is replaced only by --overwrite on the command line"},
    {"force", "--force is said on the command line"},
};

/* What the other habits read from pgwright.yaml. */
static const char *const other_keys[] = {"packages", "extensionsDir", "db",     "deploy", "deployment",
                                         "core",     "engine",        "target", "user"};

bool settings_fault(const Settings *settings, const char *dotted, Error *err, const char *fmt, ...)
{
    SCRATCH void *scratch = mem_scratch();
    long line, column;
    va_list args;
    va_start(args, fmt);
    error_set(err, ERR_CONFIG, "%s", mem_vprintf(scratch, fmt, args));
    va_end(args);
    config_place(settings->text.p, settings->text.len, dotted, &line, &column);
    error_place(err, settings->file, line, column, NULL);
    return false;
}

static bool unknown_key(Reader *r, const char *dotted, const char *key, const char *const *known, size_t n)
{
    settings_fault(r->settings, dotted, r->err, "unknown key \"%s\"", dotted);
    for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
        if (strcmp(left_out[i].key, key) == 0) {
            error_hint(r->err, "%s", left_out[i].instead);
            return false;
        }
    const char *near = text_nearest(key, known, n);
    if (near != NULL)
        error_hint(r->err, "did you mean %s?", near);
    return false;
}

static const char *dotted_name(Reader *r, const char *above, const char *key)
{
    return mem_printf(r->ctx, "%s.%s", above, key);
}

/* A key without a value says nothing, as if it were not there. */
static bool take_text(Reader *r, const char *dotted, const json_t *value, const char **out)
{
    if (json_is_null(value))
        return true;
    if (!json_is_string(value))
        return settings_fault(r->settings, dotted, r->err, "%s takes one value", dotted);
    if (strlen(json_string_value(value)) != json_string_length(value))
        return settings_fault(r->settings, dotted, r->err, "%s holds a NUL byte", dotted);
    *out = mem_strdup(r->ctx, json_string_value(value));
    return true;
}

static bool read_connection(Reader *r, json_t *connection)
{
    enum { COUNT = sizeof connection_keys / sizeof connection_keys[0] };
    const char *known[COUNT], *key;
    json_t *value;
    bool ok = true;
    if (json_is_null(connection))
        return true;
    if (!json_is_object(connection))
        return settings_fault(r->settings, "connection", r->err, "connection takes keys with values");
    for (size_t i = 0; i < COUNT; i++)
        known[i] = connection_keys[i].key;
    json_object_foreach(connection, key, value)
    {
        const char *dotted = dotted_name(r, "connection", key);
        size_t i = 0;
        while (i < COUNT && strcmp(known[i], key) != 0)
            i++;
        if (i == COUNT)
            ok = unknown_key(r, dotted, key, known, COUNT);
        else
            ok = take_text(r, dotted, value, (const char **)((char *)r->settings + connection_keys[i].at)) && ok;
    }
    return ok;
}

static bool take_bool(Reader *r, const char *dotted, const json_t *value, bool *out)
{
    const char *text = NULL;
    if (!take_text(r, dotted, value, &text))
        return false;
    *out = text != NULL && strcasecmp(text, "true") == 0;
    return text == NULL || *out || strcasecmp(text, "false") == 0 ||
           settings_fault(r->settings, dotted, r->err, "%s is true or false", dotted);
}

static bool take_type(Reader *r, const char *dotted, const json_t *value, const char **type)
{
    size_t n = 0;
    if (!take_text(r, dotted, value, type) || *type == NULL)
        return *type == NULL;
    for (; param_types[n] != NULL; n++)
        if (strcmp(param_types[n], *type) == 0)
            return true;
    Str names = str_new(r->ctx);
    for (size_t i = 0; i < n; i++)
        str_addf(&names, "%s%s", i > 0 ? ", " : "", param_types[i]);
    settings_fault(r->settings, dotted, r->err, "%s is no type of a parameter", dotted);
    error_hint(r->err, "types are %s", names.text);
    return false;
}

/* {type: integer, required: true, default: 5, description: …, secret: true} */
static bool read_declaration(Reader *r, const char *dotted, json_t *object, ParamDeclaration *d)
{
    static const char *const known[] = {"type", "required", "default", "description", "secret"};
    const char *key;
    json_t *value;
    bool ok = true;
    json_object_foreach(object, key, value)
    {
        const char *name = dotted_name(r, dotted, key);
        if (strcmp(key, "type") == 0)
            ok = take_type(r, name, value, &d->type) && ok;
        else if (strcmp(key, "required") == 0)
            ok = take_bool(r, name, value, &d->required) && ok;
        else if (strcmp(key, "secret") == 0)
            ok = take_bool(r, name, value, &d->secret) && ok;
        else if (strcmp(key, "default") == 0)
            ok = take_text(r, name, value, &d->default_value) && ok;
        else if (strcmp(key, "description") == 0)
            ok = take_text(r, name, value, &d->description) && ok;
        else
            ok = unknown_key(r, name, key, known, sizeof known / sizeof known[0]);
    }
    return ok;
}

/* Of a parameter, no value is the empty text. */
static bool take_param(Reader *r, const char *dotted, const json_t *value, const char **out)
{
    *out = "";
    return take_text(r, dotted, value, out);
}

static bool read_params(Reader *r, json_t *params)
{
    const char *key;
    json_t *value;
    bool ok = true;
    if (json_is_null(params))
        return true;
    if (!json_is_object(params))
        return settings_fault(r->settings, "params", r->err, "params takes keys with values");
    json_object_foreach(params, key, value)
    {
        const char *dotted = dotted_name(r, "params", key);
        ParamDeclaration d = {.key = mem_strdup(r->ctx, key)};
        if (r->typed && json_is_object(value))
            ok = read_declaration(r, dotted, value, &d) && ok;
        else
            ok = take_param(r, dotted, value, &d.value) && ok;
        list_push(r->ctx, &r->settings->params, d);
    }
    return ok;
}

/* {indexes/: none, seed/: shared} */
static bool read_transactions(Reader *r, json_t *rules)
{
    const char *pattern;
    json_t *value;
    bool ok = true;
    if (json_is_null(rules))
        return true;
    if (!json_is_object(rules))
        return settings_fault(r->settings, "transactions", r->err, "transactions takes patterns of files with own, shared or none");
    json_object_foreach(rules, pattern, value)
    {
        TransactionRule rule;
        if (!json_is_string(value) || !transaction_parse(view_of(json_string_value(value)), &rule.transaction)) {
            ok = settings_fault(r->settings, "transactions", r->err, "the transaction of %s is neither own, shared nor none", pattern);
            continue;
        }
        exclude_rule_parse(r->ctx, view_of(pattern), &rule.where);
        list_push(r->ctx, &r->settings->transactions, rule);
    }
    return ok;
}

static bool read_timeout(Reader *r, const json_t *value)
{
    const char *text = NULL;
    if (!take_text(r, "timeout", value, &text) || text == NULL)
        return text == NULL;
    if (clock_parse_duration(text, &r->settings->timeout_ms))
        return true;
    settings_fault(r->settings, "timeout", r->err, "timeout takes a time");
    error_hint(r->err, "write it as 90s, 5m or 1h30m; 0 is no limit");
    return false;
}

static bool is_other_key(const Reader *r, const char *key)
{
    for (size_t i = 0; r->typed && i < sizeof other_keys / sizeof other_keys[0]; i++)
        if (strcmp(other_keys[i], key) == 0)
            return true;
    return false;
}

static bool read_keys(Reader *r, json_t *root)
{
    static const char *const known[] = {"connection", "params", "timeout", "record", "project", "transactions"};
    size_t count = r->typed ? sizeof known / sizeof known[0] : 3;
    const char *key;
    json_t *value;
    bool ok = true;
    if (!json_is_object(root) && !json_is_null(root))
        return settings_fault(r->settings, "", r->err, "settings are expected");
    json_object_foreach(root, key, value)
    {
        if (strcmp(key, "connection") == 0)
            ok = read_connection(r, value) && ok;
        else if (strcmp(key, "params") == 0)
            ok = read_params(r, value) && ok;
        else if (strcmp(key, "timeout") == 0)
            ok = read_timeout(r, value) && ok;
        else if (r->typed && strcmp(key, "record") == 0)
            ok = take_bool(r, key, value, &r->settings->record) && ok;
        else if (r->typed && strcmp(key, "project") == 0)
            ok = take_text(r, key, value, &r->settings->project) && ok;
        else if (r->typed && strcmp(key, "transactions") == 0)
            ok = read_transactions(r, value) && ok;
        else if (!is_other_key(r, key))
            ok = unknown_key(r, key, key, known, count);
    }
    return ok;
}

bool settings_read(const void *ctx, const char *folder, Settings *settings, Error *err)
{
    *settings = (Settings){.timeout_ms = -1};
    const char *own = path_join(ctx, folder, "pgwright.yaml"), *pgmi = path_join(ctx, folder, "pgmi.yaml");
    bool typed = file_exists(own);
    if (!typed && !file_exists(pgmi))
        return true;
    settings->file = typed ? own : pgmi;
    Reader r = {.ctx = ctx, .settings = settings, .typed = typed, .err = err};
    View *text = &settings->text;
    text->p = file_read(ctx, settings->file, CONFIG_MAX_BYTES, &text->len, err);
    json_t *root = text->p == NULL ? NULL : config_parse_yaml_texts(text->p, text->len, settings->file, err);
    if (root == NULL) {
        error_place(err, settings->file, err->line, err->column, NULL); /* the line may hold a secret */
        return false;
    }
    bool ok = read_keys(&r, root);
    json_decref(root);
    return ok;
}
