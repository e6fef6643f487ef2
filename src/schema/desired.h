/* schema/desired.h: the schema that SQL files ask for: they are run in a throwaway database, and that is read.
 *
 * The database is made on a sandbox of the target's major version, or on a server that is named. Statements need not be in
 * order: one that fails because something is missing is tried again after the rest. What the files take for granted is put
 * there when they turn out to need it: roles, and the target's extensions and its other schemas. */
#ifndef SCHEMA_DESIRED_H
#define SCHEMA_DESIRED_H

#include "pg/conn.h"
#include "schema/model.h"

typedef struct DesiredOptions {
    const char *file;        /* main file; what it includes must lie in its folder */
    const char *project;     /* whose sandbox is used; NULL: the user's */
    const char *server_url;  /* another server for it; NULL: the sandbox */
    TextList schemas;        /* none: all */
    PgConn *target;          /* that it is for: its version, its role, what it has */
    const Model *target_model; /* the same schemas of it */
    const char *cache;       /* folder of states that were read before; NULL: none */
} DesiredOptions;

/* NULL on failure: ERR_NO_PROJECT when the file is not there, ERR_CONFIG with file:line:column for a statement that cannot be
 * run. */
Model *desired_load(const void *ctx, const DesiredOptions *options, Error *err);

#endif
