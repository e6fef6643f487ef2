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

/* Notes an event; texts are copied, NULL counts as "". Nothing is sent yet. */
void audit_note(Audit *a, const char *kind, const char *project, const char *change, const char *change_id,
                const char *script_sha256, const char *detail);

/* Queues what was noted, in its order. */
bool audit_flush(Audit *a, Error *err);

/* Forgets what was noted: the transaction it told of was rolled back. */
void audit_forget(Audit *a);

/* Queues the end of the run: "done" or "failed". */
bool audit_end(Audit *a, const char *outcome, Error *err);

#endif
