/* deploy/settle.c: deciding a change that was cut off outside a transaction; see run.h. */
#include "deploy/run.h"
#include "history/record.h"

#include <string.h>

static const Unsettled *find_unsettled(const History *h, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < h->unsettled.n; i++) {
        const Unsettled *u = &h->unsettled.v[i];
        if (strcmp(name, u->change) == 0 || strcmp(name, mem_printf(scratch, "%s:%s", u->project, u->change)) == 0)
            return u;
    }
    error_set(err, ERR_USAGE, "%s was not cut off: there is nothing to settle", name);
    return NULL;
}

/* What the history must hold: the change when it is there, nothing when it is not. */
static bool record(History *h, Workspace *ws, const Unsettled *u, bool deployed, Audit *audit, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Change *c = workspace_change(ws, map_get(ws->by_name, u->project), mem_printf(scratch, "%s:%s", u->project, u->change), err);
    if (c == NULL)
        return false;
    Deployed *row = history_find(h, c);
    SqlSummary summary;
    SqlScriptOptions so = plan_script_options(ws, c, NULL);
    if (deployed == (row != NULL))
        return true;
    if (row != NULL)
        return h->format->record_revert(h, row, err);
    if (!sql_script_summarize(scratch, c->deploy, &so, &summary, err))
        return false;
    if (h->format->record_project != NULL && !h->format->record_project(h, c->module, err))
        return false;
    const char *hash = h->format->digest == DIGEST_SHA1 ? summary.sha1 : summary.sha256;
    char id[DIGEST_HEX_MAX];
    history_change_id(h->format, c, hash, id);
    audit_note(audit, "deploy", u->project, u->change, id, summary.sha256, "settled by hand");
    DeployRecordList records = {0};
    list_push(scratch, &records, record_of(c, hash, 0));
    return record_deployed(h, &records, err);
}

bool deploy_settle(History *h, Workspace *ws, const char *name, bool deployed, const char *command, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const Unsettled *u = find_unsettled(h, name, err);
    if (u == NULL || !history_create(h, err) || !pg_wait(h->conn, err))
        return false;
    Audit *audit = audit_begin(scratch, h, command, err);
    bool ok = audit != NULL && pg_queue_sql(h->conn, "BEGIN", err) && record(h, ws, u, deployed, audit, err);
    if (ok)
        audit_note(audit, "settle", u->project, u->change, "", "", deployed ? "deployed" : "pending");
    ok = ok && audit_flush(audit, err) && audit_end(audit, "done", err) && pg_queue_sql(h->conn, "COMMIT", err) &&
         pg_wait(h->conn, err);
    if (!ok)
        pg_recover(h->conn);
    return ok || error_wrap(err, "settling %s", name);
}
