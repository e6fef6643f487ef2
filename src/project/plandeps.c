/* project/plandeps.c: what the changes of a plan require and conflict with; see planreader.h. */
#include "project/planreader.h"
#include "project/reference.h"

#include <string.h>

/* Does the word stand in the list already? Long lists are looked up in `seen`. */
static bool is_repeated(const Change *change, Map *seen, const char *text)
{
    if (seen != NULL) {
        bool known = map_has(seen, text);
        map_set(seen, text, seen);
        return known;
    }
    for (size_t i = 0; i < change->dependencies.n; i++)
        if (strcmp(change->dependencies.v[i].ref.text, text) == 0)
            return true;
    return false;
}

static void read_dependency(PlanReader *r, Change *change, View word, long column, Map *seen)
{
    bool conflict = word.p[0] == '!';
    View text = conflict ? (View){word.p + 1, word.len - 1} : word;
    Dependency d = {.conflict = conflict, .line = r->number, .column = column};
    ReferenceParts parts;
    bool ok = reference_split(text, &parts);
    d.ref = reference_keep(&r->pool, plan_keep(r, text), &parts);
    if (!ok)
        PLAN_FAULT(r, word.p, "not a dependency: change, @tag, change@tag, project:change or an id is expected");
    else if (is_repeated(change, seen, d.ref.text))
        PLAN_FAULT(r, word.p, "the dependency %s stands here twice", d.ref.text);
    else
        change->dependencies.v[change->dependencies.n++] = d;
}

static size_t count_words(const char *p, const char *end)
{
    size_t n = 0;
    while (plan_next_word(&p, end).len > 0)
        n++;
    return n;
}

/* Those between `p` and `close` that are conflicts, or that are not. */
static void read_words(PlanReader *r, Change *change, const char *p, const char *close, bool conflicts, Map *seen)
{
    const char *counted = r->line.p;
    long column = 1;
    for (View word; (word = plan_next_word(&p, close)).len > 0; counted = word.p) {
        column += text_column(counted, word.p) - 1;
        if ((word.p[0] == '!') == conflicts)
            read_dependency(r, change, word, column, seen);
    }
}

bool plan_read_dependencies(PlanReader *r, Change *change, const char **p, const char *end)
{
    SCRATCH void *scratch = mem_scratch();
    *p = plan_skip_blanks(*p, end);
    if (*p == end || **p != '[')
        return true;
    const char *from = *p + 1, *close = memchr(from, ']', (size_t)(end - from));
    if (close == NULL) {
        PLAN_FAULT(r, *p, "the list of dependencies is not closed by ]");
        return false;
    }
    size_t words = count_words(from, close);
    Map *seen = words > 32 ? map_new(scratch) : NULL;
    change->dependencies.v = pool_take(&r->pool, words * sizeof change->dependencies.v[0]);
    change->dependencies.cap = words;
    read_words(r, change, from, close, false, seen);
    read_words(r, change, from, close, true, seen);
    *p = close + 1;
    return true;
}

/* The line with this number. */
static View line_text(const PlanReader *r, long number)
{
    const char *p = r->text;
    for (long i = 1; i < number; i++)
        p = (const char *)memchr(p, '\n', (size_t)(r->end - p)) + 1;
    const char *newline = memchr(p, '\n', (size_t)(r->end - p));
    const char *stop = newline == NULL ? r->end : newline;
    return (View){p, (size_t)(stop - p) - (stop > p && stop[-1] == '\r')};
}

enum { NEAREST_MAX = 10 }; /* faults that get a suggestion, which costs a look at every change */

static const char *near_change(const PlanReader *r, const char *text)
{
    SCRATCH void *scratch = mem_scratch();
    const Module *m = r->module;
    const char **names = mem_array(scratch, const char *, m->changes.n);
    for (size_t i = 0; i < m->changes.n; i++)
        names[i] = m->changes.v[i]->name;
    return text_nearest(text, names, m->changes.n);
}

/* A dependency that is not there, or only further down. */
static void missing_dependency(PlanReader *r, const Change *c, const Dependency *d)
{
    if (faults_full(&r->faults))
        return;
    bool ambiguous = false;
    const Change *later = reference_find(r->module, &d->ref, r->module->changes.n, &ambiguous);
    View line = line_text(r, d->line);
    const char *at = line.p;
    for (long column = 1; column < d->column; column++)
        at += utf8_sequence(at, line.len - (size_t)(at - line.p));
    if (later == c) {
        faults_add(&r->faults, line, d->line, at, "%s requires itself", c->name);
        return;
    }
    const char *kind = d->ref.tag != NULL && d->ref.change == NULL ? "tag" : "change";
    Fault *f = faults_add(&r->faults, line, d->line, at, "no %s %s stands before this line", kind, d->ref.text);
    bool look = later == NULL && d->ref.change != NULL && r->faults.count <= NEAREST_MAX;
    const char *near = look ? near_change(r, d->ref.change) : NULL;
    if (later != NULL)
        f->hint = mem_printf(r->faults.ctx, "it stands in line %ld: move %s down, behind it", later->line, c->name);
    else if (near != NULL && strcmp(near, c->name) != 0)
        f->hint = mem_printf(r->faults.ctx, "did you mean %s?", near);
}

/* Requires must stand before; what a change conflicts with may stand anywhere. Ids are not known yet. */
static void find_targets(PlanReader *r, const Change *c)
{
    const Module *m = r->module;
    for (size_t i = 0; i < c->dependencies.n; i++) {
        Dependency *d = &c->dependencies.v[i];
        bool ambiguous = false, own = d->ref.project == NULL || text_equal(d->ref.project, m->name);
        if (!own || d->ref.id != NULL)
            continue;
        d->target = reference_find(m, &d->ref, d->conflict ? m->changes.n : c->index, &ambiguous);
        if (d->target == NULL)
            missing_dependency(r, c, d);
    }
}

void plan_find_dependencies(PlanReader *r)
{
    for (size_t i = 0; i < r->module->changes.n; i++)
        find_targets(r, r->module->changes.v[i]);
}
