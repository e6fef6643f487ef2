/* schema/pgschema_ignore.c: see pgschema_ignore.h. */
#include "schema/pgschema_ignore.h"

#include "schema/ignore_rules.h"

#include <string.h>

static const char *field(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

/* Grants are ignored with their object. Routines stand there with their arguments. */
static bool is_on_ignored(const IgnoreRules *rules, const json_t *grant)
{
    static const char *const sections[][2] = {{"TABLE", "tables"},         {"VIEW", "views"},         {"FUNCTION", "functions"},
                                              {"PROCEDURE", "procedures"}, {"SEQUENCE", "sequences"}, {"TYPE", "types"}};
    SCRATCH void *scratch = mem_scratch();
    const char *type = field(grant, "object_type"), *name = field(grant, "object_name");
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        if (strcmp(sections[i][0], type) == 0)
            return rules_ignore_name(rules, sections[i][1], mem_strndup(scratch, name, strcspn(name, "(")));
    return false;
}

bool pgschema_ignores(const IgnoreRules *rules, const char *list, const json_t *object)
{
    if (rules == NULL)
        return false;
    if (strcmp(list, "default_privileges") == 0)
        return rules_ignore_name(rules, list, field(object, "grantee"));
    if (strcmp(list, "privileges") == 0)
        return rules_ignore_name(rules, list, field(object, "grantee")) || is_on_ignored(rules, object);
    if (strcmp(list, "revoked_default_privileges") == 0)
        return is_on_ignored(rules, object);
    if (strcmp(list, "column_privileges") == 0)
        return rules_ignore_name(rules, "privileges", field(object, "grantee")) ||
               rules_ignore_name(rules, "tables", field(object, "table_name")) ||
               rules_ignore_name(rules, "views", field(object, "table_name"));
    return rules_ignore_name(rules, list, field(object, "name"));
}

json_t *pgschema_external_table(const IgnoreRules *rules, const char *schema, const char *name)
{
    if (rules == NULL || !rules_ignore_name(rules, "tables", name))
        return NULL;
    return json_pack("{s:s, s:s, s:s, s:b, s:[], s:{}, s:{}, s:{}, s:b, s:b, s:{}, s:n, s:b}", "schema", schema, "name", name, "type",
                     "BASE_TABLE", "is_external", true, "columns", "constraints", "indexes", "triggers", "rls_enabled", false,
                     "rls_forced", false, "policies", "dependencies", "is_partitioned", false);
}
