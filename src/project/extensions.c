/* project/extensions.c: see extensions.h. */
#include "project/extensions.h"

#include "base/config.h"

static int config_free(json_t **holder)
{
    json_decref(*holder);
    return 0;
}

static bool fault(const char *path, Error *err, const char *name, const char *expected)
{
    error_set(err, ERR_CONFIG, "%s%s%s", name != NULL ? name : "", name != NULL ? ": " : "", expected);
    error_place(err, path, 0, 0, NULL);
    return false;
}

static bool is_text_or_nothing(const json_t *value)
{
    return value == NULL || json_is_null(value) || json_is_string(value);
}

/* A role, or several. */
static bool are_roles(const json_t *to)
{
    size_t i;
    json_t *role;
    json_array_foreach(to, i, role) if (!json_is_string(role))
        return false;
    return json_is_string(to) || json_array_size(to) > 0;
}

static bool check_grants(const json_t *grants)
{
    size_t i;
    json_t *grant;
    json_array_foreach(grants, i, grant)
    {
        bool is_whole = json_is_string(json_object_get(grant, "privileges")) &&
                        is_text_or_nothing(json_object_get(grant, "on")) && are_roles(json_object_get(grant, "to"));
        if (!is_whole)
            return false;
    }
    return grants == NULL || json_is_array(grants);
}

static bool add_extension(Module *m, const char *name, json_t *use, const char *path, Error *err)
{
    json_t *grants = json_object_get(use, "grants");
    if (!json_is_object(use))
        return fault(path, err, name, "an object is expected");
    if (!is_text_or_nothing(json_object_get(use, "schema")))
        return fault(path, err, name, "schema is to be a text");
    if (!check_grants(grants))
        return fault(path, err, name, "grants is to be a list of {\"privileges\": …, \"on\": …, \"to\": role or list of roles}");
    list_push(m, &m->provides,
              (ExtensionUse){.name = name,
                             .schema = config_text(use, "schema", NULL),
                             .create_schema = config_bool(use, "createSchema", true),
                             .grants = grants});
    return true;
}

bool extensions_parse(Module *m, const char *text, size_t len, const char *path, Error *err)
{
    json_t **root = mem_new(m, json_t *);
    *root = config_parse_json(text, len, path, err);
    if (*root == NULL)
        return false;
    talloc_set_destructor(root, config_free);
    json_t *provides = json_object_get(*root, "provides");
    if (!json_is_object(*root) || (provides != NULL && !json_is_object(provides)))
        return fault(path, err, NULL, "an object is expected that says what it provides: {\"provides\": {…}}");
    bool ok = true;
    const char *name;
    json_t *use;
    json_object_foreach(provides, name, use) ok = add_extension(m, name, use, path, err) && ok;
    return ok;
}
