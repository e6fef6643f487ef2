/* schema/load.h: reads the model of a database. */
#ifndef SCHEMA_LOAD_H
#define SCHEMA_LOAD_H

#include "pg/conn.h"
#include "schema/model.h"

/* Reads some schemas (none named: all) in one transaction that sees one state: a fixed number of queries, whatever the size
 * of the database, sent in one go. Names are rendered relative to the one schema that was asked for, and in full when there are
 * several. Lasting state is not touched. NULL on failure. */
Model *schema_load(const void *ctx, PgConn *conn, const TextList *schemas, Error *err);

/* The same with all names in full, also where one schema was asked for. Such a model is for dumps: it cannot be compared with
 * others of one schema. */
Model *schema_load_qualified(const void *ctx, PgConn *conn, const TextList *schemas, Error *err);

/* The same within the transaction that is open, as it sees it: with what it has changed itself. What the reading locks and
 * sets is given back; the role is that of the session, whichever was set. */
Model *schema_load_here(const void *ctx, PgConn *conn, const TextList *schemas, Error *err);

/* Condition on a schema's name, as the queries use it: those that were asked for, or all but pgwright's own. */
char *schema_condition(const void *ctx, const TextList *schemas);

#endif
