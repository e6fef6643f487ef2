/* cli/plan_render.c: see plan_render.h. */
#include "cli/plan_render.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "sql/quote.h"
#include "ui/ui.h"

#include <string.h>

static const char *const step_kinds[] = {
    [STEP_EXTENSION] = "extension", [STEP_DEPLOY] = "deploy", [STEP_REVERT] = "revert",
    [STEP_DROP_EXTENSION] = "drop-extension"};

static const char *const step_states[] = {[STEP_NOT_RUN] = "not-run",
                                          [STEP_RAN] = "ran",
                                          [STEP_COMMITTED] = "committed",
                                          [STEP_FAILED] = "failed",
                                          [STEP_ROLLED_BACK] = "rolled-back"};

static void print_group_head(const Plan *plan, size_t index)
{
    const Group *g = &plan->groups.v[index];
    if (plan->groups.n == 1 && g->transaction) {
        ui_print("in one transaction:\n");
        return;
    }
    ui_print("%s%s", g->transaction ? "in a transaction" : "outside a transaction", g->why != NULL ? ", because " : "");
    ui_print("%s:\n", g->why != NULL ? g->why : "");
}

static void print_step(const Step *s, const char *verb)
{
    SCRATCH void *scratch = mem_scratch();
    bool takes_away = s->kind == STEP_REVERT || s->kind == STEP_DROP_EXTENSION;
    ui_print("  %s%s%s %s", ui_style(takes_away ? UI_BAD : UI_GOOD), takes_away ? "-" : "+", ui_style(UI_PLAIN),
             plan_step_name(scratch, s));
    for (size_t i = 0; s->change != NULL && i < s->change->tags.n; i++)
        ui_print(" @%s", s->change->tags.v[i]->name);
    if (s->script == NULL && s->extension == NULL)
        ui_print(" (%s in the history only)", verb);
    ui_print("\n");
}

void render_plan(const Plan *plan, const char *verb)
{
    for (size_t g = 0; g < plan->groups.n; g++) {
        print_group_head(plan, g);
        for (size_t i = 0; i < plan->groups.v[g].count; i++)
            print_step(&plan->steps.v[plan->groups.v[g].first + i], verb);
    }
}

void render_changed(const ChangedList *changed)
{
    for (size_t i = 0; i < changed->n; i++) {
        const ChangedScript *c = &changed->v[i];
        log_warn("%s:%s was deployed from another script than %s%s", c->deployed->project, c->deployed->name,
                 path_shown(c->deployed->change->deploy), c->hash[0] == '\0' ? ", which cannot be read now" : "");
    }
}

/* Inline COPY data, as the script has it. */
static bool print_copy_data(SqlScript *script, Error *err)
{
    const char *data;
    size_t len;
    do {
        if (!sql_script_copy_data(script, &data, &len, err))
            return false;
        ui_print("%.*s", (int)len, data);
    } while (len > 0);
    ui_print("\\.\n");
    return true;
}

/* A comment at the end of the statement would swallow the semicolon. */
static bool ends_in_comment(const SqlItem *item)
{
    const char *line = strrchr(item->text, '\n');
    return strstr(line != NULL ? line : item->text, "--") != NULL;
}

static bool print_script(const Session *s, const Step *step, const char *path, bool keep_transactions, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    SqlScriptOptions so = plan_script_options(s->ws, step->change, s->variables);
    SqlScript *script = sql_script_open(scratch, path, &so, err);
    SqlItem item;
    SqlNext next = script == NULL ? SQL_NEXT_ERROR : SQL_NEXT_ITEM;
    while (next == SQL_NEXT_ITEM) {
        next = sql_script_next(script, &item, err);
        bool control = next == SQL_NEXT_ITEM && (item.facts.kind == SQL_BEGIN || item.facts.kind == SQL_COMMIT ||
                                                 item.facts.kind == SQL_ROLLBACK);
        if (next != SQL_NEXT_ITEM || (control && !keep_transactions) || item.kind == SQL_ECHO)
            continue;
        ui_print("%s%s;\n", item.text, ends_in_comment(&item) ? "\n" : "");
        bool inline_copy = item.facts.kind == SQL_COPY_FROM_STDIN && (item.path == NULL || item.path[0] == '\0');
        if (inline_copy && !print_copy_data(script, err))
            return false;
    }
    return next == SQL_NEXT_END;
}

static bool print_step_sql(const Session *s, const Step *step, bool in_transaction, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    ui_print("\n-- %s %s\n", step_kinds[step->kind], plan_step_name(scratch, step));
    if (step->kind == STEP_EXTENSION) {
        ui_print("CREATE EXTENSION IF NOT EXISTS %s CASCADE;\n", sql_ident(scratch, step->extension));
        return true;
    }
    if (step->kind == STEP_DROP_EXTENSION) {
        ui_print("DROP EXTENSION %s;\n", sql_ident(scratch, step->extension));
        return true;
    }
    if (step->script != NULL && !print_script(s, step, step->script, !in_transaction, err))
        return false;
    if (step->verify != NULL && step->kind == STEP_DEPLOY) {
        ui_print("-- verify\n%s", in_transaction ? "SAVEPOINT pgwright_verify;\n" : "BEGIN;\n");
        if (!print_script(s, step, step->verify, false, err))
            return false;
        ui_print("%s", in_transaction ? "ROLLBACK TO SAVEPOINT pgwright_verify;\n" : "ROLLBACK;\n");
    }
    ui_print("-- and its rows in the history\n");
    return true;
}

bool render_plan_sql(const Plan *plan, const Session *s, const char *verb, Error *err)
{
    ui_print("-- pgwright %s on %s: %zu step%s in %zu transaction%s\n", verb, pg_where(s->conn), plan->steps.n,
             plan->steps.n == 1 ? "" : "s", plan->groups.n, plan->groups.n == 1 ? "" : "s");
    for (size_t g = 0; g < plan->groups.n; g++) {
        const Group *group = &plan->groups.v[g];
        ui_print("\n");
        if (group->why != NULL)
            ui_print("-- %s\n", group->why);
        ui_print("%s\n", group->transaction ? "BEGIN;" : "-- outside a transaction:");
        for (size_t i = 0; i < group->count; i++)
            if (!print_step_sql(s, &plan->steps.v[group->first + i], group->transaction, err))
                return false;
        ui_print("%s", group->transaction ? "\nCOMMIT;\n" : "");
    }
    return true;
}

static json_t *step_json(const Step *s, size_t group)
{
    SCRATCH void *scratch = mem_scratch();
    json_t *o = json_pack("{s:s, s:s, s:i}", "kind", step_kinds[s->kind], "name", plan_step_name(scratch, s), "transaction",
                          (int)group + 1);
    if (s->change != NULL) {
        json_object_set_new(o, "module", json_string(s->change->module->name));
        json_object_set_new(o, "change", json_string(s->change->instance));
    }
    if (s->script != NULL) {
        json_object_set_new(o, "script", json_string(path_shown(s->script)));
        json_object_set_new(o, "sha256", json_string(s->summary.sha256));
        json_object_set_new(o, "statements", json_integer((json_int_t)s->summary.statements));
    }
    if (s->verify != NULL)
        json_object_set_new(o, "verify", json_string(path_shown(s->verify)));
    return o;
}

static json_t *changed_json(const ChangedList *changed)
{
    json_t *list = json_array();
    for (size_t i = 0; i < changed->n; i++) {
        const ChangedScript *c = &changed->v[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "module", c->deployed->project, "change",
                                              c->deployed->name, "deployed", c->deployed->script_hash, "now", c->hash));
    }
    return list;
}

json_t *plan_json(const Plan *plan)
{
    json_t *groups = json_array(), *steps = json_array();
    for (size_t g = 0; g < plan->groups.n; g++) {
        const Group *group = &plan->groups.v[g];
        json_t *o = json_pack("{s:b, s:I}", "in_transaction", group->transaction, "steps", (json_int_t)group->count);
        if (group->why != NULL)
            json_object_set_new(o, "because", json_string(group->why));
        json_array_append_new(groups, o);
        for (size_t i = 0; i < group->count; i++)
            json_array_append_new(steps, step_json(&plan->steps.v[group->first + i], g));
    }
    return json_pack("{s:b, s:i, s:I, s:o, s:o, s:o}", "ok", 1, "version", 1, "already_deployed",
                     (json_int_t)plan->deployed, "transactions", groups, "steps", steps, "changed",
                     changed_json(&plan->changed));
}

json_t *run_json(const Run *run, const Error *failure)
{
    bool ok = failure == NULL || !error_is_set(failure);
    json_t *steps = json_array();
    for (size_t g = 0; g < run->plan->groups.n; g++) {
        const Group *group = &run->plan->groups.v[g];
        for (size_t i = group->first; i < group->first + group->count; i++) {
            json_t *o = step_json(&run->plan->steps.v[i], g);
            json_object_set_new(o, "state", json_string(step_states[run->steps[i].state]));
            json_object_set_new(o, "ms", json_real((double)run->steps[i].us / 1000));
            json_array_append_new(steps, o);
        }
    }
    json_t *unproven = json_array();
    for (size_t i = 0; i < run->unproven.n; i++)
        json_array_append_new(unproven, json_string(run->unproven.v[i]));
    json_t *doc = json_pack("{s:b, s:i, s:I, s:I, s:I, s:o, s:o, s:o}", "ok", ok, "version", 1, "committed",
                            (json_int_t)run->committed, "already_deployed", (json_int_t)run->plan->deployed, "ms",
                            (json_int_t)run->ms, "steps", steps, "changed", changed_json(&run->plan->changed), "unproven",
                            unproven);
    if (!ok)
        json_object_set_new(doc, "error", ui_error_json(failure));
    return doc;
}

static size_t count_state(const Run *run, StepState state)
{
    size_t n = 0;
    for (size_t i = 0; i < run->plan->steps.n; i++)
        n += run->steps[i].state == state;
    return n;
}

static void print_step_result(const Run *run, size_t i, const char *verb)
{
    SCRATCH void *scratch = mem_scratch();
    const StepRun *s = &run->steps[i];
    char time[CLOCK_DURATION_SIZE];
    clock_format_duration(s->us / 1000, time);
    static const char *const verbs[] = {[STEP_EXTENSION] = "created", [STEP_DROP_EXTENSION] = "dropped"};
    if (s->state == STEP_COMMITTED)
        ui_print("%s%s%s %s  %s%s%s\n", ui_style(UI_GOOD), s->step->extension != NULL ? verbs[s->step->kind] : verb,
                 ui_style(UI_PLAIN), plan_step_name(scratch, s->step), ui_style(UI_DIM), time, ui_style(UI_PLAIN));
    else if (s->state == STEP_FAILED)
        ui_print("%sfailed%s %s\n", ui_style(UI_BAD), ui_style(UI_PLAIN), plan_step_name(scratch, s->step));
}

static void plural(Str *text, size_t n, const char *what)
{
    str_addf(text, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

/* Did a step fail that no transaction could take back? */
static bool failed_alone(const Run *run)
{
    for (size_t g = 0; g < run->plan->groups.n; g++) {
        const Group *group = &run->plan->groups.v[g];
        if (!group->transaction && run->steps[group->first].state == STEP_FAILED)
            return true;
    }
    return false;
}

void render_run(const Run *run, const char *verb, const Error *failure)
{
    SCRATCH void *scratch = mem_scratch();
    char time[CLOCK_DURATION_SIZE];
    Str text = str_new(scratch);
    bool failed = failure != NULL && error_is_set(failure);
    for (size_t i = 0; i < run->plan->steps.n; i++)
        print_step_result(run, i, verb);
    clock_format_duration(run->ms, time);
    plural(&text, run->committed, "step");
    str_addf(&text, " committed in %s", time);
    size_t rolled_back = count_state(run, STEP_ROLLED_BACK), not_run = count_state(run, STEP_NOT_RUN);
    if (rolled_back > 0)
        str_addf(&text, ", %zu rolled back", rolled_back);
    if (not_run > 0)
        str_addf(&text, ", %zu not begun", not_run);
    ui_print("%s\n", text.text);
    if (failed && failed_alone(run))
        ui_print("What was committed stays, and what ran outside a transaction before the failure.\n");
    else if (failed && run->committed == 0)
        ui_print("The database is as it was before; nothing of this run is recorded as %s.\n", verb);
    else if (failed)
        ui_print("What was committed stays; the same command goes on from there.\n");
    for (size_t i = 0; i < run->unproven.n; i++)
        log_warn("%s: its verify script still passes after the revert: something was left behind, or it proves nothing",
                 run->unproven.v[i]);
}
