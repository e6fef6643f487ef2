/* deploy/extension.h: native extensions that modules ask for. */
#ifndef DEPLOY_EXTENSION_H
#define DEPLOY_EXTENSION_H

#include "pg/conn.h"
#include "project/project.h"

/* Queues CREATE EXTENSION IF NOT EXISTS … CASCADE, in the schema and with the grants that `provided` (may be NULL) asks
 * for; role names are mapped by the workspace's db.roles. */
bool extension_create(PgConn *conn, const char *name, const ExtensionUse *provided, const Workspace *ws, Error *err);

/* Queues DROP EXTENSION … RESTRICT. */
bool extension_drop(PgConn *conn, const char *name, Error *err);

#endif
