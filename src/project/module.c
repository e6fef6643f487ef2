/* project/module.c: one module: its plan, scripts, control file and package.json; see project.h. */
#include "base/config.h"
#include "base/file.h"
#include "project/control.h"
#include "project/extensions.h"
#include "project/internal.h"
#include "project/planfile.h"

#include <string.h>

enum { SMALL_FILE_MAX = 4 * 1024 * 1024 };

const ProjectFormat *module_format(const void *ctx, const char *dir, const char **plan_path)
{
    for (size_t i = 0; i < project_formats_count; i++) {
        *plan_path = path_join(ctx, dir, project_formats[i].plan_file);
        if (file_exists(*plan_path))
            return &project_formats[i];
    }
    return NULL;
}

/* The name of the control file to go by: the one called like the project, if there are several. NULL in *chosen when
 * there is none. */
static bool choose_control(const void *ctx, Workspace *ws, const Module *m, char **chosen, Error *err)
{
    TextList names = {0};
    size_t n = 0;
    *chosen = NULL;
    if (!dir_list(ctx, m->dir, &names, err))
        return false;
    for (size_t i = 0; i < names.n; i++) {
        if (!text_ends(names.v[i], ".control"))
            continue;
        n++;
        char *base = mem_strndup(ctx, names.v[i], strlen(names.v[i]) - strlen(".control"));
        if (*chosen == NULL || strcmp(base, m->name) == 0)
            *chosen = base;
    }
    if (n > 1)
        list_push(ws, &ws->warnings,
                  mem_printf(ws, "%s: %zu control files; %s.control is the one that counts", path_shown(m->dir), n, *chosen));
    return true;
}

static bool read_control(Workspace *ws, Module *m, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *name;
    if (!choose_control(scratch, ws, m, &name, err))
        return false;
    if (name == NULL)
        return true;
    char *path = path_join(scratch, m->dir, mem_printf(scratch, "%s.control", name));
    size_t len;
    Control control;
    char *text = file_read(scratch, path, SMALL_FILE_MAX, &len, err);
    if (text == NULL || !control_parse(m, text, len, path, &control, err))
        return false;
    m->control_name = mem_strdup(m, name);
    m->control_path = mem_strdup(m, path);
    m->requires = control.requires;
    m->requires_line = control.requires_line;
    m->version = control.default_version;
    return true;
}

static bool read_package_json(Module *m, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *path = path_join(scratch, m->dir, "package.json");
    if (!file_exists(path))
        return true;
    json_t *root = config_read_object(path, err);
    if (root == NULL)
        return false;
    m->npm_name = mem_strdup(m, config_text(root, "name", NULL));
    m->version = mem_strdup(m, config_text(root, "version", m->version));
    json_decref(root);
    return true;
}

static bool read_extensions_json(Module *m, Error *err)
{
    static const char *const files[] = {"extensions.json", "pgpm.extensions.json"};
    bool ok = true;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        SCRATCH void *scratch = mem_scratch();
        char *path = path_join(scratch, m->dir, files[i]);
        size_t len;
        if (!file_exists(path))
            continue;
        char *text = file_read(scratch, path, SMALL_FILE_MAX, &len, err);
        ok = text != NULL && extensions_parse(m, text, len, path, err) && ok;
    }
    return ok;
}

static bool read_plan(Module *m, const char *plan_path, const ProjectFormat *format, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    size_t len;
    char *text = file_read(scratch, plan_path, PLAN_MAX_BYTES, &len, err);
    if (text == NULL)
        return false;
    PlanReading reading = {.path = m->plan_path, .format = format};
    return planfile_parse(m, &reading, text, len, err);
}

Module *module_read(Workspace *ws, const char *dir, const char *plan_path, const ProjectFormat *format,
                    const ScriptDirs *scripts, const ProjectOptions *o, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Module *m = mem_new(ws, Module);
    m->dir = mem_strdup(m, dir);
    m->plan_path = mem_strdup(m, plan_path);
    m->format = format;
    m->scripts = *scripts;
    m->is_proxy = file_exists(path_join(scratch, dir, "pgpm.apply.json"));
    if (!read_plan(m, plan_path, format, err))
        return NULL;
    bool ok = scripts_attach(ws, m, !o->without_scripts, err);
    planfile_finish(m);
    ok = read_control(ws, m, err) && ok;
    ok = read_package_json(m, err) && ok;
    return read_extensions_json(m, err) && ok ? m : NULL;
}
