/* project/planfile.c: see planfile.h.
 *
 * A plan is read twice: its lines into changes and tags, then the dependencies of every change (plandeps.c), so that one
 * that stands further down can be told from one that is not there. */
#include "project/planfile.h"

#include "project/identity.h"
#include "project/planreader.h"
#include "project/reference.h"

#include <string.h>

static void read_pragma(PlanReader *r, View line)
{
    const char *p = line.p + 1, *end = line.p + line.len;
    plan_cut_note(r, p, &end);
    const char *equals = memchr(p, '=', (size_t)(end - p));
    View name = view_trim((View){p, (size_t)((equals == NULL ? end : equals) - p)});
    View value = equals == NULL ? (View){"", 0} : view_trim((View){equals + 1, (size_t)(end - equals - 1)});
    if (name.len == 0 || memchr(name.p, ' ', name.len) != NULL)
        PLAN_FAULT(r, line.p, "not a pragma: %%name=value is expected");
    else if (view_is(name, "project"))
        r->module->name = pool_text(&r->pool, value);
    else if (view_is(name, "uri"))
        r->module->uri = pool_text(&r->pool, value);
    else if (view_is(name, "syntax-version") && !view_is(value, "1.0.0"))
        PLAN_FAULT(r, value.len > 0 ? value.p : line.p, "this syntax version is not one that is known; 1.0.0 is");
}

/* The line that a tag of this change stands in. */
static long tag_line(const Change *change, const char *name)
{
    for (size_t i = 0; i < change->tags.n; i++)
        if (strcmp(change->tags.v[i]->name, name) == 0)
            return change->tags.v[i]->line;
    return change->line;
}

/* What a tag marks: the change above it, or in pgpm's long form the change that is named before the stamp. NULL with a
 * fault. *p moves to the stamp. */
static Change *tagged_change(PlanReader *r, const char **p, const char *end)
{
    const Module *m = r->module;
    const char *after = *p;
    View word = plan_next_word(&after, end);
    Change *change = m->changes.n > 0 ? m->changes.v[m->changes.n - 1] : NULL;
    if (r->lenient && word.len > 0 && !plan_is_timestamp(word)) {
        change = map_get(m->by_name, plan_keep(r, word));
        *p = after;
        if (change == NULL)
            PLAN_FAULT(r, word.p, "no change of this name stands before the tag");
    } else if (change == NULL) {
        PLAN_FAULT(r, r->line.p, "a tag must follow a change");
    }
    return change;
}

/* "@name STAMP", or pgpm's "@name change STAMP". */
static void read_tag(PlanReader *r, View line)
{
    Module *m = r->module;
    const char *p = line.p, *end = line.p + line.len;
    View note = plan_cut_note(r, p, &end);
    View word = plan_next_word(&p, end);
    const char *wrong = name_fault((View){word.p + 1, word.len - 1}, true);
    if (wrong != NULL) {
        PLAN_FAULT(r, line.p, "not a name for a tag: %s", wrong);
        return;
    }
    Change *change = tagged_change(r, &p, end);
    const char *key = plan_keep(r, word);
    const Change *first = map_get(m->by_name, key);
    if (change == NULL)
        return;
    if (first != NULL) {
        PLAN_FAULT(r, line.p + 1, "the tag %s stands here twice", key)->detail =
            mem_printf(r->faults.ctx, "it stands in line %ld already", tag_line(first, key + 1));
        return;
    }
    Stamp stamp;
    plan_read_stamp(r, p, end, !r->reading->format->bare_tags, &stamp); /* else: it stays, for others require it */
    Tag *tag = pool_take(&r->pool, sizeof *tag);
    *tag = (Tag){.name = key + 1, .note = plan_keep_note(r, note), .stamp = stamp, .change = change, .line = r->number};
    list_push(m, &change->tags, tag);
    list_push(m, &m->tags, tag);
    map_set(m->by_name, key, change);
    r->section = m->changes.n;
}

static View change_name(const char **p, const char *end)
{
    const char *from = *p;
    while (*p < end && !plan_is_blank(**p) && **p != '[')
        (*p)++;
    return (View){from, (size_t)(*p - from)};
}

static void add_change(PlanReader *r, Change *change)
{
    Module *m = r->module;
    change->index = m->changes.n;
    change->earlier = map_get(m->by_name, change->name);
    list_push(m, &m->changes, change);
    map_set(m->by_name, change->name, change);
}

/* The name of a change that this line may add; NULL with a fault. */
static const char *new_name(PlanReader *r, View name)
{
    const char *wrong = name_fault(name, false);
    if (wrong != NULL) {
        PLAN_FAULT(r, name.p, "not a name for a change: %s", wrong);
        return NULL;
    }
    const char *kept = plan_keep(r, name);
    const Change *newest = map_get(r->module->by_name, kept);
    if (newest == NULL || newest->index < r->section)
        return kept;
    PLAN_FAULT(r, name.p, "the change %s stands here twice; to rework it, put a tag between", kept)->detail =
        mem_printf(r->faults.ctx, "it stands in line %ld already", newest->line);
    return NULL;
}

static void read_change(PlanReader *r, View line)
{
    const char *p = line.p, *end = line.p + line.len;
    View note = plan_cut_note(r, p, &end);
    if (!r->lenient && p < end && *p == '-') {
        PLAN_FAULT(r, p, "a planned revert (-): no tool runs these; revert the change instead");
        return;
    }
    if (!r->lenient && p < end && *p == '+')
        p = plan_skip_blanks(p + 1, end);
    const char *name = new_name(r, change_name(&p, end));
    if (name == NULL)
        return;
    Change *change = pool_take(&r->pool, sizeof *change);
    *change = (Change){.name = name, .instance = name, .module = r->module, .line = r->number};
    change->stamp = (Stamp){"", "", ""};
    if (plan_read_dependencies(r, change, &p, end))
        plan_read_stamp(r, p, end, !r->lenient, &change->stamp);
    change->note = plan_keep_note(r, note);
    add_change(r, change); /* also when it is not whole: others may require it */
}

static bool check_bytes(PlanReader *r)
{
    size_t n = utf8_valid(r->line);
    const char *at = r->line.p + n;
    if (n < r->line.len)
        PLAN_FAULT(r, at, *at == '\0' ? "a NUL byte" : "invalid UTF-8")->hint = "save the file as UTF-8";
    return n == r->line.len;
}

static void read_line(PlanReader *r)
{
    View line = view_trim(r->line);
    if (!check_bytes(r))
        return;
    if (line.len == 0) {
        r->in_header = false;
        return;
    }
    if (line.p[0] == '#')
        return;
    if (line.p[0] == '%' && (r->in_header || r->lenient))
        read_pragma(r, line);
    else if (r->in_header && !r->lenient)
        PLAN_FAULT(r, line.p, "a pragma (%%name=value) is expected: a blank line must stand before the first change");
    else if (line.p[0] == '@')
        read_tag(r, line);
    else
        read_change(r, line);
}

static void check_project(PlanReader *r)
{
    const char *name = r->module->name;
    const char *wrong = name == NULL ? "it is missing" : name_fault(view_of(name), false);
    bool is_unnamed = r->lenient && name != NULL && name[0] == '\0';
    if (wrong != NULL && !is_unnamed)
        faults_add(&r->faults, (View){"", 0}, r->number > 0 ? 1 : 0, NULL, "%%project is not usable: %s", wrong);
}

static void read_lines(PlanReader *r)
{
    const char *p = r->text;
    if (r->end - p >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
        p += 3;
    while (p < r->end) {
        const char *newline = memchr(p, '\n', (size_t)(r->end - p));
        const char *stop = newline == NULL ? r->end : newline;
        r->line = (View){p, (size_t)(stop - p) - (stop > p && stop[-1] == '\r')};
        r->number++;
        read_line(r);
        p = newline == NULL ? r->end : newline + 1;
    }
}

bool planfile_parse(Module *m, const PlanReading *reading, const char *text, size_t len, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PlanReader r = {.module = m,
                    .reading = reading,
                    .lenient = reading->format->lenient,
                    .faults = {.ctx = scratch, .path = reading->path, .code = "PLAN_PARSE_ERROR"},
                    .pool = {.owner = m},
                    .text = text,
                    .end = text + len,
                    .copy = mem_resize(m, NULL, 1, len + 1),
                    .in_header = true};
    m->uri = "";
    m->by_name = map_new(m);
    if (len > 0)
        memcpy(r.copy, text, len);
    r.copy[len] = '\0';
    read_lines(&r);
    check_project(&r);
    if (!reading->syntax_only)
        plan_find_dependencies(&r);
    return faults_tell(&r.faults, err);
}

/* One that is not found is looked for in the history: ids name changes of any project. */
static void find_ids(const Module *m, const Change *c)
{
    for (size_t i = 0; i < c->dependencies.n; i++)
        if (c->dependencies.v[i].ref.id != NULL)
            c->dependencies.v[i].target = map_get(m->by_name, c->dependencies.v[i].ref.id);
}

void planfile_finish(Module *m)
{
    identity_module(m);
    for (size_t i = 0; i < m->changes.n; i++)
        map_set(m->by_name, m->changes.v[i]->id, m->changes.v[i]);
    for (size_t i = 0; i < m->changes.n; i++)
        find_ids(m, m->changes.v[i]);
}
