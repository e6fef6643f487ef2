/* project/analyze.c: see analyze.h. */
#include "project/analyze.h"

#include "base/file.h"
#include "project/fileset.h"
#include "project/header.h"
#include "sql/script.h"

#include <string.h>

enum { SCRIPT_MAX = 256 * 1024 * 1024 };

const IssueInfo issue_infos[] = {
    [ISSUE_MISSING_DEPLOY] = {"missing_deploy_script", true, "a planned change has no deploy script"},
    [ISSUE_CONTROL_NAME] = {"control_filename_mismatch", true,
                            "the control file is not named after the %project"},
    [ISSUE_UNREADABLE_SCRIPT] = {"unreadable_script", true, "a script that no deploy could read"},
    [ISSUE_MAKEFILE_EXTENSION] = {"makefile_extension_mismatch", true,
                                  "EXTENSION in the Makefile is not the %project"},
    [ISSUE_MAKEFILE_NO_EXTENSION] = {"makefile_missing_extension", true, "the Makefile has no EXTENSION line"},
    [ISSUE_MAKEFILE_DATA] = {"makefile_data_mismatch", true,
                             "DATA in the Makefile is not sql/ with the %project and the version of the control file"},
    [ISSUE_MAKEFILE_NO_DATA] = {"makefile_missing_data", true, "the Makefile has no DATA line"},
    [ISSUE_PACKAGE_VERSION] = {"package_version_mismatch", false,
                               "package.json and the control file name different versions"},
    [ISSUE_URI] = {"plan_uri_mismatch", false, "pgpm wants the %uri to be the %project"},
    [ISSUE_HEADER_NAME] = {"header_name_mismatch", false, "the script's first comment names another change"},
    [ISSUE_HEADER_DEPENDENCIES] =
        {"header_dependency_mismatch", false,
         "the script's header and the plan name different dependencies; the plan decides"},
    [ISSUE_MISSING_VERIFY] = {"missing_verify_script", false, "nothing can prove that this change is there"},
    [ISSUE_MISSING_REVERT] = {"missing_revert_script", false, "this change cannot be taken back"},
    [ISSUE_EMPTY_DEPLOY] = {"empty_deploy_script", false, "a deploy script without a statement"},
    [ISSUE_EMPTY_VERIFY] = {"empty_verify_script", false,
                            "a verify script without a statement proves nothing"},
    [ISSUE_EMPTY_REVERT] = {"empty_revert_script", false,
                            "a revert script without a statement takes nothing back"},
    [ISSUE_SAME_SCRIPT] = {"duplicate_script", false, "two changes have the same deploy script"},
    [ISSUE_ORPHAN_SCRIPT] = {"orphan_script", false, "a script that the plan does not name is never run"},
};

/* The analysis of one module. */
typedef struct Analysis {
    const void *ctx;
    const Workspace *ws;
    const Module *module;
    IssueList *out;
    Map *planned; /* path of every script that the plan names */
    Map *by_hash; /* SHA-256 of deploy scripts → Change */
} Analysis;

void issue_add(const void *ctx, IssueList *out, IssueKind kind, const char *file, long line, const char *detail)
{
    list_push(ctx, out,
              (Issue){.kind = kind, .file = mem_strdup(ctx, file), .line = line, .detail = mem_strdup(ctx, detail)});
}

/* Do both texts name the same change? A project that only one of them writes is not looked at: headers often
 * leave it out. */
static bool same_dependency(const char *a, const char *b)
{
    const char *colon_a = strchr(a, ':'), *colon_b = strchr(b, ':');
    if (colon_a == NULL || colon_b == NULL) {
        a = colon_a != NULL ? colon_a + 1 : a;
        b = colon_b != NULL ? colon_b + 1 : b;
    }
    return strcmp(a, b) == 0;
}

static bool header_has(const TextList *list, const char *text)
{
    for (size_t i = 0; i < list->n; i++)
        if (same_dependency(list->v[i], text))
            return true;
    return false;
}

static bool plan_has(const Change *c, bool conflict, const char *text)
{
    for (size_t i = 0; i < c->dependencies.n; i++) {
        const Dependency *d = &c->dependencies.v[i];
        if (d->conflict == conflict && same_dependency(d->ref.text, text))
            return true;
    }
    return false;
}

/* "only the plan: a; only the header: b". A header that names none at all is the habit of many, and no
 * mismatch. */
static void check_dependencies(Analysis *a, const Change *c, const ScriptHeader *h)
{
    SCRATCH void *scratch = mem_scratch();
    Str only_plan = str_new(scratch), only_header = str_new(scratch);
    if (h->requires.n + h->conflicts.n == 0)
        return;
    for (size_t i = 0; i < c->dependencies.n; i++) {
        const Dependency *d = &c->dependencies.v[i];
        if (!header_has(d->conflict ? &h->conflicts : &h->requires, d->ref.text))
            str_addf(&only_plan, " %s%s", d->conflict ? "!" : "", d->ref.text);
    }
    for (size_t i = 0; i < h->requires.n; i++)
        if (!plan_has(c, false, h->requires.v[i]))
            str_addf(&only_header, " %s", h->requires.v[i]);
    for (size_t i = 0; i < h->conflicts.n; i++)
        if (!plan_has(c, true, h->conflicts.v[i]))
            str_addf(&only_header, " !%s", h->conflicts.v[i]);
    if (only_plan.len + only_header.len == 0)
        return;
    issue_add(a->ctx, a->out, ISSUE_HEADER_DEPENDENCIES, c->deploy, 0,
              mem_printf(scratch, "%s%s%s%s%s", only_plan.len > 0 ? "in the plan alone:" : "", only_plan.text,
                         only_plan.len > 0 && only_header.len > 0 ? "; " : "",
                         only_header.len > 0 ? "in the header alone:" : "", only_header.text));
}

static void check_name(Analysis *a, const Change *c, const char *path, const ScriptHeader *h)
{
    SCRATCH void *scratch = mem_scratch();
    if (h->verb == NULL)
        return;
    bool same = strcmp(h->change, c->name) == 0 || strcmp(h->change, c->instance) == 0;
    if (same && (h->project == NULL || strcmp(h->project, a->module->name) == 0))
        return;
    issue_add(a->ctx, a->out, ISSUE_HEADER_NAME, path, h->line,
              mem_printf(scratch, "it says %s%s%s", h->project != NULL ? h->project : "",
                         h->project != NULL ? ":" : "", h->change));
}

static void check_same(Analysis *a, Change *c, const SqlSummary *summary)
{
    SCRATCH void *scratch = mem_scratch();
    const Change *other = map_get(a->by_hash, summary->sha256);
    if (other != NULL && strcmp(other->name, c->name) != 0)
        issue_add(a->ctx, a->out, ISSUE_SAME_SCRIPT, c->deploy, 0,
                  mem_printf(scratch, "the same as that of %s", other->instance));
    else if (other == NULL)
        map_set(a->by_hash, summary->sha256, c);
}

/* One script that is there. `empty` is the issue when it holds no statement. */
static void check_script(Analysis *a, Change *c, const char *path, IssueKind empty)
{
    SCRATCH void *scratch = mem_scratch();
    Error failure = {0};
    size_t len;
    SqlSummary summary = {0};
    SqlScriptOptions o = {.root = a->ws->root, .base = a->module->dir};
    char *text = file_read(scratch, path, SCRIPT_MAX, &len, &failure);
    if (text == NULL || !sql_script_summarize(scratch, path, &o, &summary, &failure)) {
        issue_add(a->ctx, a->out, ISSUE_UNREADABLE_SCRIPT, path, failure.line, failure.message);
        error_clear(&failure);
        return;
    }
    ScriptHeader h = header_read(scratch, text, len);
    check_name(a, c, path, &h);
    if (summary.statements == 0)
        issue_add(a->ctx, a->out, empty, path, 0, "");
    if (empty != ISSUE_EMPTY_DEPLOY)
        return;
    check_dependencies(a, c, &h);
    if (summary.statements > 0)
        check_same(a, c, &summary);
}

static void check_change(Analysis *a, Change *c)
{
    const struct {
        const char *path;
        bool is_there;
        IssueKind missing, empty;
    } scripts[] = {
        {c->deploy, c->has_deploy, ISSUE_MISSING_DEPLOY, ISSUE_EMPTY_DEPLOY},
        {c->verify, c->has_verify, ISSUE_MISSING_VERIFY, ISSUE_EMPTY_VERIFY},
        {c->revert, c->has_revert, ISSUE_MISSING_REVERT, ISSUE_EMPTY_REVERT},
    };
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        map_set(a->planned, scripts[i].path, a);
        if (scripts[i].is_there)
            check_script(a, c, scripts[i].path, scripts[i].empty);
        else
            issue_add(a->ctx, a->out, scripts[i].missing, scripts[i].path, 0, "");
    }
}

/* Scripts in a folder that the plan does not name. */
static bool check_orphans(Analysis *a, const char *dir, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const FileSet *files = fileset_read(scratch, dir, a->module->scripts.ending, err);
    if (files == NULL)
        return false;
    TextList names = fileset_names(scratch, files);
    for (size_t i = 0; i < names.n; i++) {
        const char *path = mem_printf(scratch, "%s/%s", dir, names.v[i]);
        if (!map_has(a->planned, path))
            issue_add(a->ctx, a->out, ISSUE_ORPHAN_SCRIPT, path, 0, "");
    }
    return true;
}

static bool check_folders(Analysis *a, Error *err)
{
    const ScriptDirs *d = &a->module->scripts;
    const char *const folders[] = {d->deploy, d->reworked_deploy, d->verify, d->reworked_verify, d->revert, d->reworked_revert};
    bool ok = true;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (i % 2 == 0 || strcmp(folders[i], folders[i - 1]) != 0)
            ok = check_orphans(a, folders[i], err) && ok;
    return ok;
}

bool analyze_module(const void *ctx, const Workspace *ws, const Module *m, IssueList *out, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Analysis a = {.ctx = ctx,
                  .ws = ws,
                  .module = m,
                  .out = out,
                  .planned = map_new(scratch),
                  .by_hash = map_new(scratch)};
    if (m->control_name != NULL && strcmp(m->control_name, m->name) != 0)
        issue_add(a.ctx, a.out, ISSUE_CONTROL_NAME, m->plan_path, 0,
                  mem_printf(scratch, "%s.control, and %%project=%s", m->control_name, m->name));
    for (size_t i = 0; i < m->changes.n; i++)
        check_change(&a, m->changes.v[i]);
    analyze_packaging(ctx, m, out);
    return check_folders(&a, err);
}
