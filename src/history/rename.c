/* history/rename.c: see rename.h. */
#include "history/rename.h"

#include "base/file.h"
#include "history/audit.h"
#include "history/formats.h"

#include <string.h>

enum { SCRIPT_MAX = 1024 * 1024 * 1024 };

bool history_rename_rows(History *h, const HistoryRenaming *r, const char *sql, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *params[] = {history_array(scratch, &r->ids), history_array(scratch, &r->new_ids),
                            history_array(scratch, &r->projects), history_array(scratch, &r->names),
                            history_array(scratch, &r->hashes)};
    return history_queue(h, "pgwright_rename", sql, 5, params, err);
}

bool history_rename_requires(History *h, const HistoryRenaming *r, const char *sql, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *params[] = {history_array(scratch, &r->dependents), history_array(scratch, &r->requires),
                            history_array(scratch, &r->new_requires)};
    return history_queue(h, "pgwright_rename_requires", sql, 3, params, err);
}

/* A renaming of a history in the making. */
typedef struct Maker {
    History *h;
    const Workspace *ws;
    const Renaming *r;
    Renaming back;
    Audit *audit;
    Map *seen; /* "project:name" → how many instances of it were met */
    HistoryRenaming out;
    size_t renamed;
} Maker;

/* The change of the workspace that a row is, by its new name. Histories that know changes by id have a row of the same name
 * for each instance of a reworked change, in their order. */
static const Change *change_of(Maker *k, const char *project, const char *name)
{
    SCRATCH void *scratch = mem_scratch();
    const Module *m = map_get(k->ws->by_name, project);
    char *key = mem_printf(scratch, "%s:%s", project, name);
    size_t skip = (size_t)(uintptr_t)map_get(k->seen, key);
    map_set(k->seen, key, (void *)(uintptr_t)(skip + 1));
    for (size_t i = 0; m != NULL && i < m->changes.n; i++) {
        const Change *c = m->changes.v[i];
        const char *known_as = k->h->format->identity_by_id ? c->name : c->instance;
        if (strcmp(known_as, name) == 0 && skip-- == 0)
            return c;
    }
    return NULL;
}

/* The script as it is now, when it was deployed with the old name in its header; else the hash that the row has. */
static const char *hash_of(const void *ctx, const Maker *k, const Deployed *d, const Change *c)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    DigestKind kind = k->h->format->digest;
    size_t len;
    char *hex = mem_zeroed(ctx, DIGEST_HEX_MAX, 1, "hash");
    char *text = c == NULL ? NULL : file_read(scratch, c->deploy, SCRIPT_MAX, &len, &ignored);
    error_clear(&ignored);
    if (text == NULL)
        return d->script_hash;
    char *before = rename_in_header(scratch, &k->back, c->module->name, text, len);
    digest_of(kind, before, strlen(before), hex);
    if (strcmp(hex, d->script_hash) != 0)
        return d->script_hash;
    digest_of(kind, text, len, hex);
    return hex;
}

static const char *id_of(const void *ctx, const Maker *k, const Deployed *d, const Change *c, const char *project,
                         const char *name, const char *hash)
{
    bool same = strcmp(project, d->project) == 0 && strcmp(name, d->name) == 0 && strcmp(hash, d->script_hash) == 0;
    if (k->h->format->identity_by_id)
        return c != NULL ? mem_strdup(ctx, c->id) : d->change_id;
    if (same)
        return d->change_id;
    Module m = {.name = project};
    Change named = {.instance = name, .module = &m};
    char *id = mem_zeroed(ctx, DIGEST_HEX_MAX, 1, "id");
    history_change_id(k->h->format, &named, hash, id);
    return id;
}

/* What the row says of its dependencies. Sqitch writes them as its plan does, the others as "project:name". */
static void add_dependencies(Maker *k, const void *ctx, const Deployed *d, const Change *c, const char *id)
{
    bool as_planned = k->h->format->identity_by_id;
    size_t n = !as_planned ? d->requires.n : c != NULL ? c->dependencies.n : 0;
    for (size_t i = 0; i < n; i++) {
        const char *text = as_planned ? history_dependency_text(ctx, c, &c->dependencies.v[i]) : d->requires.v[i];
        const Renaming *r = as_planned ? &k->back : k->r;
        const char *other = rename_reference(ctx, r, as_planned ? c->module->name : d->project, view_of(text));
        if (strcmp(text, other) == 0)
            continue;
        list_push(ctx, &k->out.dependents, id);
        list_push(ctx, &k->out.requires, as_planned ? other : text);
        list_push(ctx, &k->out.new_requires, as_planned ? text : other);
    }
}

static void add_tags(Maker *k, const void *ctx, const Change *c)
{
    for (size_t i = 0; c != NULL && i < c->tags.n; i++) {
        list_push(ctx, &k->out.tag_projects, c->module->name);
        list_push(ctx, &k->out.tag_names, mem_printf(ctx, "@%s", c->tags.v[i]->name));
        list_push(ctx, &k->out.tag_ids, c->tags.v[i]->id);
    }
}

static void add_row(Maker *k, const void *ctx, const Deployed *d)
{
    bool moved = !k->r->is_change && strcmp(d->project, k->r->from) == 0;
    const char *project = moved ? k->r->to : d->project;
    const char *name = rename_reference(ctx, k->r, d->project, view_of(d->name));
    const Change *c = change_of(k, project, name);
    const char *hash = hash_of(ctx, k, d, c), *id = id_of(ctx, k, d, c, project, name, hash);
    add_dependencies(k, ctx, d, c, id);
    add_tags(k, ctx, c);
    bool renamed = moved || strcmp(name, d->name) != 0;
    k->renamed += renamed;
    if (renamed)
        audit_note(k->audit, "rename", project, name, id, hash, mem_printf(ctx, "was %s:%s", d->project, d->name));
    if (!renamed && strcmp(id, d->change_id) == 0 && strcmp(hash, d->script_hash) == 0)
        return;
    list_push(ctx, &k->out.ids, d->change_id);
    list_push(ctx, &k->out.new_ids, id);
    list_push(ctx, &k->out.projects, project);
    list_push(ctx, &k->out.names, name);
    list_push(ctx, &k->out.hashes, hash);
}

static bool refuse_unsettled(const History *h, Error *err)
{
    if (h->unsettled.n == 0)
        return true;
    const Unsettled *u = &h->unsettled.v[0];
    error_set(err, ERR_DIFFERS, "%s of %s:%s was cut off outside a transaction", u->action, u->project, u->change);
    error_code(err, "UNSETTLED_CHANGE");
    error_hint(err, "settle that first: pgwright deploy tells how");
    return false;
}

static bool write_rows(Maker *k, const void *ctx, Error *err)
{
    History *h = k->h;
    const Module *m = k->r->is_change ? NULL : map_get(k->ws->by_name, k->r->to);
    for (size_t i = 0; i < h->deployed.n; i++)
        add_row(k, ctx, h->deployed.v[i]);
    if (m != NULL) {
        k->out.project = k->r->from;
        k->out.new_project = k->r->to;
        k->out.uri = m->uri;
    }
    return pg_queue_sql(h->conn, "BEGIN", err) && h->format->rename(h, &k->out, err) && audit_flush(k->audit, err) &&
           audit_end(k->audit, "done", err) && pg_queue_sql(h->conn, "COMMIT", err) && pg_wait(h->conn, err);
}

bool history_rename(History *h, const Workspace *ws, const Renaming *r, const char *command, size_t *renamed, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Maker k = {.h = h, .ws = ws, .r = r, .back = renaming_back(r), .seen = map_new(scratch)};
    *renamed = 0;
    if (!h->exists)
        return true;
    if (!refuse_unsettled(h, err) || !history_create(h, err) || !pg_wait(h->conn, err))
        return false;
    k.audit = audit_begin(scratch, h, command, err);
    bool ok = k.audit != NULL && write_rows(&k, scratch, err);
    if (!ok)
        pg_recover(h->conn);
    *renamed = k.renamed;
    return ok || error_wrap(err, "renaming in the history");
}
