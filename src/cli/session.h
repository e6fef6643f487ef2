/* cli/session.h: what most commands need first: the project, the modules that were asked for, the database, its history. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "cli/command.h"
#include "history/history.h"
#include "pg/conn.h"
#include "project/project.h"

typedef struct Session {
    Workspace *ws;
    ModuleList modules;   /* asked for */
    const char *target;   /* the part behind the colon of a MODULE:CHANGE argument; NULL */
    PgConn *conn;
    History *history;
    Map *variables;       /* of --set and the configuration: name → const char * */
} Session;

/* Reads the project and finds the modules: the argument, --package, --workspace, or the module that we are in. */
bool session_project(Session *s, Invocation *inv, Error *err);

/* The project without choosing modules. */
bool session_workspace(Session *s, Invocation *inv, Error *err);

/* Connects: --url, --sandbox, the other connection flags, PG*. With `createdb` the database is made if it is missing. */
bool session_connect(Session *s, Invocation *inv, bool createdb, Error *err);

/* Opens the history of the modules' format (or --history), and reads it; under the run lock when `lock`. */
bool session_history(Session *s, Invocation *inv, bool lock, Error *err);

/* All of these. */
bool session_open(Session *s, Invocation *inv, bool lock, Error *err);

/* The change that --NAME (or the argument's part behind the colon) names; *change NULL when it is not given. */
bool session_change(Session *s, Invocation *inv, const char *flag, Change **change, Error *err);

/* What the flags say of every server that the command speaks to: how long to wait, and the password. */
void session_limits(const Invocation *inv, PgTarget *target);

/* Where the connection flags lead. */
bool session_target(Session *s, Invocation *inv, PgTarget *target, Error *err);

/* The session's variables and those of one more flag, which win. Owned by `inv`. */
Map *session_variables(const Session *s, Invocation *inv, const char *flag);

/* Was a database named on the command line? Commands that write files ask one only then. */
bool session_names_database(const Invocation *inv);

/* What was typed, for the audit log. Owned by `inv`. */
const char *session_command_line(Invocation *inv);

#endif
