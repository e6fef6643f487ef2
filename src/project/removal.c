/* project/removal.c: taking changes out of a plan; see authoring.h. */
#include "base/file.h"
#include "project/authoring.h"
#include "project/plantext.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* They stand side by side in the plan. */
static bool is_in(const ChangeList *list, const Change *c)
{
    const Change *first = list->n > 0 ? list->v[0] : NULL;
    return first != NULL && c->module == first->module && c->index >= first->index &&
           c->index - first->index < list->n;
}

/* Changes that stay and require one that goes: "billing:orders requires users". */
static bool refuse_dependents(const Workspace *ws, const Removal *r, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str who = str_new(scratch);
    for (size_t i = 0; i < ws->modules.n; i++) {
        const Module *m = ws->modules.v[i];
        for (size_t k = 0; k < m->changes.n; k++) {
            const Change *c = m->changes.v[k];
            for (size_t d = 0; !is_in(&r->changes, c) && d < c->dependencies.n; d++)
                if (c->dependencies.v[d].target != NULL && is_in(&r->changes, c->dependencies.v[d].target))
                    str_addf(&who, "%s%s:%s %s %s", who.len > 0 ? ", " : "", m->name, c->instance,
                             c->dependencies.v[d].conflict ? "conflicts with" : "requires",
                             c->dependencies.v[d].ref.text);
        }
    }
    if (who.len == 0)
        return true;
    error_set(err, ERR_CONFIG, "other changes name what would be removed");
    error_detail(err, "%s", who.text);
    return false;
}

static void add_files(const void *ctx, const Change *c, TextList *files)
{
    if (c->has_deploy)
        list_push(ctx, files, c->deploy);
    if (c->has_verify)
        list_push(ctx, files, c->verify);
    if (c->has_revert)
        list_push(ctx, files, c->revert);
}

bool authoring_removal(const void *ctx, const Workspace *ws, Module *m, Change *change, bool with_later,
                       Removal *out, Error *err)
{
    bool is_last = change->index == m->changes.n - 1;
    if (!with_later && !is_last && change->tags.n > 0) {
        error_set(err, ERR_CONFIG, "%s carries the tag @%s, which changes behind it rely on",
                  change->instance, change->tags.v[0]->name);
        error_hint(err, "with all that comes behind it: pgwright remove --to %s", change->instance);
        return false;
    }
    for (size_t i = change->index; i < m->changes.n && (with_later || i == change->index); i++) {
        list_push(ctx, &out->changes, m->changes.v[i]);
        add_files(ctx, m->changes.v[i], &out->files);
    }
    return refuse_dependents(ws, out, err);
}

static void add_lines(const void *ctx, const Removal *r, LineList *lines)
{
    for (size_t i = 0; i < r->changes.n; i++) {
        const Change *c = r->changes.v[i];
        list_push(ctx, lines, c->line);
        for (size_t t = 0; t < c->tags.n; t++)
            list_push(ctx, lines, c->tags.v[t]->line);
    }
}

static bool rename_file(const char *from, const char *to, bool is_there, Error *err)
{
    return !is_there || rename(from, to) == 0 ||
           error_set(err, ERR_CONFIG, "cannot rename %s to %s: %s", path_shown(from), path_base(to),
                     strerror(errno));
}

/* NAME@TAG.sql is NAME.sql again once no later instance claims that name. */
static bool restore_names(const Removal *r, Error *err)
{
    for (size_t i = 0; i < r->changes.n; i++) {
        const Change *c = r->changes.v[i], *old = c->earlier;
        if (old == NULL || is_in(&r->changes, old))
            continue;
        if (!rename_file(old->deploy, c->deploy, old->has_deploy, err) ||
            !rename_file(old->verify, c->verify, old->has_verify, err) ||
            !rename_file(old->revert, c->revert, old->has_revert, err))
            return false;
    }
    return true;
}

bool authoring_remove(Module *m, const Removal *r, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PlanText plan;
    LineList lines = {0};
    add_lines(scratch, r, &lines);
    if (!plantext_read(scratch, m, &plan, err) || !plantext_delete(m, &plan, &lines, err))
        return false;
    for (size_t i = 0; i < r->files.n; i++)
        if (unlink(r->files.v[i]) != 0 && errno != ENOENT)
            return error_set(err, ERR_CONFIG, "cannot remove %s: %s", path_shown(r->files.v[i]),
                             strerror(errno));
    return restore_names(r, err);
}
