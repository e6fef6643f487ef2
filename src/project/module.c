/* project/module.c: one module: its plan, scripts, control file and package.json; see project.h. */
#include "base/config.h"
#include "base/file.h"
#include "project/control.h"
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

/* All files below a folder, so that ten thousand scripts cost a listing and not thirty thousand look-ups. */
static void list_files(const void *ctx, const char *dir, const char *below, Map *out, int depth)
{
    TextList names = {0};
    Error ignored = {0};
    if (depth > 32 || !dir_list(ctx, dir, &names, &ignored))
        error_clear(&ignored);
    for (size_t i = 0; i < names.n; i++) {
        char *path = path_join(ctx, dir, names.v[i]);
        char *name = below[0] == '\0' ? mem_strdup(ctx, names.v[i]) : mem_printf(ctx, "%s/%s", below, names.v[i]);
        if (text_ends(name, ".sql"))
            map_set(out, name, path);
        else if (strchr(names.v[i], '.') == NULL || dir_exists(path))
            list_files(ctx, path, name, out, depth + 1);
    }
}

/* The scripts of one kind: those beside the plan, and the reworked ones. */
typedef struct ScriptSet {
    const char *dir, *reworked_dir;
    Map *files, *reworked; /* "a/b.sql" → path */
} ScriptSet;

static ScriptSet script_set(const void *ctx, const char *dir, const char *reworked_dir)
{
    ScriptSet s = {.dir = dir, .reworked_dir = reworked_dir != NULL ? reworked_dir : dir, .files = map_new(ctx)};
    list_files(ctx, dir, "", s.files, 0);
    s.reworked = s.files;
    if (reworked_dir != NULL) {
        s.reworked = map_new(ctx);
        list_files(ctx, reworked_dir, "", s.reworked, 0);
    }
    return s;
}

/* Path of a change's script of this kind. */
static const char *find_script(const Change *c, const ScriptSet *s, bool *exists)
{
    SCRATCH void *scratch = mem_scratch();
    bool reworked = strcmp(c->name, c->instance) != 0;
    char *file = mem_printf(scratch, "%s.sql", c->instance);
    *exists = map_has(reworked ? s->reworked : s->files, file);
    return path_join(c->module, reworked ? s->reworked_dir : s->dir, file);
}

/* An earlier instance of a reworked change is called after the first tag behind it that its deploy script is called after;
 * failing that, the first tag. */
static void name_instance(Module *m, Change *earlier, const Change *later, const ScriptSet *deploy)
{
    SCRATCH void *scratch = mem_scratch();
    const char *first = NULL, *found = NULL;
    for (size_t i = earlier->index; i < later->index && found == NULL; i++) {
        const TagList *tags = &m->changes.v[i]->tags;
        for (size_t t = 0; t < tags->n && found == NULL; t++) {
            first = first != NULL ? first : tags->v[t]->name;
            if (map_has(deploy->reworked, mem_printf(scratch, "%s@%s.sql", earlier->name, tags->v[t]->name)))
                found = tags->v[t]->name;
        }
    }
    earlier->instance = mem_printf(m, "%s@%s", earlier->name, found != NULL ? found : first != NULL ? first : "");
    map_set(m->by_name, earlier->instance, earlier);
}

static void note_missing(Workspace *ws, const Change *c, const char *kind, const char *path)
{
    list_push(ws, &ws->warnings,
              mem_printf(ws, "%s:%ld: %s has no %s script (%s)", path_shown(c->module->plan_path), c->line, c->instance,
                         kind, path_shown(path)));
}

static void attach_scripts(Workspace *ws, Module *m, const ScriptDirs *dirs, const ProjectOptions *o, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    ScriptSet deploy = script_set(scratch, dirs->deploy, dirs->reworked_deploy);
    ScriptSet verify = script_set(scratch, dirs->verify, dirs->reworked_verify);
    ScriptSet revert = script_set(scratch, dirs->revert, dirs->reworked_revert);
    for (size_t i = 0; i < m->changes.n; i++)
        if (m->changes.v[i]->earlier != NULL)
            name_instance(m, m->changes.v[i]->earlier, m->changes.v[i], &deploy);
    for (size_t i = 0; i < m->changes.n; i++) {
        Change *c = m->changes.v[i];
        c->deploy = find_script(c, &deploy, &c->has_deploy);
        c->verify = find_script(c, &verify, &c->has_verify);
        c->revert = find_script(c, &revert, &c->has_revert);
        if (!c->has_verify)
            note_missing(ws, c, "verify", c->verify);
        if (!c->has_revert)
            note_missing(ws, c, "revert", c->revert);
        if (c->has_deploy || o->without_scripts)
            continue;
        error_set(err, ERR_CONFIG, "the deploy script of %s is missing: %s", c->instance, path_shown(c->deploy));
        error_code(err, "PATH_NOT_FOUND");
        error_place(err, m->plan_path, c->line, 1, NULL);
    }
}

/* The control file to go by: the one called like the project, if there are several. */
static char *choose_control(const void *ctx, Workspace *ws, const Module *m)
{
    TextList names = {0};
    Error ignored = {0};
    char *chosen = NULL;
    size_t n = 0;
    dir_list(ctx, m->dir, &names, &ignored);
    error_clear(&ignored);
    for (size_t i = 0; i < names.n; i++) {
        if (!text_ends(names.v[i], ".control"))
            continue;
        n++;
        char *base = mem_strndup(ctx, names.v[i], strlen(names.v[i]) - strlen(".control"));
        if (chosen == NULL || strcmp(base, m->name) == 0)
            chosen = base;
    }
    if (n > 1)
        list_push(ws, &ws->warnings,
                  mem_printf(ws, "%s: %zu control files; %s.control is the one that counts", path_shown(m->dir), n, chosen));
    return chosen;
}

static bool read_control(Workspace *ws, Module *m, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *name = choose_control(scratch, ws, m);
    if (name == NULL)
        return true;
    char *path = path_join(scratch, m->dir, mem_printf(scratch, "%s.control", name));
    size_t len;
    Control control;
    char *text = file_read(scratch, path, SMALL_FILE_MAX, &len, err);
    if (text == NULL || !control_parse(m, text, len, path, &control, err))
        return false;
    m->control_name = mem_strdup(m, name);
    m->requires = control.requires;
    m->version = control.default_version;
    return true;
}

static bool read_package_json(Module *m, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *path = path_join(scratch, m->dir, "package.json");
    if (!file_exists(path))
        return true;
    json_t *root = config_read(path, err);
    if (root == NULL)
        return false;
    m->npm_name = mem_strdup(m, config_text(root, "name", NULL));
    m->version = mem_strdup(m, config_text(root, "version", m->version));
    json_decref(root);
    return true;
}

static int config_free(json_t **holder)
{
    json_decref(*holder);
    return 0;
}

/* extensions.json: which native extensions this module places, and where. */
static bool read_extensions_json(Module *m, Error *err)
{
    static const char *const files[] = {"extensions.json", "pgpm.extensions.json"};
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char *path = path_join(scratch, m->dir, files[i]);
        if (!file_exists(path))
            continue;
        json_t **root = mem_new(m, json_t *);
        *root = config_read(path, err);
        if (*root == NULL)
            return false;
        talloc_set_destructor(root, config_free);
        const char *name;
        json_t *use;
        json_object_foreach(json_object_get(*root, "provides"), name, use)
            list_push(m, &m->provides,
                      (ExtensionUse){.name = name,
                                     .schema = config_text(use, "schema", NULL),
                                     .create_schema = config_bool(use, "createSchema", true),
                                     .grants = json_object_get(use, "grants")});
    }
    return true;
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

Module *module_read(const void *ctx, Workspace *ws, const char *dir, const char *plan_path, const ProjectFormat *format,
                    const ScriptDirs *dirs, const ProjectOptions *o, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Module *m = mem_new(ctx, Module);
    m->dir = mem_strdup(m, dir);
    m->plan_path = mem_strdup(m, plan_path);
    m->format = format;
    m->is_proxy = file_exists(path_join(scratch, dir, "pgpm.apply.json"));
    if (!read_plan(m, plan_path, format, err))
        return NULL;
    attach_scripts(ws, m, dirs, o, err);
    planfile_finish(m);
    bool ok = read_control(ws, m, err);
    ok = read_package_json(m, err) && ok;
    return read_extensions_json(m, err) && ok ? m : NULL;
}
