/* project/workspace.c: finds and reads a workspace; see project.h.
 *
 * The nearest workspace file upwards makes the workspace, the nearest plan upwards the module at hand; a plan without a
 * workspace file is a workspace of one. */
#include "base/config.h"
#include "base/file.h"
#include "project/gitconfig.h"
#include "project/internal.h"
#include "project/planfile.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL_FILE_MAX = 4 * 1024 * 1024, SEARCH_DEPTH_MAX = 12 };

/* Files that make a folder a workspace; the first that is there counts. */
static const struct {
    const char *name;
    bool is_javascript;
} workspace_files[] = {
    {"pgwright.yaml", false},   {"pgpm.json", false},    {"pgpm-workspace.json", false},
    {"launchql.json", false},   {"pgpm.config.js", true}, {"launchql.config.js", true},
};

static int config_free(Workspace *ws)
{
    json_decref(ws->config);
    return 0;
}

static Workspace *workspace_new(const void *ctx)
{
    Workspace *ws = mem_new(ctx, Workspace);
    ws->config = json_object();
    ws->by_name = map_new(ws);
    talloc_set_destructor(ws, config_free);
    return ws;
}

static bool refuse_javascript(const char *path, Error *err)
{
    error_set(err, ERR_CONFIG, "a JavaScript configuration cannot be read: pgwright runs no scripts of the project");
    error_place(err, path, 0, 0, NULL);
    error_hint(err, "put a pgpm.json with the same settings beside it, at least {\"packages\": [\"packages/*\"]}");
    return false;
}

/* The workspace file of `dir`, owned by `ctx`; NULL. A pgwright.yaml without "packages" is a module's own settings. */
static const char *workspace_file_of(const void *ctx, const char *dir)
{
    for (size_t i = 0; i < sizeof workspace_files / sizeof workspace_files[0]; i++) {
        const char *path = path_join(ctx, dir, workspace_files[i].name);
        if (file_exists(path))
            return path;
    }
    return NULL;
}

static json_t *read_config(const char *path, Error *err)
{
    if (!text_ends(path, ".js"))
        return config_read_object(path, err);
    refuse_javascript(path, err);
    return NULL;
}

static json_t *read_sqitch_conf(const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    size_t len;
    char *text = file_read(scratch, path, SMALL_FILE_MAX, &len, err);
    return text == NULL ? NULL : gitconfig_parse(text, len, path, err);
}

/* Places found on the way up from where we start. */
typedef struct Found {
    const char *module_dir;   /* nearest folder with a plan, or with a sqitch.conf that names one */
    const char *plan;
    const ProjectFormat *format;
    const char *sqitch_conf;  /* beside or above the plan, up to the workspace file */
    const char *file;         /* nearest workspace file */
} Found;

static bool search_up(const void *ctx, const char *start, Found *found)
{
    for (char *dir = mem_strdup(ctx, start);; dir = path_dir(ctx, dir)) {
        char *conf = path_join(ctx, dir, "sqitch.conf");
        const char *plan;
        const ProjectFormat *format = found->module_dir == NULL ? module_format(ctx, dir, &plan) : NULL;
        if (format != NULL) {
            found->module_dir = dir;
            found->plan = plan;
            found->format = format;
        }
        if (found->sqitch_conf == NULL && file_exists(conf) &&
            (found->format == NULL || strcmp(found->format->name, "sqitch") == 0))
            found->sqitch_conf = conf;
        found->file = workspace_file_of(ctx, dir);
        if (found->file != NULL || strcmp(dir, "/") == 0)
            return found->file != NULL || found->module_dir != NULL || found->sqitch_conf != NULL;
    }
}

/* A setting of sqitch.conf: the engine's own goes before that of all engines. */
static const char *conf_text(json_t *conf, const char *key, const char *fallback)
{
    SCRATCH void *scratch = mem_scratch();
    return config_text(conf, mem_printf(scratch, "engine.pg.%s", key),
                       config_text(conf, mem_printf(scratch, "core.%s", key), fallback));
}

/* A folder or file, relative to where that file is. */
static const char *conf_path(const void *ctx, json_t *conf, const char *key, const char *base, const char *fallback)
{
    const char *value = conf_text(conf, key, NULL);
    return value == NULL ? fallback : path_join(ctx, base, value);
}

/* `conf` may be NULL. Owned by `ctx`. */
static ScriptDirs script_dirs(const void *ctx, const char *top, json_t *conf, const char *base)
{
    ScriptDirs d = {.deploy = conf_path(ctx, conf, "deploy_dir", base, path_join(ctx, top, "deploy")),
                    .verify = conf_path(ctx, conf, "verify_dir", base, path_join(ctx, top, "verify")),
                    .revert = conf_path(ctx, conf, "revert_dir", base, path_join(ctx, top, "revert")),
                    .ending = mem_printf(ctx, ".%s", conf_text(conf, "extension", "sql"))};
    const char *reworked = conf_path(ctx, conf, "reworked_dir", base, NULL);
    d.reworked_deploy = conf_path(ctx, conf, "reworked_deploy_dir", base,
                                  reworked == NULL ? d.deploy : path_join(ctx, reworked, "deploy"));
    d.reworked_verify = conf_path(ctx, conf, "reworked_verify_dir", base,
                                  reworked == NULL ? d.verify : path_join(ctx, reworked, "verify"));
    d.reworked_revert = conf_path(ctx, conf, "reworked_revert_dir", base,
                                  reworked == NULL ? d.revert : path_join(ctx, reworked, "revert"));
    return d;
}

static bool name_clash(const Module *m, const Module *other, const char *name, Error *err)
{
    error_set(err, ERR_CONFIG, "two modules are called %s", name);
    error_place(err, m->plan_path, 1, 1, NULL);
    error_detail(err, "the other one is %s", path_shown(other->dir));
    return false;
}

static bool add_name(Workspace *ws, Module *m, const char *name, Error *err)
{
    const Module *other = name == NULL || name[0] == '\0' ? NULL : map_get(ws->by_name, name);
    if (name == NULL || name[0] == '\0' || other == m)
        return true;
    if (other != NULL)
        return name_clash(m, other, name, err);
    map_set(ws->by_name, name, m);
    return true;
}

static bool add_module(Workspace *ws, Module *m, Error *err)
{
    if (m == NULL)
        return false;
    list_push(ws, &ws->modules, m);
    return add_name(ws, m, m->name, err) && add_name(ws, m, m->control_name, err) && add_name(ws, m, m->npm_name, err);
}

static bool is_skipped(const char *name)
{
    static const char *const skipped[] = {"node_modules", "deploy", "verify", "revert", "sql", "dist"};
    for (size_t i = 0; i < sizeof skipped / sizeof skipped[0]; i++)
        if (strcmp(name, skipped[i]) == 0)
            return true;
    return name[0] == '.';
}

/* The module in `dir`, if it is one. */
static bool add_module_in(Workspace *ws, const char *dir, const ProjectOptions *o, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *plan;
    const ProjectFormat *format = module_format(scratch, dir, &plan);
    if (format == NULL)
        return true;
    char *conf_path = path_join(scratch, dir, "sqitch.conf");
    json_t *conf = NULL;
    if (strcmp(format->name, "sqitch") == 0 && file_exists(conf_path) && (conf = read_sqitch_conf(conf_path, err)) == NULL)
        return false;
    ScriptDirs dirs = script_dirs(ws, dir, conf, dir);
    json_decref(conf);
    return add_module(ws, module_read(ws, dir, plan, format, &dirs, o, err), err);
}

/* A search for modules below a folder that a pattern names. */
typedef struct Search {
    Workspace *ws;
    const ProjectOptions *options;
    const char *top; /* links out of it are not followed */
    Map *seen;       /* real paths of the folders: links make circles */
} Search;

/* Every module in `dir`, a real path, and below. Errors of all modules are told at once. */
static void search_below(Search *s, const char *dir, int depth, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    TextList names = {0};
    Error unreadable = {0};
    if (map_has(s->seen, dir))
        return;
    map_set(s->seen, dir, s);
    if (!add_module_in(s->ws, dir, s->options, err) || depth == SEARCH_DEPTH_MAX)
        return;
    if (!dir_list(scratch, dir, &names, &unreadable)) {
        list_push(s->ws, &s->ws->warnings, mem_printf(s->ws, "%s: %s", path_shown(dir), unreadable.message));
        error_clear(&unreadable);
    }
    for (size_t i = 0; i < names.n; i++) {
        char *below = is_skipped(names.v[i]) ? NULL : path_real(scratch, path_join(scratch, dir, names.v[i]));
        if (below != NULL && path_within(below, s->top) && dir_exists(below))
            search_below(s, below, depth + 1, err);
    }
}

static void add_glob(Workspace *ws, const char *pattern, Map *seen, const ProjectOptions *o, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    glob_t found;
    if (glob(path_join(scratch, ws->root, pattern), GLOB_ONLYDIR, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        Search s = {.ws = ws, .options = o, .top = path_real(scratch, found.gl_pathv[i]), .seen = seen};
        if (s.top != NULL && !path_within(s.top, ws->root))
            list_push(ws, &ws->warnings, mem_printf(ws, "%s lies outside the workspace", path_shown(found.gl_pathv[i])));
        else if (s.top != NULL && dir_exists(s.top))
            search_below(&s, s.top, 0, err);
    }
    globfree(&found);
}

static bool check_packages(const Workspace *ws, const json_t *packages, Error *err)
{
    bool ok = packages == NULL || json_is_array(packages);
    size_t i;
    json_t *pattern;
    json_array_foreach(packages, i, pattern) ok = ok && json_is_string(pattern);
    if (ok)
        return true;
    error_set(err, ERR_CONFIG, "packages is to be a list of patterns of folders, such as [\"packages/*\"]");
    error_place(err, ws->file, 0, 0, NULL);
    return false;
}

static void add_all(Workspace *ws, const ProjectOptions *o, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Map *seen = map_new(scratch);
    json_t *packages = config_get(ws->config, "packages");
    const char *extensions = config_text(ws->config, "extensionsDir", "extensions");
    size_t i;
    json_t *pattern;
    if (!check_packages(ws, packages, err))
        return;
    json_array_foreach(packages, i, pattern) add_glob(ws, json_string_value(pattern), seen, o, err);
    add_glob(ws, mem_printf(scratch, "%s/*", extensions), seen, o, err);
}

static int compare_modules(const void *a, const void *b)
{
    return strcmp((*(const Module *const *)a)->dir, (*(const Module *const *)b)->dir);
}

/* One module alone, with its plan and folders as sqitch.conf may place them. */
static bool read_single(Workspace *ws, const Found *found, const ProjectOptions *o, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Found f = *found;
    const char *base = f.sqitch_conf != NULL ? path_dir(scratch, f.sqitch_conf) : f.module_dir;
    if (f.sqitch_conf != NULL) {
        json_t *conf = read_sqitch_conf(f.sqitch_conf, err);
        if (conf == NULL)
            return false;
        json_decref(ws->config);
        ws->config = conf;
        ws->file = mem_strdup(ws, f.sqitch_conf);
        const char *top = conf_path(scratch, conf, "top_dir", base, base);
        f.plan = conf_path(scratch, conf, "plan_file", base,
                          f.plan != NULL ? f.plan : path_join(scratch, top, "sqitch.plan"));
        f.module_dir = top;
        f.format = f.format != NULL ? f.format : &project_formats[project_formats_count - 1];
    }
    if (o->plan_file != NULL)
        f.plan = o->plan_file;
    if (!file_exists(f.plan)) {
        error_set(err, ERR_NO_PROJECT, "the plan file is not there");
        error_place(err, f.plan, 0, 0, NULL);
        return false;
    }
    ws->kind = WORKSPACE_SINGLE;
    ws->root = path_real(ws, base);
    ScriptDirs dirs = script_dirs(ws, f.module_dir, f.sqitch_conf != NULL ? ws->config : NULL, base);
    const char *dir = path_real(scratch, f.module_dir);
    if (!add_module(ws, module_read(ws, dir, f.plan, f.format, &dirs, o, err), err))
        return false;
    ws->current = ws->modules.v[0];
    return true;
}

static bool is_known_dir(const Workspace *ws, const char *dir)
{
    for (size_t i = 0; i < ws->modules.n; i++)
        if (strcmp(ws->modules.v[i]->dir, dir) == 0)
            return true;
    return false;
}

static bool read_many(Workspace *ws, const Found *found, const ProjectOptions *o, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    json_t *config = read_config(found->file, err);
    if (config == NULL)
        return false;
    json_decref(ws->config);
    ws->config = config;
    ws->kind = WORKSPACE_MANY;
    ws->file = mem_strdup(ws, found->file);
    ws->root = path_real(ws, path_dir(scratch, found->file));
    add_all(ws, o, err);
    if (found->module_dir != NULL && !is_known_dir(ws, path_real(scratch, found->module_dir)))
        add_module_in(ws, path_real(scratch, found->module_dir), o, err);
    if (ws->modules.n > 0)
        qsort(ws->modules.v, ws->modules.n, sizeof ws->modules.v[0], compare_modules);
    for (size_t i = 0; i < ws->modules.n && found->module_dir != NULL; i++)
        if (strcmp(ws->modules.v[i]->dir, path_real(scratch, found->module_dir)) == 0)
            ws->current = ws->modules.v[i];
    return !error_is_set(err);
}

/* pgwright.yaml beside a lone plan holds that module's settings. */
static bool is_lone_module(const Found *f, json_t *config)
{
    SCRATCH void *scratch = mem_scratch();
    return f->module_dir != NULL && json_object_get(config, "packages") == NULL &&
           strcmp(path_dir(scratch, f->file), f->module_dir) == 0;
}

static bool no_project(const char *start, Error *err)
{
    error_set(err, ERR_NO_PROJECT, "no project here: neither a plan (pgwright.plan, pgpm.plan, sqitch.plan) nor a workspace "
                                   "file (pgwright.yaml, pgpm.json) in %s or above it",
              path_shown(start));
    error_code(err, "NOT_IN_WORKSPACE");
    error_hint(err, "start one with `pgwright init`, or go to its folder (--cwd)");
    for (size_t i = 0; i < project_formats_count; i++) {
        SCRATCH void *scratch = mem_scratch();
        if (dir_exists(path_join(scratch, start, project_formats[i].plan_file)))
            error_detail(err, "%s is a folder, not a plan", project_formats[i].plan_file);
    }
    return false;
}

Workspace *workspace_read(const void *ctx, const ProjectOptions *o, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Found found = {0};
    char *start = path_real(scratch, o->start);
    if (start == NULL || !search_up(scratch, start, &found)) {
        no_project(o->start, err);
        return NULL;
    }
    Workspace *ws = workspace_new(ctx);
    json_t *config = found.file != NULL && text_ends(found.file, ".yaml") ? config_read_object(found.file, err) : NULL;
    bool lone = found.file == NULL || (config != NULL && is_lone_module(&found, config)) || o->plan_file != NULL;
    json_decref(config);
    bool ok = !error_is_set(err) && (lone ? read_single(ws, &found, o, err) : read_many(ws, &found, o, err)) &&
              !error_is_set(err) && workspace_link(ws, err);
    if (ok)
        return ws;
    talloc_free(ws);
    return NULL;
}

Module *workspace_module(Workspace *ws, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Module *m = map_get(ws->by_name, name);
    if (m != NULL)
        return m;
    TextList names = {0};
    const void *cursor = NULL;
    const char *key;
    void *value;
    while (map_next(ws->by_name, &cursor, &key, &value))
        list_push(scratch, &names, key);
    const char *near = text_nearest(name, names.v, names.n);
    error_set(err, ERR_USAGE, "there is no module %s in this workspace", name);
    error_code(err, "MODULE_NOT_FOUND");
    if (near != NULL)
        error_hint(err, "did you mean %s?", near);
    else if (ws->modules.n > 0)
        error_hint(err, "its modules: pgwright status --workspace");
    return NULL;
}

static Change *unknown_change(const Module *m, const Reference *ref, bool ambiguous, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (ambiguous) {
        Str forms = str_new(scratch);
        for (const Change *c = map_get(m->by_name, ref->change); c != NULL; c = c->earlier)
            str_addf(&forms, "%s%s", forms.len > 0 ? ", " : "",
                     strcmp(c->instance, c->name) == 0 ? mem_printf(scratch, "%s@HEAD", c->name) : c->instance);
        error_set(err, ERR_USAGE, "%s was reworked, so that its name alone is ambiguous", ref->change);
        error_hint(err, "name one of %s", forms.text);
        return NULL;
    }
    TextList names = {0};
    const void *cursor = NULL;
    const char *key;
    void *value;
    while (map_next(m->by_name, &cursor, &key, &value))
        if (strlen(key) != 40)
            list_push(scratch, &names, key);
    const char *wanted = strchr(ref->text, ':') != NULL ? strchr(ref->text, ':') + 1 : ref->text;
    char *as_tag = mem_printf(scratch, "@%s", wanted);
    const char *near = map_has(m->by_name, as_tag) ? as_tag : text_nearest(wanted, names.v, names.n);
    error_set(err, ERR_USAGE, "there is no %s %s in the plan of %s", wanted[0] == '@' ? "tag" : "change", wanted, m->name);
    error_code(err, wanted[0] == '@' ? "TAG_NOT_FOUND" : "CHANGE_NOT_FOUND");
    if (near != NULL)
        error_hint(err, "did you mean %s?", near);
    return NULL;
}

Change *workspace_change(Workspace *ws, Module *module, const char *reference, Error *err)
{
    Reference ref;
    bool ambiguous = false;
    if (!reference_parse(ws, view_of(reference), &ref)) {
        error_set(err, ERR_USAGE, "%s cannot name a change", reference);
        error_hint(err, "name it as change, @tag, change@tag, module:change, an id, or HEAD and ROOT with ^ and ~");
        return NULL;
    }
    if (ref.project != NULL)
        module = workspace_module(ws, ref.project, err);
    if (module == NULL)
        return NULL;
    Change *c = reference_find(module, &ref, module->changes.n, &ambiguous);
    return c == NULL || ambiguous ? unknown_change(module, &ref, ambiguous, err) : c;
}
