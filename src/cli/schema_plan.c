/* cli/schema_plan.c: plan, for schemas. */
#include "base/file.h"
#include "cli/schema_session.h"
#include "cli/verbs.h"
#include "ui/ui.h"

#include <stdlib.h>
#include <string.h>

static char *as_human(const void *ctx, const SchemaPlan *plan)
{
    static const PlanStyles plain = {"", "", "", "", ""};
    return schema_plan_human(ctx, plan, &plain);
}

static char *as_json(const void *ctx, const SchemaPlan *plan)
{
    json_t *document = schema_plan_json(plan);
    char *text = json_dumps(document, JSON_INDENT(2) | JSON_PRESERVE_ORDER), *copy = mem_printf(ctx, "%s\n", text);
    free(text);
    json_decref(document);
    return copy;
}

static const struct {
    const char *flag;
    char *(*write)(const void *ctx, const SchemaPlan *plan);
} outputs[] = {
    {"output-human", as_human},
    {"output-json", as_json},
    {"output-sql", schema_plan_sql},
    {"output-markdown", schema_plan_markdown},
    {"output-revert", schema_plan_way_back},
};
enum { OUTPUTS = sizeof outputs / sizeof outputs[0] };

static bool is_stdout(const char *where)
{
    return strcmp(where, "stdout") == 0 || strcmp(where, "-") == 0;
}

bool schema_outputs_check(const Invocation *inv, Error *err)
{
    size_t to_stdout = inv->json ? 1 : 0;
    for (size_t i = 0; i < OUTPUTS; i++)
        to_stdout += flag_text(inv, outputs[i].flag) != NULL && is_stdout(flag_text(inv, outputs[i].flag));
    return to_stdout <= 1 || error_set(err, ERR_USAGE, "only one output format can use stdout");
}

bool schema_outputs_write(Invocation *inv, const SchemaPlan *plan, Error *err)
{
    bool asked = inv->json;
    for (size_t i = 0; i < OUTPUTS; i++) {
        const char *where = flag_text(inv, outputs[i].flag);
        if (where == NULL)
            continue;
        asked = true;
        char *text = outputs[i].write(inv, plan);
        if (is_stdout(where))
            ui_print_sql(text);
        else if (!file_write(where, text, strlen(text), err))
            return false;
    }
    if (inv->json)
        ui_json(schema_plan_json(plan));
    inv->answered = inv->json;
    PlanStyles styles = schema_styles();
    if (!asked)
        ui_print_sql(schema_plan_human(inv, plan, &styles));
    return true;
}

bool run_schema_plan(Invocation *inv, Error *err)
{
    SchemaSession s = {0};
    if (!schema_outputs_check(inv, err) || !schema_connect(&s, inv, err) || !schema_target(&s, err) || !schema_wanted(&s, err) ||
        !schema_make_plan(&s, err) || !schema_outputs_write(inv, s.plan, err))
        return false;
    if (!schema_guard(&s, s.plan, err))
        return false;
    if (flag_bool(inv, "check") && s.plan->groups.n > 0)
        return error_set(err, ERR_DIFFERS, "%zu step%s to be applied", s.plan->steps_count,
                         s.plan->steps_count == 1 ? " is" : "s are");
    return true;
}
