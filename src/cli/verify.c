/* cli/verify.c: verify. */
#include "deploy/verify.h"

#include "base/file.h"
#include "base/log.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "ui/told.h"
#include "ui/ui.h"

static bool is_bad(const VerifyResult *r, bool strict)
{
    return verify_classes[r->class].is_failure || (strict && verify_classes[r->class].is_strict);
}

static json_t *results_json(const VerifyList *results, size_t bad)
{
    json_t *list = json_array();
    for (size_t i = 0; i < results->n; i++) {
        const VerifyResult *r = &results->v[i];
        json_t *o = json_pack("{s:s, s:s, s:s}", "module", r->project, "change", r->name, "result",
                              verify_classes[r->class].name);
        if (error_is_set(&r->failure))
            json_object_set_new(o, "error", ui_error_json(&r->failure));
        json_array_append_new(list, o);
    }
    return json_pack("{s:b, s:i, s:I, s:I, s:o}", "ok", bad == 0, "version", 1, "checked", (json_int_t)results->n, "failed",
                     (json_int_t)bad, "changes", list);
}

/* For reports of errors beside that of the run. */
static void note_failures(const VerifyList *results)
{
    for (size_t i = 0; i < results->n; i++) {
        json_t *error = error_is_set(&results->v[i].failure) ? ui_error_json(&results->v[i].failure) : NULL;
        if (error != NULL)
            told_error(error);
        json_decref(error);
    }
}

static void print_results(const VerifyList *results, bool strict, size_t bad)
{
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < results->n; i++) {
        const VerifyResult *r = &results->v[i];
        if (r->class == VERIFY_OK && log_level() < LOG_VERBOSE)
            continue;
        UiStyle style = is_bad(r, strict) ? UI_BAD : r->class == VERIFY_OK ? UI_GOOD : UI_WARN;
        ui_print("%s%s%s %s:%s", ui_style(style), verify_classes[r->class].name, ui_style(UI_PLAIN), r->project, r->name);
        if (r->class != VERIFY_OK)
            ui_print(": %s", verify_classes[r->class].meaning);
        ui_print("\n");
        if (error_is_set(&r->failure)) {
            Str text = str_new(scratch);
            error_render(&r->failure, &text);
            log_raw(text.text);
        }
    }
    ui_print("%zu change%s verified, %zu failed\n", results->n, results->n == 1 ? "" : "s", bad);
}

/* The module at hand and what it requires, as far as the workspace has it; the rest are extensions. */
static bool with_requirements(Session *s, Invocation *inv, VerifyList *results, Error *err)
{
    OrderList order = {0};
    if (!flag_bool(inv, "recursive"))
        return true;
    if (!workspace_order(inv, s->ws, &s->modules, &order, err))
        return false;
    s->modules = (ModuleList){0};
    for (size_t i = 0; i < order.n; i++)
        if (order.v[i].module != NULL)
            list_push(inv, &s->modules, order.v[i].module);
    return verify_extensions(inv, s->conn, &order, results, err);
}

bool run_verify(Invocation *inv, Error *err)
{
    Session s = {0};
    Change *to = NULL, *from = NULL;
    VerifyList results = {0};
    if (!session_open(&s, inv, false, err) || !session_change(&s, inv, "to", &to, err) ||
        !session_change(&s, inv, "from", &from, err) || !with_requirements(&s, inv, &results, err))
        return false;
    verify_collect(inv, s.history, &s.modules, from, to, &results);
    VerifyRun run = {.conn = s.conn, .ws = s.ws, .variables = s.variables};
    if (!verify_scripts(&run, &results, err))
        return false;
    bool strict = flag_bool(inv, "strict");
    size_t bad = 0;
    for (size_t i = 0; i < results.n; i++)
        bad += is_bad(&results.v[i], strict);
    note_failures(&results);
    if (inv->json) {
        ui_json(results_json(&results, bad));
        inv->answered = true;
    } else {
        print_results(&results, strict, bad);
    }
    for (size_t i = 0; i < results.n; i++)
        error_clear(&results.v[i].failure);
    return bad == 0 || error_set(err, ERR_VERIFY, "verification failed for %zu of %zu changes", bad, results.n);
}
