/* project/authoring.c: see authoring.h. */
#include "project/authoring.h"

#include "base/file.h"
#include "project/internal.h"
#include "project/planfile.h"
#include "project/plantext.h"

#include <string.h>

enum { SCRIPT_MAX = 64 * 1024 * 1024 };

static bool write_new(const char *path, const char *text, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (file_exists(path)) {
        error_set(err, ERR_CONFIG, "this file is there already");
        error_place(err, path, 0, 0, NULL);
        return false;
    }
    return dir_make(path_dir(scratch, path), err) && file_write(path, text, strlen(text), err);
}

bool authoring_workspace(const char *dir, const ProjectFormat *format, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    bool pgpm = strcmp(format->name, "pgpm") == 0;
    char *file = path_join(scratch, dir, pgpm ? "pgpm.json" : "pgwright.yaml");
    const char *text = pgpm ? "{\n  \"packages\": [\"packages/*\"]\n}\n"
                            : "# A workspace of pgwright: folders of modules that may require each other.\npackages:\n"
                              "  - packages/*\n";
    return write_new(file, text, err) && dir_make(path_join(scratch, dir, "packages"), err);
}

static char *plan_head(const void *ctx, const NewModule *m)
{
    Str text = str_new(ctx);
    const char *uri = m->uri != NULL ? m->uri : strcmp(m->format->name, "pgpm") == 0 ? m->name : NULL;
    str_addf(&text, "%%syntax-version=1.0.0\n%%project=%s\n", m->name);
    if (uri != NULL)
        str_addf(&text, "%%uri=%s\n", uri);
    str_add_char(&text, '\n');
    return text.text;
}

static char *control_text(const void *ctx, const NewModule *m)
{
    Str text = str_new(ctx);
    str_addf(&text, "# %s extension\ncomment = '%s extension'\ndefault_version = '0.0.1'\n", m->name, m->name);
    if (m->requires != NULL && m->requires->n > 0) {
        str_add(&text, "requires = '");
        for (size_t i = 0; i < m->requires->n; i++)
            str_addf(&text, "%s%s", i > 0 ? "," : "", m->requires->v[i]);
        str_add(&text, "'\n");
    }
    str_add(&text, "relocatable = false\nsuperuser = false\n");
    return text.text;
}

bool authoring_module(const char *dir, const NewModule *m, bool with_control, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    static const char *const folders[] = {"deploy", "verify", "revert"};
    const char *wrong = name_fault(view_of(m->name), false);
    if (wrong != NULL)
        return error_set(err, ERR_USAGE, "%s is not a name for a module: %s", m->name, wrong);
    if (!write_new(path_join(scratch, dir, m->format->plan_file), plan_head(scratch, m), err))
        return false;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (!dir_make(path_join(scratch, dir, folders[i]), err))
            return false;
    if (strcmp(m->format->name, "sqitch") == 0)
        return write_new(path_join(scratch, dir, "sqitch.conf"), "[core]\n\tengine = pg\n", err);
    char *control = path_join(scratch, dir, mem_printf(scratch, "%s.control", m->name));
    return !with_control || write_new(control, control_text(scratch, m), err);
}

static void add_stamp(Str *line, const Stamp *stamp, const char *note)
{
    str_addf(line, " %s %s <%s>", stamp->at, stamp->name, stamp->email);
    if (note != NULL && *note != '\0')
        str_addf(line, " # %s", planfile_escape(line->ctx, note));
}

char *authoring_line(const void *ctx, const NewChange *c)
{
    Str line = str_new(ctx);
    str_add(&line, c->name);
    if (c->requires->n + c->conflicts->n > 0) {
        str_add(&line, " [");
        for (size_t i = 0; i < c->requires->n; i++)
            str_addf(&line, "%s%s", i > 0 ? " " : "", c->requires->v[i]);
        for (size_t i = 0; i < c->conflicts->n; i++)
            str_addf(&line, "%s!%s", i + c->requires->n > 0 ? " " : "", c->conflicts->v[i]);
        str_add_char(&line, ']');
    }
    add_stamp(&line, &c->stamp, c->note);
    return line.text;
}

/* The three kinds of scripts, and how their stubs read. */
static const struct {
    const char *title, *preposition, *hint, *end;
} stubs[] = {
    {"Deploy", "to", "-- Write what makes the change here.", "COMMIT"},
    {"Verify", "on", "-- Write statements here that fail when the change is not there.", "ROLLBACK"},
    {"Revert", "from", "-- Write what takes the change back here.", "COMMIT"},
};

char *authoring_script(const void *ctx, const Module *m, const char *change, ScriptKind kind, const char *head,
                       const char *body, bool in_transaction)
{
    Str text = str_new(ctx);
    str_addf(&text, "-- %s %s:%s %s pg\n%s\n", stubs[kind].title, m->name, change, stubs[kind].preposition, head);
    if (in_transaction)
        str_addf(&text, "BEGIN;\n\n%s\n\n%s;\n", body, stubs[kind].end);
    else
        str_addf(&text, "%s\n", body);
    return text.text;
}

static char *stub(const void *ctx, const Module *m, const NewChange *c, ScriptKind kind)
{
    SCRATCH void *scratch = mem_scratch();
    Str head = str_new(scratch);
    for (size_t i = 0; kind == SCRIPT_DEPLOY && i < c->requires->n; i++)
        str_addf(&head, "-- requires: %s\n", c->requires->v[i]);
    for (size_t i = 0; kind == SCRIPT_DEPLOY && i < c->conflicts->n; i++)
        str_addf(&head, "-- conflicts: %s\n", c->conflicts->v[i]);
    return authoring_script(ctx, m, c->name, kind, head.text, stubs[kind].hint, true);
}

char *authoring_path(const void *ctx, const Module *module, const char *name, ScriptKind kind)
{
    const ScriptDirs *scripts = &module->scripts;
    const char *const dirs[] = {scripts->deploy, scripts->verify, scripts->revert};
    return mem_printf(ctx, "%s/%s%s", dirs[kind], name, scripts->ending);
}

/* Where the script of an earlier instance goes. */
static char *reworked_path(const void *ctx, const Module *m, const char *name, const char *tag, size_t kind)
{
    const char *const dirs[] = {m->scripts.reworked_deploy, m->scripts.reworked_verify, m->scripts.reworked_revert};
    return mem_printf(ctx, "%s/%s@%s%s", dirs[kind], name, tag, m->scripts.ending);
}

static bool check_name(const Module *m, const NewChange *c, bool exists, Error *err)
{
    const char *wrong = name_fault(view_of(c->name), false);
    if (wrong != NULL) {
        error_set(err, ERR_USAGE, "%s is not a name for a change: %s", c->name, wrong);
        error_code(err, "INVALID_NAME");
        return false;
    }
    if ((map_get(m->by_name, c->name) != NULL) == exists)
        return true;
    if (exists)
        return error_set(err, ERR_USAGE, "there is no change %s in the plan of %s", c->name, m->name);
    error_set(err, ERR_USAGE, "the change %s is in the plan already", c->name);
    error_hint(err, "to change it anew after a tag: pgwright rework %s", c->name);
    return false;
}

bool authoring_check_dependencies(Workspace *ws, Module *m, const TextList *list, Error *err)
{
    for (size_t i = 0; i < list->n; i++) {
        Reference ref;
        if (reference_parse(m, view_of(list->v[i]), &ref) && ref.project != NULL && !map_has(ws->by_name, ref.project))
            continue; /* a project elsewhere: looked for in the history when it is deployed */
        if (workspace_change(ws, m, list->v[i], err) == NULL)
            return false;
    }
    return true;
}

bool authoring_write_scripts(Module *m, const NewChange *c, TextList *made, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    for (size_t kind = 0; kind < sizeof stubs / sizeof stubs[0]; kind++) {
        char *path = authoring_path(m, m, c->name, (ScriptKind)kind);
        if (file_exists(path))
            continue; /* somebody wrote it first: it is taken as it is */
        if (!write_new(path, stub(scratch, m, c, (ScriptKind)kind), err))
            return false;
        list_push(m, made, path);
    }
    return true;
}

bool authoring_add(Workspace *ws, Module *m, const NewChange *c, TextList *made, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PlanText plan;
    return check_name(m, c, false, err) && authoring_check_dependencies(ws, m, c->requires, err) && plantext_read(scratch, m, &plan, err) &&
           authoring_write_scripts(m, c, made, err) && plantext_insert(m, &plan, plantext_behind(&plan, 0), authoring_line(scratch, c), err);
}

static const Tag *tag_named(const Module *m, const char *name)
{
    for (size_t i = 0; i < m->tags.n; i++)
        if (strcmp(m->tags.v[i]->name, name) == 0)
            return m->tags.v[i];
    return NULL;
}

/* Takes the line of a tag out, once another was put in behind line `inserted`. */
static bool delete_tag(Module *m, const Tag *tag, long inserted, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PlanText plan;
    LineList lines = {0};
    list_push(scratch, &lines, tag->line + (inserted < tag->line));
    return plantext_read(scratch, m, &plan, err) && plantext_delete(m, &plan, &lines, err);
}

bool authoring_tag(Module *m, const Change *change, const char *name, const char *note, const Stamp *stamp, bool move,
                   Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PlanText plan;
    const char *wrong = name_fault(view_of(name), true);
    if (wrong != NULL)
        return error_set(err, ERR_USAGE, "%s is not a name for a tag: %s", name, wrong);
    const Tag *old = tag_named(m, name);
    if (old != NULL && !move) {
        error_set(err, ERR_USAGE, "the tag @%s is in the plan already", name);
        error_hint(err, "to move it: --force");
        return false;
    }
    if (m->changes.n == 0)
        return error_set(err, ERR_USAGE, "there is no change to tag: the plan of %s is empty", m->name);
    Str line = str_new(scratch);
    str_addf(&line, "@%s", name);
    add_stamp(&line, stamp, note);
    if (!plantext_read(scratch, m, &plan, err))
        return false;
    const Change *c = change != NULL ? change : m->changes.v[m->changes.n - 1];
    long behind = c->tags.n > 0 && c->tags.v[c->tags.n - 1]->line > c->line ? c->tags.v[c->tags.n - 1]->line : c->line;
    return plantext_insert(m, &plan, plantext_behind(&plan, behind), line.text, err) &&
           (old == NULL || delete_tag(m, old, behind, err));
}

/* The first tag behind the change; NULL when there is none. */
static const Tag *tag_since(const Module *m, const Change *c)
{
    for (size_t i = c->index; i < m->changes.n; i++)
        if (m->changes.v[i]->tags.n > 0)
            return m->changes.v[i]->tags.v[0];
    return NULL;
}

static bool copy_file(const char *from, const char *to, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    size_t len;
    char *text = file_read(scratch, from, SCRIPT_MAX, &len, err);
    return text != NULL && dir_make(path_dir(scratch, to), err) && file_write(to, text, len, err);
}

/* deploy and verify are copied; the new revert takes back to the old deploy. */
static bool copy_scripts(Module *m, const Change *c, const char *tag, TextList *made, Error *err)
{
    const char *from[] = {c->deploy, c->verify, c->revert};
    const bool there[] = {c->has_deploy, c->has_verify, c->has_revert};
    for (size_t kind = 0; kind < sizeof from / sizeof from[0]; kind++) {
        char *old = reworked_path(m, m, c->name, tag, kind);
        if (!there[kind])
            continue;
        if (file_exists(old)) {
            error_set(err, ERR_CONFIG, "this file is there already");
            error_place(err, old, 0, 0, NULL);
            return false;
        }
        if (!copy_file(from[kind], old, err))
            return false;
        list_push(m, made, old);
    }
    return !c->has_deploy || !c->has_revert || copy_file(c->deploy, c->revert, err);
}

bool authoring_rework(Workspace *ws, Module *m, const NewChange *c, TextList *made, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PlanText plan;
    if (!check_name(m, c, true, err) || !authoring_check_dependencies(ws, m, c->requires, err))
        return false;
    const Change *newest = map_get(m->by_name, c->name);
    const Tag *tag = tag_since(m, newest);
    if (tag == NULL) {
        error_set(err, ERR_USAGE, "%s has not been tagged since it was added: edit its scripts as they are, or tag it first",
                  c->name);
        error_hint(err, "pgwright tag NAME");
        return false;
    }
    NewChange whole = *c;
    TextList requires = {0};
    list_push(scratch, &requires, mem_printf(scratch, "%s@%s", c->name, tag->name));
    for (size_t i = 0; i < c->requires->n; i++)
        list_push(scratch, &requires, c->requires->v[i]);
    whole.requires = &requires;
    return plantext_read(scratch, m, &plan, err) && copy_scripts(m, newest, tag->name, made, err) &&
           plantext_insert(m, &plan, plantext_behind(&plan, 0), authoring_line(scratch, &whole), err);
}
