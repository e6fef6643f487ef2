/* project/rename.c: see rename.h. */
#include "project/rename.h"

#include "base/file.h"
#include "project/planfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 256 * 1024 * 1024 };

/* Edits in the making. */
typedef struct Maker {
    const void *ctx;
    const Workspace *ws;
    const Renaming *r;
    FileEditList *out;
} Maker;

static const Module *module_named(const Workspace *ws, const char *name)
{
    for (size_t i = 0; i < ws->modules.n; i++)
        if (strcmp(ws->modules.v[i]->name, name) == 0)
            return ws->modules.v[i];
    return NULL;
}

bool rename_check(const Workspace *ws, const Renaming *r, Error *err)
{
    const char *wrong = name_fault(view_of(r->to), false);
    const char *what = r->is_change ? "change" : "module";
    if (wrong != NULL) {
        error_set(err, ERR_USAGE, "%s is not a name for a %s: %s", r->to, what, wrong);
        error_code(err, "INVALID_NAME");
        return false;
    }
    bool taken = r->is_change ? map_has(module_named(ws, r->module)->by_name, r->to) : map_has(ws->by_name, r->to);
    return !taken || error_set(err, ERR_USAGE, "there is a %s %s already", what, r->to);
}

/* A text function of renametext.h, with or without the module whose file it is. */
typedef char *(*InModule)(const void *ctx, const Renaming *r, const char *own, const char *text, size_t len);
typedef char *(*InFile)(const void *ctx, const Renaming *r, const char *text, size_t len);

static bool add_edit(Maker *k, const char *path, const char *to, const char *old_text, char *text, Error *err)
{
    bool same = text == NULL || strcmp(text, old_text) == 0;
    if (same && to == NULL)
        return true;
    if (to != NULL && file_exists(to)) {
        error_set(err, ERR_CONFIG, "this file is there already");
        error_place(err, to, 0, 0, NULL);
        return false;
    }
    list_push(k->ctx, k->out, (FileEdit){.path = path, .to = to, .text = same ? NULL : text, .old_text = old_text});
    return true;
}

static char *read_text(Maker *k, const char *path, size_t *len, Error *err)
{
    char *text = file_read(k->ctx, path, FILE_MAX, len, err);
    if (text == NULL || memchr(text, '\0', *len) == NULL)
        return text;
    error_set(err, ERR_CONFIG, "a NUL byte: this is no text");
    error_place(err, path, 0, 0, NULL);
    return NULL;
}

static bool edit_in_module(Maker *k, InModule in, const Module *m, const char *path, const char *to, Error *err)
{
    size_t len;
    char *text = read_text(k, path, &len, err);
    return text != NULL && add_edit(k, path, to, text, in(k->ctx, k->r, m->name, text, len), err);
}

static bool edit_file(Maker *k, InFile in, const char *path, const char *to, Error *err)
{
    size_t len;
    if (!file_exists(path))
        return true;
    char *text = read_text(k, path, &len, err);
    return text != NULL && add_edit(k, path, to, text, in(k->ctx, k->r, text, len), err);
}

/* Where the script of a renamed change goes: "…/OLD@tag.sql" → "…/NEW@tag.sql"; NULL for other changes. */
static const char *script_goes_to(Maker *k, const Change *c, const char *path)
{
    const Renaming *r = k->r;
    if (!r->is_change || strcmp(c->module->name, r->module) != 0 || strcmp(c->name, r->from) != 0)
        return NULL;
    size_t tail = strlen(c->instance) + strlen(".sql");
    return mem_printf(k->ctx, "%.*s%s%s.sql", (int)(strlen(path) - tail), path, r->to, c->instance + strlen(r->from));
}

static bool edit_scripts(Maker *k, const Change *c, Error *err)
{
    const char *paths[] = {c->deploy, c->verify, c->revert};
    const bool there[] = {c->has_deploy, c->has_verify, c->has_revert};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (there[i] &&
            !edit_in_module(k, rename_in_header, c->module, paths[i], script_goes_to(k, c, paths[i]), err))
            return false;
    return true;
}

/* sql/OLD--1.0.0.sql, which packaging made. */
static bool move_packages(Maker *k, const Module *m, Error *err)
{
    const char *dir = path_join(k->ctx, m->dir, "sql");
    char *prefix = mem_printf(k->ctx, "%s--", k->r->from);
    TextList names = {0};
    if (!dir_exists(dir))
        return true;
    if (!dir_list(k->ctx, dir, &names, err))
        return false;
    for (size_t i = 0; i < names.n; i++) {
        char *to = mem_printf(k->ctx, "%s/%s--%s", dir, k->r->to, names.v[i] + strlen(prefix));
        if (text_starts(names.v[i], prefix) && !add_edit(k, path_join(k->ctx, dir, names.v[i]), to, NULL, NULL, err))
            return false;
    }
    return true;
}

/* What only a module's name stands in. */
static bool edit_packaging(Maker *k, const Module *m, bool package_json, Error *err)
{
    bool is_it = strcmp(m->name, k->r->from) == 0;
    const char *control =
        m->control_name == NULL ? NULL : mem_printf(k->ctx, "%s/%s.control", m->dir, m->control_name);
    const char *new_control = mem_printf(k->ctx, "%s/%s.control", m->dir, k->r->to);
    bool moves = is_it && control != NULL && strcmp(m->control_name, k->r->from) == 0;
    if (control != NULL && !edit_file(k, rename_in_control, control, moves ? new_control : NULL, err))
        return false;
    if (!is_it)
        return true;
    return edit_file(k, rename_in_makefile, path_join(k->ctx, m->dir, "Makefile"), NULL, err) &&
           move_packages(k, m, err) &&
           (!package_json || edit_file(k, rename_in_package_json, path_join(k->ctx, m->dir, "package.json"), NULL, err));
}

bool rename_files(const void *ctx, const Workspace *ws, const Renaming *r, bool package_json, FileEditList *out, Error *err)
{
    Maker k = {.ctx = ctx, .ws = ws, .r = r, .out = out};
    for (size_t i = 0; i < ws->modules.n; i++) {
        const Module *m = ws->modules.v[i];
        if (!edit_in_module(&k, rename_in_plan, m, m->plan_path, NULL, err))
            return false;
        for (size_t c = 0; c < m->changes.n; c++)
            if (!edit_scripts(&k, m->changes.v[c], err))
                return false;
        if (!r->is_change && !edit_packaging(&k, m, package_json, err))
            return false;
    }
    return true;
}

static bool move_file(const char *from, const char *to, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *dir = path_dir(scratch, from);
    if (!dir_make(path_dir(scratch, to), err))
        return false;
    if (rename(from, to) != 0)
        return error_set(err, ERR_CONFIG, "cannot rename %s to %s: %s", path_shown(from), path_shown(to), strerror(errno));
    rmdir(dir); /* goes when this was its last file */
    return true;
}

static bool apply_edit(const FileEdit *e, Error *err)
{
    return (e->text == NULL || file_write(e->path, e->text, strlen(e->text), err)) &&
           (e->to == NULL || move_file(e->path, e->to, err));
}

static void undo_first(const FileEditList *edits, size_t n)
{
    Error ignored = {0};
    while (n-- > 0) {
        const FileEdit *e = &edits->v[n];
        if (e->to != NULL && file_exists(e->to))
            move_file(e->to, e->path, &ignored);
        if (e->text != NULL)
            file_write(e->path, e->old_text, strlen(e->old_text), &ignored);
    }
    error_clear(&ignored);
}

bool rename_apply(const FileEditList *edits, Error *err)
{
    for (size_t i = 0; i < edits->n; i++) {
        if (apply_edit(&edits->v[i], err))
            continue;
        undo_first(edits, i + 1);
        return false;
    }
    return true;
}

void rename_undo(const FileEditList *edits)
{
    undo_first(edits, edits->n);
}
