/* history/audit.h: the audit log, schema pgwright: one row per run, and an append-only chain of events.
 *
 * Events are collected in memory and queued with audit_flush() right before the transaction they belong to commits, so
 * that they are there exactly when what they tell of is, and the chain's lock is held for a moment only. */
#ifndef HISTORY_AUDIT_H
#define HISTORY_AUDIT_H

#include "history/history.h"

typedef struct Audit Audit;

/* Begins a run: its row is committed at once. `command` as typed, redacted. */
Audit *audit_begin(const void *ctx, History *h, const char *command, Error *err);

/* The run's deployment_id, owned by the audit. */
const char *audit_deployment(const Audit *a);

/* Notes an event; texts are copied, NULL counts as "". Nothing is sent yet. */
void audit_note(Audit *a, const char *kind, const char *project, const char *change, const char *change_id,
                const char *script_sha256, const char *detail);

/* Queues what was noted, in its order. */
bool audit_flush(Audit *a, Error *err);

/* Forgets what was noted: the transaction it told of was rolled back. */
void audit_forget(Audit *a);

/* Queues the end of the run: "done" or "failed". */
bool audit_end(Audit *a, const char *outcome, Error *err);

/* Reading it. */
typedef struct AuditEvent {
    long seq, deployment_id;
    const char *at, *kind, *history, *project, *change, *detail, *role, *command, *digest;
} AuditEvent;
typedef LIST(AuditEvent) AuditEventList;

/* Is there an audit log in this database? */
bool audit_exists(const void *ctx, PgConn *conn, bool *exists, Error *err);

/* The newest `limit` events, newest first. */
bool audit_list(const void *ctx, PgConn *conn, long limit, AuditEventList *out, Error *err);

typedef struct AuditProof {
    long events;
    const char *head;    /* SHA-256 of the last event, hex; keep it elsewhere to find a cut-off end too */
    TextList problems;   /* "event 7: its content was changed" */
} AuditProof;

/* Computes every digest anew, by the server's own sha256(). */
bool audit_prove(const void *ctx, PgConn *conn, AuditProof *proof, Error *err);

#endif
