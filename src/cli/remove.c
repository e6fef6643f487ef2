/* cli/remove.c: remove. */
#include "base/file.h"
#include "base/log.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "project/authoring.h"
#include "ui/ui.h"

#include <string.h>

/* What is deployed needs its plan line and its revert script. */
static bool refuse_deployed(Session *s, Invocation *inv, const Removal *r, Error *err)
{
    if (!session_names_database(inv)) {
        log_info("no database was asked; with -d NAME, what is deployed there is not removed");
        return true;
    }
    if (!session_connect(s, inv, false, err) || !session_history(s, inv, false, err))
        return false;
    for (size_t i = 0; i < r->changes.n; i++) {
        const Change *c = r->changes.v[i];
        if (history_find(s->history, c) == NULL)
            continue;
        error_set(err, ERR_REFUSED, "%s:%s is deployed on %s", c->module->name, c->instance,
                  pg_where(s->conn));
        error_hint(err, "revert it first, or it could not be reverted any more");
        return false;
    }
    return true;
}

/* The change and whether all behind it go too: CHANGE alone, or --to CHANGE. */
static Change *change_to_remove(Session *s, Invocation *inv, bool *with_later, Error *err)
{
    const char *alone = inv->arguments.n > 0 ? inv->arguments.v[0] : NULL, *to = flag_text(inv, "to");
    const char *module = flag_text(inv, "package");
    ProjectOptions o = {
        .start = path_cwd(inv), .plan_file = flag_text(inv, "plan-file"), .without_scripts = true};
    if ((alone == NULL) == (to == NULL)) {
        error_set(err, ERR_USAGE, "remove needs either CHANGE or --to CHANGE");
        error_hint(err, "pgwright help remove");
        return NULL;
    }
    s->ws = workspace_read(inv, &o, err);
    Module *m = s->ws == NULL ? NULL : module != NULL ? workspace_module(s->ws, module, err) : s->ws->current;
    if (s->ws != NULL && module == NULL && m == NULL) {
        error_set(err, ERR_USAGE, "which module? This is the root of a workspace");
        error_hint(err, "go into its folder, or name it with --package");
    }
    *with_later = to != NULL;
    return m == NULL ? NULL : workspace_change(s->ws, m, to != NULL ? to : alone, err);
}

static bool confirm(const Invocation *inv, const Removal *r, Error *err)
{
    if (inv->yes)
        return true;
    for (size_t i = 0; i < r->changes.n; i++)
        log_info("  - %s", r->changes.v[i]->instance);
    for (size_t i = 0; i < r->files.n; i++)
        log_info("  - %s", path_shown(r->files.v[i]));
    return ui_confirm(err, "Remove %zu change%s and %zu script%s?", r->changes.n,
                      r->changes.n == 1 ? "" : "s", r->files.n, r->files.n == 1 ? "" : "s");
}

static void tell(const Invocation *inv, const Module *m, const Removal *r)
{
    json_t *changes = json_array(), *files = json_array();
    for (size_t i = 0; i < r->changes.n; i++)
        json_array_append_new(changes, json_string(r->changes.v[i]->instance));
    for (size_t i = 0; i < r->files.n; i++)
        json_array_append_new(files, json_string(path_shown(r->files.v[i])));
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:s, s:O, s:O}", "ok", 1, "version", 1, "module", m->name, "removed",
                          changes, "files", files));
    else
        ui_print("removed %zu change%s and %zu script%s from %s\n", r->changes.n,
                 r->changes.n == 1 ? "" : "s", r->files.n, r->files.n == 1 ? "" : "s",
                 path_shown(m->plan_path));
    json_decref(changes);
    json_decref(files);
}

bool run_remove(Invocation *inv, Error *err)
{
    Session s = {0};
    Removal r = {0};
    bool with_later;
    Change *c = change_to_remove(&s, inv, &with_later, err);
    if (c == NULL || !authoring_removal(inv, s.ws, c->module, c, with_later, &r, err) ||
        !refuse_deployed(&s, inv, &r, err) || !confirm(inv, &r, err) || !authoring_remove(c->module, &r, err))
        return false;
    if (strcmp(c->module->format->name, "sqitch") == 0 && c->index + r.changes.n < c->module->changes.n)
        log_warn("the changes behind it have other ids now: Sqitch takes them for new ones where they are "
                 "deployed");
    tell(inv, c->module, &r);
    return true;
}
