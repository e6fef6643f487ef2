/* project/takein.c: scripts that somebody wrote and the plan does not name; see authoring.h. */
#include "base/file.h"
#include "project/analyze.h"
#include "project/header.h"
#include "project/internal.h"
#include "project/planfile.h"
#include "project/plantext.h"

#include <string.h>

enum { SCRIPT_MAX = 256 * 1024 * 1024 };

/* A script that is to become a change. */
typedef struct Found {
    const char *name, *path;
    ScriptHeader header;
    enum { UNSEEN, ON_ITS_WAY, PLACED } state;
} Found;
typedef LIST(Found) FoundList;

static bool add_found(const void *ctx, const char *name, const char *path, FoundList *out, Error *err)
{
    size_t len;
    char *text = file_read(ctx, path, SCRIPT_MAX, &len, err);
    if (text == NULL)
        return false;
    const char *wrong = name_fault(view_of(name), false);
    if (wrong != NULL) {
        error_set(err, ERR_CONFIG, "%s is not a name for a change: %s", name, wrong);
        error_place(err, path, 0, 0, NULL);
        return false;
    }
    list_push(ctx, out, (Found){.name = name, .path = path, .header = header_read(ctx, text, len)});
    return true;
}

/* Deploy scripts without a line, in the order of their names. */
static bool find_scripts(const void *ctx, const Workspace *ws, const Module *m, FoundList *out, Error *err)
{
    IssueList issues = {0};
    const char *probe = authoring_path(ctx, m, "x", SCRIPT_DEPLOY);
    const char *folder = mem_strndup(ctx, probe, strlen(probe) - strlen("x.sql"));
    if (!analyze_module(ctx, ws, m, &issues, err))
        return false;
    for (size_t i = 0; i < issues.n; i++) {
        const char *path = issues.v[i].file;
        if (issues.v[i].kind != ISSUE_ORPHAN_SCRIPT || !text_starts(path, folder))
            continue;
        char *name = mem_strndup(ctx, path + strlen(folder), strlen(path) - strlen(folder) - strlen(".sql"));
        if (!add_found(ctx, name, path, out, err))
            return false;
    }
    return true;
}

/* Scripts on their way into the plan. */
typedef struct Order {
    const void *ctx;
    Workspace *ws;
    Module *module;
    Map *by_name;         /* name → Found */
    LIST(Found *) placed; /* each behind what it requires */
    LIST(Found *) chain;  /* being placed, each required by the one before */
} Order;

static bool refuse_circle(const Order *o, const Found *again, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str names = str_new(scratch);
    size_t first = 0;
    while (o->chain.v[first] != again)
        first++;
    for (size_t i = first; i < o->chain.n; i++)
        str_addf(&names, "%s → ", o->chain.v[i]->name);
    error_set(err, ERR_CONFIG, "scripts require each other: %s%s", names.text, again->name);
    error_code(err, "CIRCULAR_DEPENDENCY");
    error_place(err, again->path, 0, 0, NULL);
    return false;
}

/* The found script that a header means by "name" or "own:name"; NULL: something else. */
static Found *found_named(const Order *o, const char *reference)
{
    size_t own = strlen(o->module->name);
    bool is_own = text_starts(reference, o->module->name) && reference[own] == ':';
    return map_get(o->by_name, is_own ? reference + own + 1 : reference);
}

static bool place(Order *o, Found *f, Error *err)
{
    if (f->state != UNSEEN)
        return f->state == PLACED || refuse_circle(o, f, err);
    f->state = ON_ITS_WAY;
    list_push(o->ctx, &o->chain, f);
    for (size_t i = 0; i < f->header.requires.n; i++) {
        const char *one = f->header.requires.v[i];
        Found *required = found_named(o, one);
        if (required != NULL && !place(o, required, err))
            return false;
        if (required == NULL && !authoring_check_dependencies(o->ws, o->module, &(TextList){.v = &one, .n = 1}, err)) {
            error_place(err, f->path, 0, 0, NULL);
            return false;
        }
    }
    o->chain.n--;
    f->state = PLACED;
    list_push(o->ctx, &o->placed, f);
    return true;
}

static NewChange change_of(const Found *f, const Stamp *stamp)
{
    return (NewChange){.name = f->name, .requires = &f->header.requires, .conflicts = &f->header.conflicts, .stamp = *stamp};
}

bool authoring_take_in(Workspace *ws, Module *m, const Stamp *stamp, TextList *added, TextList *made, Error *err)
{
    FoundList list = {0};
    Order o = {.ctx = m, .ws = ws, .module = m, .by_name = map_new(m)};
    PlanText plan;
    Str lines = str_new(m);
    if (!find_scripts(m, ws, m, &list, err) || !plantext_read(m, m, &plan, err))
        return false;
    for (size_t i = 0; i < list.n; i++)
        map_set(o.by_name, list.v[i].name, &list.v[i]);
    for (size_t i = 0; i < list.n; i++)
        if (!place(&o, &list.v[i], err))
            return false;
    for (size_t i = 0; i < o.placed.n; i++) {
        NewChange c = change_of(o.placed.v[i], stamp);
        if (!authoring_write_scripts(m, &c, made, err))
            return false;
        str_addf(&lines, "%s%s", i > 0 ? plan.eol : "", authoring_line(m, &c));
        list_push(m, added, c.name);
    }
    return o.placed.n == 0 || plantext_insert(m, &plan, plantext_behind(&plan, 0), lines.text, err);
}
