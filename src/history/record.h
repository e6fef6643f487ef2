/* history/record.h: the rows of deployed changes, many with one statement.
 *
 * Callers queue them right before the COMMIT of the transaction that the changes were made in: a thousand changes cost a
 * few statements, and their rows are there exactly when they are. */
#ifndef HISTORY_RECORD_H
#define HISTORY_RECORD_H

#include "history/history.h"

/* A change that was deployed. */
struct DeployRecord {
    const Change *change;
    const char *script_hash; /* as the history stores it */
    TagList tags;            /* recorded with it */
    int64_t at;              /* when, in µs since 1970 on the server's clock; 0: when its row is written */
};
typedef LIST(DeployRecord) DeployRecordList;

/* A change as it is in its plan, with all its tags. */
DeployRecord record_of(const Change *change, const char *script_hash, int64_t at);

/* Queues the rows of `records` and of their tags, in this order. */
bool record_deployed(History *h, const DeployRecordList *records, Error *err);

/* After record_deployed() or what was queued behind it failed, and before the rollback: which change do the tables refuse?
 * Writes the rows once more, each by itself. The first that fails is returned and `err` becomes its error; NULL when none
 * does. The transaction is good for nothing then but to be rolled back. */
const Change *record_find_refused(History *h, const DeployRecordList *records, Error *err);

/* The server's clock as DeployRecord has it: one statement, prepared once. */
extern const char RECORD_CLOCK_SQL[];

#endif
