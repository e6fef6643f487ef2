/* pg/record.h: a session that writes down what it would send, as a script for psql.
 *
 * Whatever runs a plan on a connection can so write it to a file instead, and what is in the file is what would have run,
 * the history with it. Prepared statements become PREPARE and EXECUTE, COPY data stands inline, every statement counts as
 * done, and no reply comes. */
#ifndef PG_RECORD_H
#define PG_RECORD_H

#include "pg/conn.h"

#include <stdio.h>

/* From now on nothing is sent: it goes to `out`. What the server is to be asked must have been asked before. */
bool pg_record(PgConn *conn, FILE *out, Error *err);

/* Is it written down rather than sent? */
bool pg_recording(const PgConn *conn);

/* A query of one row, one column of which later statements need: psql keeps it in a variable. Returns what stands for it
 * among their parameters, owned by the connection. */
const char *pg_record_value(PgConn *conn, const char *sql, int params_count, const char *const *params,
                            const char *column);

/* Lets psql print a line; nothing happens in a session that is not recorded. */
void pg_record_echo(PgConn *conn, const char *line);

/* Ends the script; statements are sent again from now on. ERR_FAILED when not all of it could be written. */
bool pg_record_end(PgConn *conn, Error *err);

#endif
