/* history/schema_state.h: what was last applied to a schema: one row for each set of schemas, beside the audit log. */
#ifndef HISTORY_SCHEMA_STATE_H
#define HISTORY_SCHEMA_STATE_H

#include "history/audit.h"

/* The format under which applied schemas stand in the audit log; no row of history_formats[], for it has no changes. */
extern const HistoryFormat history_declarative;

/* Queues the state of `schemas` ("public", "a,b", "*") after a run; `objects` is a JSON object of digests. */
bool schema_state_save(History *h, const Audit *audit, const char *schemas, const char *digest, const char *objects, Error *err);

typedef struct SchemaState {
    bool exists;
    const char *digest, *objects, *applied_at;
} SchemaState;

/* Reads it; exists is false when nothing was applied yet. Texts are owned by `ctx`. */
bool schema_state_load(const void *ctx, PgConn *conn, const char *schemas, SchemaState *state, Error *err);

#endif
