/* pg/failure.h: why a connection could not be made: whether that passes, and what to do about it.
 *
 * By the server's SQLSTATE where it said one, else by libpq's words for what the network did. */
#ifndef PG_FAILURE_H
#define PG_FAILURE_H

#include "base/error.h"

#include <libpq-fe.h>

/* Before the connection is made: lets libpq tell SQLSTATEs of failures in its messages. */
void failure_expect(PGconn *pq);

/* Fills `err` from libpq's message of a failed connection: ERR_CONNECTION, SQLSTATE, one line of cause, one of remedy, the
 * rest as detail. Returns false. */
bool failure_set(PGconn *pq, Error *err);

/* The same from the message's text. */
bool failure_set_text(const char *message, Error *err);

/* May the same attempt succeed in a moment? */
bool failure_is_passing(const Error *err);

#endif
