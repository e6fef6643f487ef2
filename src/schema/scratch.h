/* schema/scratch.h: throwaway databases on the sandbox or on a server that is named. Not for other floors. */
#ifndef SCHEMA_SCRATCH_H
#define SCHEMA_SCRATCH_H

#include "pg/conn.h"

typedef struct Scratch Scratch;

/* A server of `major`, or the nearest newer one; older only when there is nothing else, with a warning. `near`, a session on the
 * target, leads to that server's own programs where it runs on this machine. */
Scratch *scratch_open(const void *ctx, const char *project, const char *url, PgConn *near, Error *err);

/* The major version of the sandbox that scratch_open() would take, -1 when there is none. Starts nothing. */
int scratch_major(const char *project, PgConn *near, Error *err);

/* A role without rights, as a stand-in. On a server that was named it is dropped when `scratch` is freed, behind its databases. */
bool scratch_role(Scratch *scratch, const char *role, Error *err);

/* A new empty database, with the encoding of `near`'s, and a session in it as a superuser named like `near`'s role. It is dropped
 * when freed with `ctx`. */
PgConn *scratch_database(const void *ctx, Scratch *scratch, PgConn *near, Error *err);

#endif
