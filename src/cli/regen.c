/* cli/regen.c: regen. */
#include "project/regen.h"

#include "base/file.h"
#include "base/log.h"
#include "cli/verbs.h"
#include "ui/ui.h"

#include <string.h>

static Module *module_at_hand(Workspace *ws, const Invocation *inv, Error *err)
{
    const char *name = flag_text(inv, "package");
    if (name != NULL)
        return workspace_module(ws, name, err);
    if (ws->current == NULL) {
        error_set(err, ERR_USAGE, "which module? This is the root of a workspace");
        error_hint(err, "go into its folder, or name it with --package");
    }
    return ws->current;
}

static bool choose_changes(Invocation *inv, Workspace *ws, ChangeList *out, Error *err)
{
    Module *m = module_at_hand(ws, inv, err);
    if (m == NULL)
        return false;
    if (inv->arguments.n == 0)
        *out = m->changes;
    for (size_t i = 0; i < inv->arguments.n; i++) {
        Change *c = workspace_change(ws, m, inv->arguments.v[i], err);
        if (c == NULL)
            return false;
        list_push(inv, out, c);
    }
    return true;
}

static bool make_scripts(Invocation *inv, const Workspace *ws, const ChangeList *changes, RegeneratedList *out, Error *err)
{
    bool force = flag_bool(inv, "force"), revert = !flag_bool(inv, "verify-only"), verify = !flag_bool(inv, "revert-only");
    if (!revert && !verify)
        return error_set(err, ERR_USAGE, "--revert-only and --verify-only exclude one another");
    for (size_t i = 0; i < changes->n; i++)
        if ((verify && !regen_script(inv, ws, changes->v[i], SCRIPT_VERIFY, force, out, err)) ||
            (revert && !regen_script(inv, ws, changes->v[i], SCRIPT_REVERT, force, out, err)))
            return false;
    return true;
}

static bool write_script(const Regenerated *r, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return dir_make(path_dir(scratch, r->path), err) && file_write(r->path, r->text, strlen(r->text), err);
}

static void print_script(const Regenerated *r, bool dry)
{
    if (r->text == NULL)
        log_warn("%s is not written: nothing in %s tells what would stand in it", path_shown(r->path),
                 path_shown(r->change->deploy));
    else
        ui_print("%s %s: %zu statement%s\n", dry ? "would write" : "wrote", path_shown(r->path), r->statements,
                 r->statements == 1 ? "" : "s");
    if (r->text != NULL && dry)
        ui_print("%s\n", r->text);
    for (size_t i = 0; i < r->left_out.n; i++)
        log_warn("not taken back: %s", r->left_out.v[i]);
}

static json_t *script_json(const Regenerated *r)
{
    json_t *left_out = json_array();
    for (size_t i = 0; i < r->left_out.n; i++)
        json_array_append_new(left_out, json_string(r->left_out.v[i]));
    return json_pack("{s:s, s:s, s:I, s:b, s:s*, s:o}", "change", r->change->instance, "file", path_shown(r->path), "statements",
                     (json_int_t)r->statements, "written", r->text != NULL, "text", r->text, "not_taken_back", left_out);
}

bool run_regen(Invocation *inv, Error *err)
{
    ProjectOptions o = {.start = path_cwd(inv), .without_scripts = true};
    Workspace *ws = workspace_read(inv, &o, err);
    ChangeList changes = {0};
    RegeneratedList scripts = {0};
    bool dry = flag_bool(inv, "dry-run");
    if (ws == NULL || !choose_changes(inv, ws, &changes, err) || !make_scripts(inv, ws, &changes, &scripts, err))
        return false;
    json_t *list = json_array();
    bool ok = true;
    for (size_t i = 0; ok && i < scripts.n; i++) {
        const Regenerated *r = &scripts.v[i];
        ok = dry || r->text == NULL || write_script(r, err);
        json_array_append_new(list, script_json(r));
        if (ok && !inv->json)
            print_script(r, dry);
    }
    if (ok && inv->json)
        ui_json(json_pack("{s:b, s:i, s:O}", "ok", 1, "version", 1, "scripts", list));
    else if (ok && scripts.n == 0)
        ui_print("Nothing to write: every verify and revert script holds a statement.\n");
    json_decref(list);
    return ok;
}
