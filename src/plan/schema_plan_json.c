/* plan/schema_plan_json.c: plans in files: the format of pgschema, version 1.0.0, with fields of ours beside it. */
#include "plan/schema_plan.h"

#include "base/config.h"
#include "base/file.h"

#include <string.h>

#define FORMAT_VERSION "1.0.0"
#define PGSCHEMA_VERSION "1.12.4" /* its reader insists on its own */

/* ---- writing ---- */

static json_t *locks_json(const SchemaStep *step)
{
    json_t *list = json_array();
    for (size_t i = 0; i < step->locks.n; i++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "mode", step->locks.v[i].mode, "on", step->locks.v[i].on));
    return list;
}

static json_t *hazards_json(const SchemaStep *step)
{
    json_t *list = json_array();
    for (size_t i = 0; i < step->hazards.n; i++) {
        const HazardRule *r = step->hazards.v[i].rule;
        json_t *o = json_pack("{s:s, s:s, s:s}", "rule", r->id, "severity", r->severity, "why", r->why);
        if (step->hazards.v[i].detail != NULL)
            json_object_set_new(o, "detail", json_string(step->hazards.v[i].detail));
        if (r->safer != NULL)
            json_object_set_new(o, "safer", json_string(r->safer));
        json_array_append_new(list, o);
    }
    return list;
}

static void set_text(json_t *o, const char *name, const char *value)
{
    if (value != NULL)
        json_object_set_new(o, name, json_string(value));
}

static json_t *step_json(const SchemaStep *step)
{
    SCRATCH void *scratch = mem_scratch();
    json_t *o = json_pack("{s:s}", "sql", mem_printf(scratch, "%s;", step->sql));
    if (step->wait_message != NULL)
        json_object_set_new(o, "directive", json_pack("{s:s, s:s}", "type", "wait", "message", step->wait_message));
    set_text(o, "type", step->type);
    set_text(o, "operation", step->operation);
    set_text(o, "path", step->path);
    set_text(o, "schema", step->schema);
    set_text(o, "name", step->name);
    set_text(o, "part", step->part);
    json_object_set_new(o, "transactional", json_boolean(!step->no_transaction && step->wait_message == NULL));
    json_object_set_new(o, "locks", locks_json(step));
    json_object_set_new(o, "hazards", hazards_json(step));
    return o;
}

static json_t *groups_json(const SchemaPlan *plan)
{
    if (plan->groups.n == 0)
        return json_null();
    json_t *groups = json_array();
    for (size_t g = 0; g < plan->groups.n; g++) {
        json_t *steps = json_array();
        for (size_t i = 0; i < plan->groups.v[g].steps.n; i++)
            json_array_append_new(steps, step_json(&plan->groups.v[g].steps.v[i]));
        json_array_append_new(groups, json_pack("{s:o}", "steps", steps));
    }
    return groups;
}

static json_t *texts_json(const TextList *texts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < texts->n; i++)
        json_array_append_new(list, json_string(texts->v[i]));
    return list;
}

static json_t *ours_json(const SchemaPlan *plan)
{
    json_t *target = json_object();
    set_text(target, "system_identifier", plan->system_identifier);
    set_text(target, "database", plan->database);
    set_text(target, "server_version", plan->server_version);
    json_object_set_new(target, "schemas", texts_json(&plan->schemas));
    json_t *ours = json_pack("{s:s, s:o}", "version", plan->made_by, "target", target);
    set_text(ours, "digest", plan->digest);
    if (plan->object_digests != NULL)
        json_object_set(ours, "objects", plan->object_digests);
    json_object_set_new(ours, "notes", texts_json(&plan->notes));
    return ours;
}

/* One entry for each change of an object: its statements in their plain form. */
static json_t *differences_json(const SchemaPlan *plan)
{
    SCRATCH void *scratch = mem_scratch();
    json_t *list = json_array(), *statements = NULL;
    const char *last_path = NULL;
    for (size_t i = 0; i < plan->differences.n; i++) {
        const Statement *s = &plan->differences.v[i], *last = i == 0 ? NULL : &plan->differences.v[i - 1];
        const char *path = statement_path(scratch, s);
        if (last == NULL || !text_equal(last_path, path) || !text_equal(last->type, s->type) || !text_equal(last->operation, s->operation)) {
            statements = json_array();
            json_array_append_new(list, json_pack("{s:o, s:s, s:s, s:s}", "statements", statements, "type", s->type, "operation",
                                                  s->operation, "path", path));
        }
        last_path = path;
        json_array_append_new(statements, json_pack("{s:s, s:b}", "sql", mem_printf(scratch, "%s;", s->sql), "can_run_in_transaction", true));
    }
    return list;
}

json_t *schema_plan_json(const SchemaPlan *plan)
{
    json_t *o = json_pack("{s:s, s:s, s:s}", "version", FORMAT_VERSION, "pgschema_version", PGSCHEMA_VERSION, "created_at", plan->created_at);
    json_object_set_new(o, "source_fingerprint", json_pack("{s:s}", "hash", plan->fingerprint == NULL ? plan->digest : plan->fingerprint));
    json_object_set_new(o, "groups", groups_json(plan));
    if (plan->differences.n > 0)
        json_object_set_new(o, "source_diffs", differences_json(plan));
    json_object_set_new(o, "pgwright", ours_json(plan));
    return o;
}

/* ---- reading ---- */

static const HazardRule *find_rule(const char *id)
{
    for (size_t i = 0; i < hazard_rules_count; i++)
        if (id != NULL && strcmp(hazard_rules[i].id, id) == 0)
            return &hazard_rules[i];
    return NULL;
}

static const char *text_of(const void *ctx, json_t *o, const char *name)
{
    return mem_strdup(ctx, json_string_value(json_object_get(o, name)));
}

static bool bad_plan(const char *path, Error *err, const char *what)
{
    error_set(err, ERR_CONFIG, "%s is no plan that can be applied: %s", path_shown(path), what);
    error_code(err, "PLAN_FORMAT");
    return false;
}

static bool read_directive(SchemaPlan *plan, json_t *o, SchemaStep *step, const char *path, Error *err)
{
    json_t *directive = json_object_get(o, "directive");
    if (directive == NULL || json_is_null(directive))
        return true;
    const char *type = json_string_value(json_object_get(directive, "type"));
    if (type == NULL || strcmp(type, "wait") != 0)
        return bad_plan(path, err, mem_printf(plan, "a step has the directive \"%s\", which is not known", type == NULL ? "" : type));
    const char *message = text_of(plan, directive, "message");
    step->wait_message = message != NULL ? message : "Waiting";
    return true;
}

static bool read_step(SchemaPlan *plan, json_t *o, SchemaStep *step, const char *path, Error *err)
{
    const char *sql = json_string_value(json_object_get(o, "sql"));
    if (sql == NULL || *sql == '\0')
        return bad_plan(path, err, "a step has no sql");
    View text = view_trim(view_of(sql));
    if (text.len > 0 && text.p[text.len - 1] == ';')
        text.len--;
    *step = (SchemaStep){.sql = mem_strndup(plan, text.p, text.len),
                         .type = text_of(plan, o, "type"),
                         .operation = text_of(plan, o, "operation"),
                         .path = text_of(plan, o, "path"),
                         .schema = text_of(plan, o, "schema"),
                         .name = text_of(plan, o, "name"),
                         .part = text_of(plan, o, "part")};
    /* a plan of pgschema does not say: there it is what stands alone and cannot run otherwise */
    json_t *transactional = json_object_get(o, "transactional");
    step->no_transaction = transactional == NULL ? strstr(step->sql, " CONCURRENTLY ") != NULL : json_is_false(transactional);
    json_t *list = json_object_get(o, "locks"), *item;
    size_t i;
    json_array_foreach(list, i, item) list_push(plan, &step->locks, (Lock){text_of(plan, item, "mode"), text_of(plan, item, "on")});
    list = json_object_get(o, "hazards");
    json_array_foreach(list, i, item) {
        const HazardRule *rule = find_rule(json_string_value(json_object_get(item, "rule")));
        if (rule != NULL)
            list_push(plan, &step->hazards, (Hazard){rule, text_of(plan, item, "detail")});
    }
    return read_directive(plan, o, step, path, err);
}

static bool read_groups(SchemaPlan *plan, json_t *root, const char *path, Error *err)
{
    json_t *groups = json_object_get(root, "groups"), *group, *o;
    size_t g, i;
    if (groups != NULL && !json_is_null(groups) && !json_is_array(groups))
        return bad_plan(path, err, "\"groups\" is no list");
    json_array_foreach(groups, g, group) {
        SchemaGroup added = {0};
        json_array_foreach(json_object_get(group, "steps"), i, o) {
            SchemaStep step;
            if (!read_step(plan, o, &step, path, err))
                return false;
            list_push(plan, &added.steps, step);
            plan->steps_count++;
        }
        list_push(plan, &plan->groups, added);
    }
    return true;
}

static void read_ours(SchemaPlan *plan, json_t *root)
{
    json_t *ours = json_object_get(root, "pgwright"), *target = json_object_get(ours, "target"), *item;
    size_t i;
    plan->digest = text_of(plan, ours, "digest");
    plan->made_by = text_of(plan, ours, "version");
    plan->object_digests = json_incref(json_object_get(ours, "objects"));
    plan->system_identifier = text_of(plan, target, "system_identifier");
    plan->database = text_of(plan, target, "database");
    plan->server_version = text_of(plan, target, "server_version");
    json_array_foreach(json_object_get(target, "schemas"), i, item) list_push(plan, &plan->schemas, mem_strdup(plan, json_string_value(item)));
}

static int release_digests(SchemaPlan *plan)
{
    json_decref(plan->object_digests);
    return 0;
}

static bool read_plan(SchemaPlan *plan, json_t *root, const char *path, Error *err)
{
    const char *version = json_string_value(json_object_get(root, "version"));
    if (!json_is_object(root) || version == NULL)
        return bad_plan(path, err, "it has no version");
    if (strcmp(version, FORMAT_VERSION) != 0)
        return bad_plan(path, err, mem_printf(plan, "unsupported plan format version %s; this program knows " FORMAT_VERSION, version));
    plan->created_at = text_of(plan, root, "created_at");
    plan->fingerprint = text_of(plan, json_object_get(root, "source_fingerprint"), "hash");
    read_ours(plan, root);
    return read_groups(plan, root, path, err);
}

SchemaPlan *schema_plan_read(const void *ctx, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    size_t len;
    char *text = file_read(scratch, path, CONFIG_MAX_BYTES, &len, err);
    json_t *root = text == NULL ? NULL : config_parse_json(text, len, path, err);
    if (root == NULL)
        return NULL;
    SchemaPlan *plan = mem_new(ctx, SchemaPlan);
    talloc_set_destructor(plan, release_digests);
    bool ok = read_plan(plan, root, path, err);
    json_decref(root);
    return ok ? plan : NULL;
}
