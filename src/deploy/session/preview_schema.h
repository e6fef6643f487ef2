/* deploy/session/preview_schema.h: what a deployment makes of the schema: read before its first statement and behind its last.
 *
 * That behind it is read within the transaction that is rolled back; what the reading itself locks and sets is given back at
 * once, and the marks have told by then. */
#ifndef DEPLOY_SESSION_PREVIEW_SCHEMA_H
#define DEPLOY_SESSION_PREVIEW_SCHEMA_H

#include "deploy/session/preview.h"

/* Reads what is there before, where the preview wants it and the server is one that it can be read of (from 14). */
bool preview_schema_before(Preview *p, PgConn *conn, Error *err);

/* Reads what is there behind it, and finds the difference: PreviewResult.schema. */
bool preview_schema_after(Preview *p, PgConn *conn, Error *err);

#endif
