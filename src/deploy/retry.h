/* deploy/retry.h: a transaction that did not get its locks, or lost against another one, is rolled back and tried again.
 *
 *     Retry *retry = retry_new(ctx, conn, attempts);
 *     while (!(ok = run(…, err)) && retry_wanted(retry, err)) {
 *         roll back
 *         if (!retry_pause(retry, "deploying x", err))
 *             break;
 *     }
 *     retry_explain(retry, err);
 *
 * A lock that is not had in time is not waited for in the middle of a transaction: it would keep the locks that it has, and everybody
 * else would queue up behind the one that it wants. */
#ifndef DEPLOY_RETRY_H
#define DEPLOY_RETRY_H

#include "pg/conn.h"

typedef struct Retry Retry;

/* So many attempts beside the first. From now on it is looked who blocks the session, until it is freed with `ctx`; the session must
 * live longer. */
Retry *retry_new(const void *ctx, PgConn *conn, long attempts);

/* Is the failure one that may pass, the session usable, and an attempt left? */
bool retry_wanted(const Retry *retry, const Error *err);

/* Tells what failed, who was in the way and when it goes on; then clears `err`, whose texts `what` may be, and waits, longer each
 * time. False when the run must end. Behind the rollback, so that nothing is held meanwhile. */
bool retry_pause(Retry *retry, const char *what, Error *err);

/* At the end: where `err` is such a failure, adds who was in the way. */
void retry_explain(const Retry *retry, Error *err);

#endif
