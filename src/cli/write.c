/* cli/write.c: init, add, rework, tag: the commands that write projects. */
#include "base/file.h"
#include "base/log.h"
#include "cli/verbs.h"
#include "project/author.h"
#include "project/authoring.h"
#include "ui/ui.h"

#include <string.h>

/* The flag's table lets no other names come here. */
static const ProjectFormat *format_named(const char *name)
{
    const ProjectFormat *format = project_formats;
    while (strcmp(format->name, name) != 0)
        format++;
    return format;
}

/* The workspace around us; NULL when there is none. ERR_CONFIG stays an error. */
static Workspace *surrounding(Invocation *inv, Error *err)
{
    ProjectOptions o = {.start = path_cwd(inv), .without_scripts = true};
    Workspace *ws = workspace_read(inv, &o, err);
    if (ws == NULL && err->class == ERR_NO_PROJECT)
        error_clear(err);
    return ws;
}

static const ProjectFormat *choose_format(const Invocation *inv, const Workspace *ws)
{
    const char *asked = flag_text(inv, "format");
    if (asked != NULL)
        return format_named(asked);
    if (ws != NULL && ws->modules.n > 0)
        return ws->modules.v[0]->format;
    return format_named(ws != NULL && ws->file != NULL && text_ends(ws->file, "pgpm.json") ? "pgpm" : "pgwright");
}

static const char *module_folder(Invocation *inv, const Workspace *ws, const char *name)
{
    char *cwd = path_cwd(inv);
    bool at_root = strcmp(path_real(inv, cwd), ws->root) == 0;
    return path_join(inv, at_root ? path_join(inv, cwd, "packages") : cwd, name);
}

/* `kind` is "workspace", "module" or "project". */
static void tell_made(Invocation *inv, const char *kind, const char *name, const char *dir, const char *next)
{
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:s, s:s*, s:s}", "ok", 1, "version", 1, "kind", kind, "name", name, "folder",
                          path_shown(dir)));
    else
        ui_print("A %s%s%s is in %s. Next: %s\n", kind, name != NULL ? " " : "", name != NULL ? name : "",
                 strcmp(dir, path_cwd(inv)) == 0 ? "this folder" : path_shown(dir), next);
}

static bool init_workspace(Invocation *inv, const char *name, Error *err)
{
    const char *dir = name != NULL ? path_join(inv, path_cwd(inv), name) : path_cwd(inv);
    const ProjectFormat *format = choose_format(inv, NULL);
    if (!dir_make(dir, err) || !authoring_workspace(dir, format, err))
        return false;
    tell_made(inv, "workspace", NULL, dir, "pgwright init NAME, there");
    return true;
}

static bool init_module(Invocation *inv, const char *name, Error *err)
{
    Workspace *ws = surrounding(inv, err);
    if (error_is_set(err))
        return false;
    if (ws != NULL && ws->current != NULL) {
        error_set(err, ERR_USAGE, "this is module %s already: a module cannot stand within another", ws->current->name);
        return false;
    }
    bool many = ws != NULL && ws->kind == WORKSPACE_MANY;
    if (many && name == NULL)
        return error_set(err, ERR_USAGE, "the new module needs a name: pgwright init NAME");
    char *cwd = path_cwd(inv);
    const char *dir = many ? module_folder(inv, ws, name) : cwd;
    NewModule m = {.name = name != NULL ? name : path_base(cwd),
                   .uri = flag_text(inv, "uri"),
                   .format = choose_format(inv, ws),
                   .requires = flag_list(inv, "extensions")};
    bool control = many || m.requires->n > 0 || strcmp(m.format->name, "pgpm") == 0;
    if (!authoring_module(dir, &m, control, err))
        return false;
    tell_made(inv, many ? "module" : "project", m.name, dir, "pgwright add CHANGE");
    return true;
}

bool run_init(Invocation *inv, Error *err)
{
    const char *first = inv->arguments.n > 0 ? inv->arguments.v[0] : NULL;
    const char *second = inv->arguments.n > 1 ? inv->arguments.v[1] : NULL;
    const char *template = flag_text(inv, "template");
    if (template != NULL && second != NULL)
        return error_set(err, ERR_USAGE, "init --template takes one folder");
    if (template != NULL)
        return templates_init(inv, template, first, err);
    bool said = first != NULL && strcmp(first, "workspace") == 0;
    bool workspace = said || flag_bool(inv, "workspace");
    bool module = first != NULL && strcmp(first, "module") == 0;
    if (second != NULL && !workspace && !module)
        return error_set(err, ERR_USAGE, "init takes one name, or workspace NAME, or module NAME");
    const char *name = said || module ? second : first;
    name = name != NULL ? name : flag_text(inv, "name");
    return workspace ? init_workspace(inv, name, err) : init_module(inv, name, err);
}

/* The project with the module that is to be written to. */
static Module *module_to_write(Invocation *inv, Workspace **ws, Error *err)
{
    ProjectOptions o = {.start = path_cwd(inv), .without_scripts = true};
    *ws = workspace_read(inv, &o, err);
    const char *name = flag_text(inv, "package");
    if (*ws == NULL || name != NULL)
        return *ws == NULL ? NULL : workspace_module(*ws, name, err);
    if ((*ws)->current == NULL) {
        error_set(err, ERR_USAGE, "which module? This is the root of a workspace");
        error_code(err, "NOT_IN_WORKSPACE_MODULE");
        error_hint(err, "go into its folder, or name it with --package");
    }
    return (*ws)->current;
}

typedef bool (*Writer)(Workspace *ws, Module *module, const NewChange *change, TextList *made, Error *err);

static bool write_change(Invocation *inv, Writer writer, const char *done, Error *err)
{
    Workspace *ws;
    TextList made = {0};
    Module *m = module_to_write(inv, &ws, err);
    if (m == NULL)
        return false;
    NewChange c = {.name = inv->arguments.v[0],
                   .requires = flag_list(inv, "requires"),
                   .conflicts = flag_list(inv, "conflicts"),
                   .note = flag_text(inv, "note"),
                   .stamp = author_stamp(inv, ws, true)};
    if (!writer(ws, m, &c, &made, err))
        return false;
    json_t *files = json_array();
    for (size_t i = 0; i < made.n; i++) {
        json_array_append_new(files, json_string(path_shown(made.v[i])));
        if (!inv->json)
            ui_print("created %s\n", path_shown(made.v[i]));
    }
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:s, s:s, s:o}", "ok", 1, "version", 1, "module", m->name, "change", c.name, "files",
                          files));
    else {
        ui_print("%s %s in %s\n", done, c.name, path_shown(m->plan_path));
        json_decref(files);
    }
    return true;
}

/* add --scripts */
static bool take_in(Invocation *inv, Error *err)
{
    Workspace *ws;
    TextList added = {0}, made = {0};
    Module *m = module_to_write(inv, &ws, err);
    Stamp stamp = m == NULL ? (Stamp){0} : author_stamp(inv, ws, true);
    if (m == NULL || !authoring_take_in(ws, m, &stamp, &added, &made, err))
        return false;
    json_t *names = json_array();
    for (size_t i = 0; i < added.n; i++) {
        json_array_append_new(names, json_string(added.v[i]));
        if (!inv->json)
            ui_print("added %s in %s\n", added.v[i], path_shown(m->plan_path));
    }
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:s, s:O}", "ok", 1, "version", 1, "module", m->name, "added", names));
    else if (added.n == 0)
        ui_print("Nothing to add: the plan names every deploy script.\n");
    json_decref(names);
    return true;
}

bool run_add(Invocation *inv, Error *err)
{
    bool scripts = flag_bool(inv, "scripts");
    if (scripts == (inv->arguments.n > 0)) {
        error_set(err, ERR_USAGE, "add needs either CHANGE or --scripts");
        error_hint(err, "pgwright help add");
        return false;
    }
    if (scripts)
        return take_in(inv, err);
    return write_change(inv, authoring_add, "added", err);
}

bool run_rework(Invocation *inv, Error *err)
{
    return write_change(inv, authoring_rework, "reworked", err);
}

static bool list_tags(const Invocation *inv, const Module *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->tags.n; i++) {
        const Tag *t = m->tags.v[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "tag", t->name, "change", t->change->instance, "note", t->note));
        if (!inv->json)
            ui_print("@%s  %s%s%s\n", t->name, t->change->instance, t->note[0] != '\0' ? "  " : "", t->note);
    }
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:s, s:O}", "ok", 1, "version", 1, "module", m->name, "tags", list));
    json_decref(list);
    return true;
}

enum { PLAN_FILE_MAX = 256 * 1024 * 1024 };

/* A tag that moves can leave behind what needs it where it was: then the plan stays as it is. */
static bool write_tag(Invocation *inv, Module *m, const Change *c, const char *name, const Stamp *stamp, Error *err)
{
    size_t len;
    bool move = flag_bool(inv, "force");
    char *before = file_read(inv, m->plan_path, PLAN_FILE_MAX, &len, err);
    ProjectOptions o = {.start = m->dir, .without_scripts = true};
    if (before == NULL || !authoring_tag(m, c, name, flag_text(inv, "note"), stamp, move, err))
        return false;
    if (!move || workspace_read(inv, &o, err) != NULL)
        return true;
    Error second = {0};
    file_write(m->plan_path, before, len, &second);
    error_append(err, &second);
    return error_wrap(err, "moving the tag @%s", name);
}

bool run_tag(Invocation *inv, Error *err)
{
    Workspace *ws;
    Module *m = module_to_write(inv, &ws, err);
    if (m == NULL || inv->arguments.n == 0)
        return m != NULL && list_tags(inv, m);
    const char *name = inv->arguments.v[0] + (inv->arguments.v[0][0] == '@');
    const char *at = flag_text(inv, "change");
    Change *c = at == NULL ? NULL : workspace_change(ws, m, at, err);
    Stamp stamp = author_stamp(inv, ws, true);
    if ((at != NULL && c == NULL) || !write_tag(inv, m, c, name, &stamp, err))
        return false;
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:s, s:s}", "ok", 1, "version", 1, "module", m->name, "tag", name));
    else
        ui_print("tagged @%s in %s\n", name, path_shown(m->plan_path));
    return true;
}
