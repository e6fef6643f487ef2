/* schema/desired.h: the schema that SQL files ask for: they are run in a throwaway database, and that is read.
 *
 * The database is made on a sandbox of the target's major version, or on a server that is named. Statements need not be in
 * order: one that fails because something is missing is tried again after the rest. What the files take for granted is put
 * there when they turn out to need it: roles, and the target's extensions and its other schemas. */
#ifndef SCHEMA_DESIRED_H
#define SCHEMA_DESIRED_H

#include "pg/conn.h"
#include "schema/desired_files.h"
#include "schema/script.h"

typedef struct DesiredOptions {
    WantedFiles *files;      /* their statements */
    const char *project;     /* whose sandbox is used; NULL: the user's */
    const char *server_url;  /* another server for it; NULL: the sandbox */
    TextList schemas;        /* none: all */
    PgConn *target;          /* that it is for: its version, its role, what it has */
    const Model *target_model; /* the same schemas of it */
    const char *cache;       /* folder of states that were read before; NULL: none */
} DesiredOptions;

/* NULL on failure: ERR_CONFIG with file:line:column for a statement that cannot be run. */
Model *desired_load(const void *ctx, const DesiredOptions *options, Error *err);

/* What a model would be after some statements: it is made in a throwaway database, they are run there, and that is read.
 * options->files is not looked at. */
Model *desired_after(const void *ctx, const DesiredOptions *options, const Model *model, const StatementList *statements, Error *err);

/* Must plans for this target be made on a server of another major version? Its texts differ then. Starts nothing. */
bool desired_is_foreign(const DesiredOptions *options, bool *is_foreign, Error *err);

#endif
