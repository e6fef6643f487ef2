/* deploy/unfinished.h: indexes whose build, beside those who write, did not come to its end.
 *
 * Such an index costs every writer its share and helps nobody; and CREATE INDEX … IF NOT EXISTS is content with it. */
#ifndef DEPLOY_UNFINISHED_H
#define DEPLOY_UNFINISHED_H

#include "pg/conn.h"

typedef enum IndexState { INDEX_NONE, INDEX_VALID, INDEX_INVALID, INDEX_IN_BUILD } IndexState;

/* The index that a statement builds while others write, as SQL names it; NULL for all other statements. */
const char *unfinished_index(const void *ctx, const char *sql);

/* How it is with an index now. Also INDEX_NONE when there is no telling. */
IndexState unfinished_state(PgConn *conn, const char *index);

/* Behind a build that failed for `why`: drops its index if that is invalid, and tells. Where it cannot be had now, it stays. One that
 * was there before is not ours. True when none is left behind. */
bool unfinished_drop(PgConn *conn, const char *sql, const Error *why);

#endif
