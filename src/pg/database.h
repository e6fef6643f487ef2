/* pg/database.h: making databases, and replacing them by empty ones that keep their settings.
 *
 * All of it runs in a session with another database, the maintenance database. A replacement is made whole before what it
 * replaces is dropped: it stands under another name until then, so that a failure leaves the old one as it was. A run that
 * ends between the two is finished by the next one that asks for the database. */
#ifndef PG_DATABASE_H
#define PG_DATABASE_H

#include "pg/conn.h"

typedef struct DatabaseState {
    bool there;
    bool is_template;
    bool replacement; /* one was made whole for it, or is being made */
    bool may_create;  /* may we make databases? */
    long deploying;   /* process of a server that a session deployment holds its lock with there; 0: none */
} DatabaseState;

/* Asks for it. */
bool database_state(PgConn *maintenance, const char *name, DatabaseState *state, Error *err);

/* Takes the lock under which a database of this name is made or replaced, until the session ends. ERR_LOCKED when another
 * session has it. */
bool database_lock(PgConn *maintenance, const char *name, Error *err);

/* The same in the database itself: the lock under which it is deployed to. */
bool database_lock_deployment(PgConn *conn, Error *err);

/* Makes it with the server's defaults, or puts the replacement in its place that a run before has left. ERR_LOCKED when another
 * session was faster. Under database_lock(). */
bool database_create(PgConn *maintenance, const char *name, const DatabaseState *state, Error *err);

/* Replaces it by an empty one of the same owner, encoding, locale, tablespace, connection limit, settings (also of roles within
 * it), grants, comment and labels; sessions with it are ended. Under database_lock(). */
bool database_replace(PgConn *maintenance, const char *name, const DatabaseState *state, Error *err);

#endif
