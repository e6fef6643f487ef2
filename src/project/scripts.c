/* project/scripts.c: which scripts the changes of a module have; see internal.h. */
#include "base/file.h"
#include "base/pool.h"
#include "project/faults.h"
#include "project/fileset.h"
#include "project/internal.h"

#include <string.h>
#include <sys/stat.h>

/* The scripts of one kind that are there. */
typedef struct Kind {
    const char *dir, *reworked_dir;
    const FileSet *files, *reworked;
} Kind;

/* The scripts of one module, being attached to its changes. */
typedef struct Scripts {
    Module *module;
    Pool pool; /* the module's */
    Kind deploy, verify, revert;
    Faults faults;
} Scripts;

/* Lists both folders; false with an error. */
static bool read_kind(const void *ctx, Kind *k, const char *ending, Error *err)
{
    k->files = fileset_read(ctx, k->dir, ending, err);
    k->reworked = strcmp(k->dir, k->reworked_dir) == 0 ? k->files : fileset_read(ctx, k->reworked_dir, ending, err);
    return k->files != NULL && k->reworked != NULL;
}

/* Path of a change's script of this kind, whether it is there or not. */
static const char *find_script(Scripts *s, const Change *c, const Kind *kind, bool *exists)
{
    bool reworked = c->instance != c->name;
    const char *dir = reworked ? kind->reworked_dir : kind->dir;
    const char *const parts[] = {dir, "/", c->instance, s->module->scripts.ending, NULL};
    const char *path = pool_concat(&s->pool, parts);
    *exists = fileset_has(reworked ? kind->reworked : kind->files, path + strlen(dir) + 1);
    return path;
}

/* For each change the next one that is tagged, itself included; beyond the last change where there is none. */
static size_t *next_tagged(const void *ctx, const ChangeList *changes)
{
    size_t *next = mem_array(ctx, size_t, changes->n + 1);
    next[changes->n] = changes->n;
    for (size_t i = changes->n; i-- > 0;)
        next[i] = changes->v[i]->tags.n > 0 ? i : next[i + 1];
    return next;
}

/* An earlier instance of a reworked change is called after the first tag behind it that its deploy script is called
 * after; failing that, the first tag. */
static const char *tag_of_instance(const Scripts *s, const Change *earlier, const Change *later, const size_t *next)
{
    SCRATCH void *scratch = mem_scratch();
    const ChangeList *changes = &s->module->changes;
    const char *first = NULL;
    for (size_t i = next[earlier->index]; i < later->index; i = next[i + 1]) {
        const TagList *tags = &changes->v[i]->tags;
        for (size_t t = 0; t < tags->n; t++) {
            const char *tag = tags->v[t]->name;
            first = first != NULL ? first : tag;
            if (fileset_has(s->deploy.reworked,
                            mem_printf(scratch, "%s@%s%s", earlier->name, tag, s->module->scripts.ending)))
                return tag;
        }
    }
    return first != NULL ? first : "";
}

static void name_instances(Scripts *s)
{
    SCRATCH void *scratch = mem_scratch();
    const ChangeList *changes = &s->module->changes;
    const size_t *next = next_tagged(scratch, changes);
    for (size_t i = 0; i < changes->n; i++) {
        Change *earlier = changes->v[i]->earlier;
        if (earlier == NULL)
            continue;
        const char *const parts[] = {earlier->name, "@", tag_of_instance(s, earlier, changes->v[i], next), NULL};
        earlier->instance = pool_concat(&s->pool, parts);
        map_set(s->module->by_name, earlier->instance, earlier);
    }
}

/* Told once for all changes: a plan without verify scripts is a habit, and no news for each of ten thousand lines. */
static void warn_missing(Workspace *ws, const Module *m, size_t count, const Change *first, const char *kind)
{
    if (count > 1)
        list_push(ws, &ws->warnings,
                  mem_printf(ws, "%s:%ld: %zu changes have no %s script, %s first; pgwright analyze lists them",
                             path_shown(m->plan_path), first->line, count, kind, first->instance));
    else if (count == 1)
        list_push(ws, &ws->warnings,
                  mem_printf(ws, "%s:%ld: %s has no %s script", path_shown(m->plan_path), first->line, first->instance, kind));
}

/* What stands in a script's place; NULL when nothing does. */
static const char *what_stands_there(const char *path)
{
    struct stat link, file;
    if (lstat(path, &link) != 0)
        return NULL;
    if (stat(path, &file) != 0)
        return "it is a link that leads nowhere";
    return S_ISDIR(file.st_mode) ? "it is a folder" : "it is not a regular file";
}

static void missing_deploy(Scripts *s, const Change *c)
{
    if (faults_full(&s->faults))
        return;
    Fault *f = faults_add(&s->faults, (View){"", 0}, c->line, NULL, "the deploy script of %s is missing: %s", c->instance,
                          path_shown(c->deploy));
    f->detail = what_stands_there(c->deploy);
}

static void attach(Workspace *ws, Scripts *s, bool required)
{
    const Change *first_verify = NULL, *first_revert = NULL;
    size_t no_verify = 0, no_revert = 0;
    for (size_t i = 0; i < s->module->changes.n; i++) {
        Change *c = s->module->changes.v[i];
        c->deploy = find_script(s, c, &s->deploy, &c->has_deploy);
        c->verify = find_script(s, c, &s->verify, &c->has_verify);
        c->revert = find_script(s, c, &s->revert, &c->has_revert);
        if (!c->has_verify && no_verify++ == 0)
            first_verify = c;
        if (!c->has_revert && no_revert++ == 0)
            first_revert = c;
        if (!c->has_deploy && required)
            missing_deploy(s, c);
    }
    warn_missing(ws, s->module, no_verify, first_verify, "verify");
    warn_missing(ws, s->module, no_revert, first_revert, "revert");
}

bool scripts_attach(Workspace *ws, Module *m, bool required, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const ScriptDirs *d = &m->scripts;
    Scripts s = {.module = m,
                 .pool = {.owner = m},
                 .deploy = {.dir = d->deploy, .reworked_dir = d->reworked_deploy},
                 .verify = {.dir = d->verify, .reworked_dir = d->reworked_verify},
                 .revert = {.dir = d->revert, .reworked_dir = d->reworked_revert},
                 .faults = {.ctx = scratch, .path = m->plan_path, .code = "PATH_NOT_FOUND"}};
    if (!read_kind(scratch, &s.deploy, d->ending, err) || !read_kind(scratch, &s.verify, d->ending, err) ||
        !read_kind(scratch, &s.revert, d->ending, err))
        return false;
    name_instances(&s);
    attach(ws, &s, required);
    return faults_tell(&s.faults, err);
}
