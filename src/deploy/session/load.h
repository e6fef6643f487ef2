/* deploy/session/load.h: makes the session that deploy.sql runs in: the lock, the tables with the project in them, the
 * contract's views and functions, the parameters as settings. One message and its COPY data; so three round trips. */
#ifndef DEPLOY_SESSION_LOAD_H
#define DEPLOY_SESSION_LOAD_H

#include "deploy/session/drive.h"
#include "project/session/tests.h"

typedef struct Load {
    const DriveOptions *options;
    const char *driver_path; /* of deploy.sql, as messages name it; NULL: the macros stand nowhere */
    const TestTree *tests;
    const MacroList *macros;
    View tail;          /* of deploy.sql, macros blanked: its syntax is checked beforehand; len 0: there is none */
    bool **matches;     /* of each macro: which of the tests' scripts it asks for; filled; NULL: all */
} Load;

/* ERR_LOCKED when another deployment of this database runs; ERR_SQL in deploy.sql for a macro's pattern that is no regular
 * expression and for what the server cannot parse in the tail. The lock is the caller's to give back, also on failure. */
bool session_load(const void *ctx, PgConn *conn, Load *load, Error *err);

#endif
