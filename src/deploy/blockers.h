/* deploy/blockers.h: who stands in a session's way.
 *
 * Once a lock was not had in time the server has forgotten whom it was waited for. So a second session looks while the first one
 * waits; it is opened when a reply does not come for a while, and where it cannot be had nothing is known. */
#ifndef DEPLOY_BLOCKERS_H
#define DEPLOY_BLOCKERS_H

#include "base/list.h"
#include "pg/conn.h"

typedef struct Blockers Blockers;

/* Watches until it is freed with `ctx`, which must be before the session is. */
Blockers *blockers_watch(const void *ctx, PgConn *conn);

/* Looks sooner from now on: there was a wait too short to be seen. */
void blockers_hurry(Blockers *blockers);

/* Whom the session waited for when it was looked at last, a line each: "pid 4711 (role app, psql, idle in transaction, …) holds
 * ACCESS SHARE on people; wanted: ACCESS EXCLUSIVE". Valid until the session waits again. */
const TextList *blockers_seen(const Blockers *blockers);

#endif
