/* history/adopt.c: see adopt.h. */
#include "history/adopt.h"

#include "base/file.h"
#include "history/audit.h"
#include "history/record.h"
#include "sql/quote.h"

#include <string.h>

enum { SCRIPT_MAX = 1024 * 1024 * 1024 };

/* The script's hash in the kind of `to`, if the file is what the old history says was deployed. */
static bool rehash(const History *to, const History *from, const Deployed *old, char hex[DIGEST_HEX_MAX])
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    size_t len;
    char *text = old->change == NULL ? NULL : file_read(scratch, old->change->deploy, SCRIPT_MAX, &len, &ignored);
    error_clear(&ignored);
    if (text == NULL)
        return false;
    digest_of(from->format->digest, text, len, hex);
    if (strcmp(hex, old->script_hash) != 0)
        return false;
    digest_of(to->format->digest, text, len, hex);
    return true;
}

/* A stand-in for a change that no plan has, so that it can be recorded as any other. */
static Change *stand_in(const void *ctx, const Deployed *old)
{
    Module *m = mem_new(ctx, Module);
    m->name = old->project;
    m->uri = "";
    Change *c = mem_new(ctx, Change);
    *c = (Change){.name = old->name, .instance = old->name, .note = "", .stamp = {"", "", ""}, .module = m};
    for (size_t i = 0; i < sizeof c->id - 1 && old->change_id[i] != '\0'; i++)
        c->id[i] = old->change_id[i];
    return c;
}

static bool is_known(const History *to, const Change *c)
{
    return history_find(to, c) != NULL;
}

/* Tags of the plan that the old history has too. */
static TagList adopted_tags(const void *ctx, const Deployed *old, const Change *c)
{
    TagList tags = {0};
    for (size_t i = 0; i < c->tags.n; i++)
        for (size_t t = 0; t < old->tags.n; t++)
            if (strcmp(old->tags.v[t], c->tags.v[i]->name) == 0)
                list_push(ctx, &tags, c->tags.v[i]);
    return tags;
}

static DeployRecord adopt_row(const void *ctx, const History *to, const History *from, const Deployed *old, Change *c,
                              Audit *audit, AdoptCounts *n)
{
    char hash[DIGEST_HEX_MAX], id[DIGEST_HEX_MAX];
    char *kept;
    if (rehash(to, from, old, hash)) {
        kept = mem_strdup(ctx, hash);
    } else {
        kept = mem_printf(ctx, "%s:%s", from->format->digest == DIGEST_SHA1 ? "sha1" : "sha256", old->script_hash);
        list_push(ctx, &n->notes, mem_printf(ctx, "%s:%s: %s", old->project, old->name,
                                             old->change == NULL ? "no plan has it" : "its script is not what was deployed"));
    }
    history_change_id(to->format, c, kept, id);
    audit_note(audit, "adopt", old->project, c->instance, id, kept, mem_printf(ctx, "deployed %s by %s", old->at, old->by));
    n->adopted++;
    return (DeployRecord){.change = c, .script_hash = kept, .tags = adopted_tags(ctx, old, c)};
}

static bool record_project(History *to, Map *projects, const Change *c, Error *err)
{
    if (to->format->record_project == NULL || map_has(projects, c->module->name))
        return true;
    map_set(projects, c->module->name, to);
    return to->format->record_project(to, c->module, err);
}

static bool copy_rows(const void *ctx, History *to, const History *from, Audit *audit, AdoptCounts *n, Error *err)
{
    Map *projects = map_new(ctx);
    DeployRecordList records = {0};
    for (size_t i = 0; i < from->deployed.n; i++) {
        const Deployed *old = from->deployed.v[i];
        Change *c = old->change != NULL ? old->change : stand_in(ctx, old);
        if (is_known(to, c)) {
            n->known++;
            continue;
        }
        if (!record_project(to, projects, c, err))
            return false;
        list_push(ctx, &records, adopt_row(ctx, to, from, old, c, audit, n));
    }
    return record_deployed(to, &records, err);
}

static bool copy_all(const void *ctx, History *to, const History *from, const char *command, AdoptCounts *n, Error *err)
{
    if (!history_create(to, err) || !pg_wait(to->conn, err))
        return false;
    Audit *audit = audit_begin(ctx, to, command, err);
    bool ok = audit != NULL && pg_queue_sql(to->conn, "BEGIN", err) && copy_rows(ctx, to, from, audit, n, err) &&
              audit_flush(audit, err) && audit_end(audit, "done", err) && pg_queue_sql(to->conn, "COMMIT", err) &&
              pg_wait(to->conn, err);
    if (!ok)
        pg_recover(to->conn);
    return ok;
}

static void count_pending(const History *to, const Workspace *ws, AdoptCounts *n)
{
    for (size_t m = 0; m < ws->modules.n; m++)
        for (size_t i = 0; i < ws->modules.v[m]->changes.n; i++)
            n->pending += history_find(to, ws->modules.v[m]->changes.v[i]) == NULL;
}

bool adopt_history(const void *ctx, History *to, const HistoryFormat *format, Workspace *ws, const char *command,
                   AdoptCounts *n, Error *err)
{
    History *from = history_open(ctx, to->conn, format, NULL, err);
    if (from == NULL)
        return false;
    if (!from->exists) {
        error_set(err, ERR_CONFIG, "there is no history of %s in %s (schema %s)", format->name, pg_dbname(to->conn),
                  from->schema);
        return false;
    }
    if (!history_load(from, err))
        return false;
    history_match(from, ws);
    if (!copy_all(ctx, to, from, command, n, err) || !history_load(to, err))
        return error_wrap(err, "taking over the history of %s", format->name);
    history_match(to, ws);
    count_pending(to, ws, n);
    return true;
}

bool adopt_drop_unique_hash(History *h, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PGresult *r = pg_query(scratch, h->conn,
                           "SELECT conname FROM pg_catalog.pg_constraint"
                           " WHERE conrelid = pg_catalog.to_regclass(pg_catalog.format('%I.changes', $1::text))"
                           "   AND contype = 'u' AND pg_catalog.pg_get_constraintdef(oid) ~ 'script_hash'",
                           1, &h->schema, err);
    if (r == NULL)
        return false;
    for (int i = 0; i < PQntuples(r); i++) {
        char *sql = mem_printf(scratch, "ALTER TABLE %s DROP CONSTRAINT %s", sql_qualified(scratch, h->schema, "changes"),
                               sql_ident(scratch, PQgetvalue(r, i, 0)));
        if (pg_query(scratch, h->conn, sql, 0, NULL, err) == NULL)
            return error_wrap(err, "upgrading schema %s", h->schema);
    }
    return true;
}
