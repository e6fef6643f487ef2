/* cli/analyze.c: analyze. */
#include "project/analyze.h"

#include "base/file.h"
#include "cli/verbs.h"
#include "ui/ui.h"

static bool counts(const Issue *issue, bool strict)
{
    return strict || issue_infos[issue->kind].is_fault;
}

static size_t count_faults(const IssueList *issues, bool strict)
{
    size_t n = 0;
    for (size_t i = 0; i < issues->n; i++)
        n += counts(&issues->v[i], strict);
    return n;
}

static json_t *module_json(const Module *m, const IssueList *issues, bool strict)
{
    json_t *list = json_array();
    for (size_t i = 0; i < issues->n; i++) {
        const Issue *issue = &issues->v[i];
        json_t *o = json_pack("{s:s, s:b, s:s, s:s, s:s}", "issue", issue_infos[issue->kind].name, "fault",
                              counts(issue, strict), "file", path_shown(issue->file), "meaning",
                              issue_infos[issue->kind].meaning, "detail", issue->detail);
        if (issue->line > 0)
            json_object_set_new(o, "line", json_integer(issue->line));
        json_array_append_new(list, o);
    }
    return json_pack("{s:s, s:b, s:o}", "module", m->name, "ok", count_faults(issues, strict) == 0, "issues",
                     list);
}

static void print_module(const Module *m, const IssueList *issues, bool strict)
{
    bool ok = count_faults(issues, strict) == 0;
    ui_print("%s%s%s %s\n", ui_style(ok ? UI_GOOD : UI_BAD), ok ? "OK" : "NOT OK", ui_style(UI_PLAIN),
             m->name);
    for (size_t i = 0; i < issues->n; i++) {
        const Issue *issue = &issues->v[i];
        const IssueInfo *info = &issue_infos[issue->kind];
        ui_print("  %s%s%s %s", ui_style(counts(issue, strict) ? UI_BAD : UI_WARN), info->name,
                 ui_style(UI_PLAIN), path_shown(issue->file));
        if (issue->line > 0)
            ui_print(":%ld", issue->line);
        ui_print(": %s%s%s%s\n", info->meaning, issue->detail[0] != '\0' ? " (" : "", issue->detail,
                 issue->detail[0] != '\0' ? ")" : "");
    }
}

/* The modules that were asked for; all of them at the root of a workspace, for looking costs nothing. */
static Workspace *choose(Invocation *inv, ModuleList *out, Error *err)
{
    ProjectOptions o = {
        .start = path_cwd(inv), .plan_file = flag_text(inv, "plan-file"), .without_scripts = true};
    const char *name = inv->arguments.n > 0 ? inv->arguments.v[0] : flag_text(inv, "package");
    Workspace *ws = workspace_read(inv, &o, err);
    if (ws == NULL)
        return NULL;
    *out = ws->modules;
    Module *one = name != NULL                  ? workspace_module(ws, name, err)
                  : flag_bool(inv, "workspace") ? NULL
                                                : ws->current;
    if (one != NULL) {
        *out = (ModuleList){0};
        list_push(inv, out, one);
    }
    return one != NULL || name == NULL ? ws : NULL;
}

bool run_analyze(Invocation *inv, Error *err)
{
    ModuleList modules = {0};
    bool strict = flag_bool(inv, "strict");
    size_t faults = 0;
    Workspace *ws = choose(inv, &modules, err);
    if (ws == NULL)
        return false;
    json_t *list = json_array();
    bool ok = true;
    for (size_t i = 0; ok && i < modules.n; i++) {
        IssueList issues = {0};
        ok = analyze_module(inv, ws, modules.v[i], &issues, err);
        faults += count_faults(&issues, strict);
        json_array_append_new(list, module_json(modules.v[i], &issues, strict));
        if (!inv->json)
            print_module(modules.v[i], &issues, strict);
    }
    if (ok && inv->json)
        ui_json(json_pack("{s:b, s:i, s:O}", "ok", faults == 0, "version", 1, "modules", list));
    inv->answered = ok && inv->json;
    json_decref(list);
    return ok && (faults == 0 ||
                  error_set(err, ERR_CONFIG, "%zu issue%s found", faults, faults == 1 ? " was" : "s were"));
}
