/* deploy/session/chronicle.h: what is written down of a deployment whose project asks for it: that it began, each unit that
 * it committed, how it ended; and its files, once it came to its end (history/file_history.h).
 *
 * It has a session of its own beside the deployment's: roles, settings, locks and transactions of deploy.sql are no matter
 * to what is written, nor the other way round. When deploy.sql ends that session, another one takes its place. */
#ifndef DEPLOY_SESSION_CHRONICLE_H
#define DEPLOY_SESSION_CHRONICLE_H

#include "history/file_history.h"

typedef struct ChronicleOptions {
    const char *command; /* as typed; it is redacted */
    bool (*save_state)(void *arg, History *h, const Audit *a, Error *err); /* queues what the schema looks like now */
    void *arg;
} ChronicleOptions;

typedef struct Chronicle Chronicle;

/* Begins it: what it needs is made where it is missing, its first rows are committed. `conn` holds the deployment's lock.
 * Warns of a deployment before this one that committed something and did not come to its end. ERR_CONFIG for a server that is
 * too old for it. NULL on failure; what is committed by then stands as a deployment that failed. Freed with `ctx`, as its
 * session is. */
Chronicle *chronicle_begin(const void *ctx, PgConn *conn, const Folder *folder, const char *project,
                           const ChronicleOptions *options, Error *err);

/* "17", as it stands in the audit log. */
const char *chronicle_deployment(const Chronicle *c);

/* Notes what was committed; it is sent, and not waited for. */
bool chronicle_commit(Chronicle *c, const char *what, Error *err);

/* Ends it, before the deployment's lock is given back: done, with its files and the schema's state, when `err` is empty,
 * which becomes what is wrong with writing that; else failed with that error, and what is in the way of writing it down is a
 * warning. */
bool chronicle_end(Chronicle *c, Error *err);

#endif
