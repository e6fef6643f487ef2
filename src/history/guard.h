/* history/guard.h: what makes a script for later safe: it holds the run lock, and stops at once where the history is not
 * what it was when the script was written. */
#ifndef HISTORY_GUARD_H
#define HISTORY_GUARD_H

#include "history/history.h"

/* Queues the check, which takes the run lock; the session keeps it. For a session that is recorded (pg/record.h). */
bool history_guard(History *h, Error *err);

/* Queues the end of the lock. */
bool history_guard_end(History *h, Error *err);

#endif
