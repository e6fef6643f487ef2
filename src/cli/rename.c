/* cli/rename.c: rename. */
#include "project/rename.h"

#include "base/file.h"
#include "base/log.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "history/rename.h"
#include "ui/ui.h"

#include <string.h>

static Workspace *read_workspace(Invocation *inv, Error *err)
{
    ProjectOptions o = {.start = path_cwd(inv), .without_scripts = true};
    return workspace_read(inv, &o, err);
}

static Module *module_at_hand(const Session *s, const Invocation *inv, Error *err)
{
    const char *name = flag_text(inv, "package");
    if (name != NULL)
        return workspace_module(s->ws, name, err);
    if (s->ws->current == NULL) {
        error_set(err, ERR_USAGE, "which module? This is the root of a workspace");
        error_hint(err, "go into its folder, or name it with --package");
    }
    return s->ws->current;
}

/* What is renamed to what, in a workspace that has the old names. */
static bool read_renaming(const Session *s, const Invocation *inv, Renaming *r, Error *err)
{
    Module *m = module_at_hand(s, inv, err);
    const char *change = flag_text(inv, "change");
    const Change *c = m == NULL || change == NULL ? NULL : map_get(m->by_name, change);
    if (m == NULL)
        return false;
    if (change != NULL && (c == NULL || strcmp(c->name, change) != 0))
        return error_set(err, ERR_USAGE, "there is no change %s in the plan of %s", change, m->name);
    *r = (Renaming){
        .module = m->name, .is_change = c != NULL, .from = c != NULL ? c->name : m->name, .to = inv->arguments.v[0]};
    return rename_check(s->ws, r, err);
}

/* The same in a workspace whose files have the new names already. */
static bool read_done_renaming(const Session *s, const Invocation *inv, Renaming *r, Error *err)
{
    const char *to = inv->arguments.v[0], *change = flag_text(inv, "change"), *module = flag_text(inv, "package");
    if (change == NULL && module == NULL)
        return error_set(err, ERR_USAGE, "--log-only needs the old name: --change OLD, or --package OLD for a module");
    const Module *m = change != NULL ? module_at_hand(s, inv, err) : workspace_module(s->ws, to, err);
    if (m == NULL)
        return false;
    *r = (Renaming){.module = change != NULL ? m->name : module,
                    .is_change = change != NULL,
                    .from = change != NULL ? change : module,
                    .to = to};
    if (change == NULL || map_has(m->by_name, to))
        return true;
    error_set(err, ERR_USAGE, "there is no change %s in the plan of %s", to, m->name);
    error_hint(err, "--log-only is for files that have the new name already");
    return false;
}

/* Ids that the plan does not give any more could not be told from those that the renaming gives. */
static bool refuse_unplanned(const Session *s, Error *err)
{
    for (size_t i = 0; i < s->history->deployed.n; i++) {
        const Deployed *d = s->history->deployed.v[i];
        if (!s->history->format->identity_by_id || d->change != NULL || !map_has(s->ws->by_name, d->project))
            continue;
        error_set(err, ERR_DIFFERS, "%s:%s was deployed with the id %s, which the plan does not give", d->project, d->name,
                  d->change_id);
        error_hint(err, "pgwright status shows what differs");
        return false;
    }
    return true;
}

static bool open_history(Session *s, Invocation *inv, Error *err)
{
    return session_connect(s, inv, false, err) && session_history(s, inv, true, err);
}

static bool rename_rows(Session *s, Invocation *inv, const Renaming *r, size_t *rows, Error *err)
{
    return history_rename(s->history, s->ws, r, session_command_line(inv), rows, err);
}

/* First the files, then the history, which looks at them; a failure leaves neither. */
static bool rename_all(Session *s, Invocation *inv, const Renaming *r, const FileEditList *edits, size_t *rows, Error *err)
{
    bool database = session_names_database(inv);
    if ((database && (!open_history(s, inv, err) || !refuse_unplanned(s, err))) || !rename_apply(edits, err))
        return false;
    Workspace *renamed = read_workspace(inv, err);
    if (renamed != NULL)
        s->ws = renamed;
    if (renamed != NULL && (!database || rename_rows(s, inv, r, rows, err)))
        return true;
    rename_undo(edits);
    return error_wrap(err, "renaming %s", r->from);
}

static void tell_file(const FileEdit *e)
{
    if (e->to != NULL)
        ui_print("  %s -> %s\n", path_shown(e->path), path_shown(e->to));
    else
        ui_print("  %s\n", path_shown(e->path));
}

static void tell(const Invocation *inv, const Renaming *r, const FileEditList *edits, size_t rows, bool dry)
{
    json_t *files = json_array();
    for (size_t i = 0; i < edits->n; i++) {
        const FileEdit *e = &edits->v[i];
        json_array_append_new(files, json_pack("{s:s, s:s}", "file", path_shown(e->path), "to",
                                               path_shown(e->to != NULL ? e->to : e->path)));
        if (!inv->json)
            tell_file(e);
    }
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:s, s:s, s:b, s:O, s:I}", "ok", 1, "version", 1, "from", r->from, "to", r->to, "done",
                          !dry, "files", files, "deployed_changes", (json_int_t)rows));
    else
        ui_print("%s %s %s to %s in %zu file%s and %zu row%s of the history\n", dry ? "would rename" : "renamed",
                 r->is_change ? "change" : "module", r->from, r->to, edits->n, edits->n == 1 ? "" : "s", rows,
                 rows == 1 ? "" : "s");
    json_decref(files);
}

/* Other databases learn of it by a run of their own. */
static void tell_elsewhere(const Renaming *r)
{
    log_info("where it is deployed elsewhere: pgwright rename %s %s %s --log-only -d NAME", r->is_change ? "--change" : "--package",
             r->from, r->to);
}

bool run_rename(Invocation *inv, Error *err)
{
    Session s = {.ws = read_workspace(inv, err)};
    Renaming r;
    FileEditList edits = {0};
    size_t rows = 0;
    bool dry = flag_bool(inv, "dry-run"), log_only = flag_bool(inv, "log-only");
    if (s.ws == NULL)
        return false;
    if (log_only) {
        if (!read_done_renaming(&s, inv, &r, err) || !open_history(&s, inv, err) ||
            (!dry && !rename_rows(&s, inv, &r, &rows, err)))
            return false;
        tell(inv, &r, &edits, rows, dry);
        return true;
    }
    if (!read_renaming(&s, inv, &r, err) || !rename_files(inv, s.ws, &r, flag_bool(inv, "sync-pkg-name"), &edits, err) ||
        (!dry && !rename_all(&s, inv, &r, &edits, &rows, err)))
        return false;
    tell(inv, &r, &edits, rows, dry);
    if (!dry)
        tell_elsewhere(&r);
    return true;
}
