/* history/audit.c: see audit.h. */
#include "history/audit.h"

#include "base/log.h"
#include "history_sql.h"
#include "pg/record.h"

#include <string.h>
#include <unistd.h>

enum { BATCH = 500, COLUMNS = 6 };

/* Events that go with one statement, as the arrays that it takes. */
typedef struct Batch {
    Str columns[COLUMNS]; /* kind, project, change, change_id, script_sha256, detail */
    size_t n;
} Batch;

struct Audit {
    History *history;
    const char *deployment_id;
    LIST(Batch) batches;
    void *notes; /* owns them */
};

Audit *audit_begin(const void *ctx, History *h, const char *command, Error *err)
{
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    Audit *a = mem_new(ctx, Audit);
    const char *params[] = {redact(a, command), h->format->name, host, PGWRIGHT_VERSION};
    a->history = h;
    a->notes = talloc_new(a);
    if (pg_recording(h->conn)) {
        a->deployment_id = pg_record_value(h->conn, history_audit_begin_sql, 4, params, "deployment_id");
        return a;
    }
    PGresult *r = pg_query(a, h->conn, history_audit_begin_sql, 4, params, err);
    if (r == NULL) {
        error_wrap(err, "writing the audit log");
        history_explain(h, err);
        return NULL;
    }
    a->deployment_id = mem_strdup(a, PQgetvalue(r, 0, 0));
    return a;
}

const char *audit_deployment(const Audit *a)
{
    return a->deployment_id;
}

static Batch *open_batch(Audit *a)
{
    if (a->batches.n == 0 || a->batches.v[a->batches.n - 1].n == BATCH) {
        Batch b = {0};
        for (size_t i = 0; i < COLUMNS; i++)
            b.columns[i] = str_new(a->notes);
        list_push(a->notes, &a->batches, b);
    }
    return &a->batches.v[a->batches.n - 1];
}

void audit_note(Audit *a, const char *kind, const char *project, const char *change, const char *change_id,
                const char *script_sha256, const char *detail)
{
    const char *values[COLUMNS] = {kind, project, change, change_id, script_sha256, detail};
    Batch *b = open_batch(a);
    for (size_t i = 0; i < COLUMNS; i++)
        history_array_add(&b->columns[i], values[i] != NULL ? values[i] : "");
    b->n++;
}

static bool flush_batch(Audit *a, Batch *b, Error *err)
{
    const char *params[2 + COLUMNS] = {a->deployment_id, a->history->format->name};
    for (size_t i = 0; i < COLUMNS; i++)
        params[2 + i] = history_array_end(&b->columns[i]);
    return history_queue(a->history, "pgwright_audit", history_audit_events_sql, 2 + COLUMNS, params, err);
}

bool audit_flush(Audit *a, Error *err)
{
    for (size_t i = 0; i < a->batches.n; i++)
        if (!flush_batch(a, &a->batches.v[i], err))
            return error_wrap(err, "writing the audit log");
    audit_forget(a);
    return true;
}

void audit_forget(Audit *a)
{
    talloc_free(a->notes);
    a->notes = talloc_new(a);
    memset(&a->batches, 0, sizeof a->batches);
}

bool audit_end(Audit *a, const char *outcome, Error *err)
{
    const char *params[] = {a->deployment_id, outcome};
    return history_queue(a->history, "pgwright_audit_end", history_audit_end_sql, 2, params, err);
}

bool audit_exists(const void *ctx, PgConn *conn, bool *exists, Error *err)
{
    PGresult *r = pg_query(ctx, conn, "SELECT pg_catalog.to_regclass('pgwright.events') IS NOT NULL", 0, NULL, err);
    *exists = r != NULL && PQgetvalue(r, 0, 0)[0] == 't';
    return r != NULL;
}

static long number_at(const PGresult *r, int row, int column)
{
    long n = 0;
    text_to_long(PQgetvalue(r, row, column), 0, 0x7fffffffffffffff, &n);
    return n;
}

bool audit_list(const void *ctx, PgConn *conn, long limit, AuditEventList *out, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *params[] = {mem_printf(scratch, "%ld", limit)};
    PGresult *r = pg_query(ctx, conn, history_audit_list_sql, 1, params, err);
    if (r == NULL)
        return error_wrap(err, "reading the audit log");
    for (int i = 0; i < PQntuples(r); i++)
        list_push(ctx, out,
                  (AuditEvent){.seq = number_at(r, i, 0),
                               .at = PQgetvalue(r, i, 1),
                               .kind = PQgetvalue(r, i, 2),
                               .history = PQgetvalue(r, i, 3),
                               .project = PQgetvalue(r, i, 4),
                               .change = PQgetvalue(r, i, 5),
                               .detail = PQgetvalue(r, i, 6),
                               .role = PQgetvalue(r, i, 7),
                               .deployment_id = number_at(r, i, 8),
                               .command = PQgetvalue(r, i, 9),
                               .digest = PQgetvalue(r, i, 10)});
    return true;
}

bool audit_prove(const void *ctx, PgConn *conn, AuditProof *proof, Error *err)
{
    *proof = (AuditProof){0};
    PGresult *broken = pg_query(ctx, conn, history_audit_verify_sql, 0, NULL, err);
    PGresult *head = broken == NULL ? NULL : pg_query(ctx, conn, history_audit_head_sql, 0, NULL, err);
    if (head == NULL)
        return error_wrap(err, "reading the audit log");
    for (int i = 0; i < PQntuples(broken); i++)
        list_push(ctx, &proof->problems,
                  mem_printf(ctx, "event %s: %s", PQgetvalue(broken, i, 0), PQgetvalue(broken, i, 1)));
    proof->events = number_at(head, 0, 0);
    proof->head = PQgetvalue(head, 0, 1);
    return true;
}
