/* project/order.c: what depends on what across modules; see project.h. */
#include "project/faults.h"
#include "project/internal.h"
#include "project/reference.h"

#include <string.h>

static void missing_target(Faults *faults, const Change *c, const Dependency *d, const Module *other)
{
    Fault *f = faults_add(faults, (View){"", 0}, d->line, NULL, "%s requires %s, which is not in the plan of module %s",
                          c->instance, d->ref.text, other->name);
    f->column = d->column;
    f->code = d->ref.tag != NULL ? "TAG_NOT_FOUND" : NULL;
}

/* What the changes of one module require of the others. */
static bool link_module(Workspace *ws, const Module *m, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Faults faults = {.ctx = scratch, .path = m->plan_path, .code = "CHANGE_NOT_FOUND"};
    for (size_t i = 0; i < m->changes.n; i++) {
        const Change *c = m->changes.v[i];
        for (size_t k = 0; k < c->dependencies.n; k++) {
            Dependency *d = &c->dependencies.v[k];
            const Module *other = d->ref.project == NULL ? NULL : map_get(ws->by_name, d->ref.project);
            if (d->target != NULL || other == NULL)
                continue;
            bool ambiguous = false; /* a reworked change without a tag: any instance will do, the newest is meant */
            d->target = reference_find(other, &d->ref, other->changes.n, &ambiguous);
            if (d->target == NULL && !d->conflict)
                missing_target(&faults, c, d, other);
        }
    }
    return faults_tell(&faults, err);
}

bool workspace_link(Workspace *ws, Error *err)
{
    for (size_t i = 0; i < ws->modules.n; i++)
        link_module(ws, ws->modules.v[i], err);
    return !error_is_set(err);
}

/* The walk: modules being visited make the path from a root to where we are. */
typedef struct Walk {
    const void *ctx;
    Workspace *ws;
    OrderList *out;
    Map *done;      /* name → itself */
    ModuleList path;
    Error *err;
} Walk;

static bool cycle(const Walk *w, const Module *m)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    size_t from = 0;
    while (w->path.v[from] != m)
        from++;
    for (size_t i = from; i < w->path.n; i++)
        str_addf(&text, "%s → ", w->path.v[i]->name);
    str_add(&text, m->name);
    error_set(w->err, ERR_CONFIG, "modules require each other in a circle: %s", text.text);
    error_code(w->err, "CIRCULAR_DEPENDENCY");
    error_place(w->err, m->control_path, m->requires_line, 1, NULL);
    error_hint(w->err, "take one of these out of a control file's requires");
    return false;
}

static char *path_text(const Walk *w)
{
    Str text = str_new(w->ctx);
    for (size_t i = 0; i < w->path.n; i++)
        str_addf(&text, "%s%s", i > 0 ? " → " : "", w->path.v[i]->name);
    return text.text;
}

static void visit_extension(Walk *w, const char *name)
{
    for (size_t i = 0; i < w->out->n; i++) {
        OrderItem *item = &w->out->v[i];
        if (item->module == NULL && strcmp(item->extension, name) == 0) {
            list_push(w->ctx, &item->required_by, path_text(w));
            return;
        }
    }
    OrderItem item = {.extension = name};
    list_push(w->ctx, &item.required_by, path_text(w));
    list_push(w->ctx, w->out, item);
}

static bool visit(Walk *w, Module *m)
{
    for (size_t i = 0; i < w->path.n; i++)
        if (w->path.v[i] == m)
            return cycle(w, m);
    if (map_has(w->done, m->name))
        return true;
    list_push(w->ctx, &w->path, m);
    for (size_t i = 0; i < m->requires.n; i++) {
        Module *required = map_get(w->ws->by_name, m->requires.v[i]);
        if (required == NULL)
            visit_extension(w, m->requires.v[i]);
        else if (!visit(w, required))
            return false;
    }
    w->path.n--;
    map_set(w->done, m->name, m);
    list_push(w->ctx, w->out, (OrderItem){.module = m});
    return true;
}

bool workspace_order(const void *ctx, Workspace *ws, const ModuleList *roots, OrderList *out, Error *err)
{
    Walk w = {.ctx = ctx, .ws = ws, .out = out, .done = map_new(ctx), .err = err};
    for (size_t i = 0; i < roots->n; i++)
        if (!visit(&w, roots->v[i]))
            return false;
    return true;
}
