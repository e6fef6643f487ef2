/* deploy/session/alone.h: a file whose statements run one by one, outside of any transaction of ours.
 *
 * pgwright_deploy_files() comes to such a file, writes down that it is next, hands it over, and ends; the program runs it and calls
 * the procedure again. How far the file is stands in pgwright.session_files: with each statement that a transaction takes, in its
 * own; of others before they begin and behind them, so that a run that is cut off in between leaves behind where it stood. */
#ifndef DEPLOY_SESSION_ALONE_H
#define DEPLOY_SESSION_ALONE_H

#include "deploy/session/fault.h"

#define STATE_HANDED_OVER "PGW04" /* of the message in which the procedure hands a file over */

/* The path in such a message; NULL when it is none. */
const char *alone_path(const void *ctx, const char *message);

/* Runs the file of the message from the statement on that is next; `marked`: with marks for a preview. `fault`: what is known of the
 * CALL; errors are placed in the file.
 * ERR_SQL also when the file ends within a transaction that it began; ERR_VERIFY when an index that it built is invalid. */
bool alone_run(PgConn *conn, const char *message, bool marked, const Fault *fault, Error *err);

#endif
