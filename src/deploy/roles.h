/* deploy/roles.h: the roles that modules of a workspace grant to. Every function is idempotent; each runs in one
 * transaction. Attributes are only set where they differ, so that a role that is no superuser but has CREATEROLE can run
 * them again (manual, ALTER ROLE, of 16 and later). */
#ifndef DEPLOY_ROLES_H
#define DEPLOY_ROLES_H

#include "pg/conn.h"
#include "project/project.h"

/* anonymous, authenticated, administrator, as db.roles calls them; with `client` authenticated_client too. `ws` may be NULL:
 * the usual names. What was made is added to `made`, owned by `ctx`. */
bool roles_bootstrap(const void *ctx, PgConn *conn, const Workspace *ws, bool client, TextList *made, Error *err);

/* A login role with the rights of anonymous and authenticated. `password` NULL: none; an existing role keeps its own. */
bool roles_add(const void *ctx, PgConn *conn, const Workspace *ws, const char *name, const char *password, TextList *made,
               Error *err);

/* The two test users of db.connections: app_user, and app_admin with the rights of administrator. */
bool roles_add_test(const void *ctx, PgConn *conn, const Workspace *ws, TextList *made, Error *err);

/* Revokes these rights and drops the role. One that is not there is no error. */
bool roles_remove(PgConn *conn, const Workspace *ws, const char *name, bool *was_there, Error *err);
bool roles_remove_test(PgConn *conn, const Workspace *ws, bool *was_there, Error *err);

#endif
