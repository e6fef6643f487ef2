/* pg/sandbox.h: a throwaway PostgreSQL, started from the installed server programs.
 *
 * Unix socket only, trust on a folder that only its user may enter, durability off. Its data is in the project's .pgwright
 * folder or in the user's cache. Run as root it drops to an unprivileged user, for PostgreSQL refuses root. Killed and
 * started again it repairs itself; data that cannot be repaired is made anew. */
#ifndef PG_SANDBOX_H
#define PG_SANDBOX_H

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

typedef struct Sandbox {
    const char *bin;    /* folder of initdb and postgres */
    int major;          /* 15 */
    const char *data;   /* data folder */
    const char *socket; /* folder of its socket */
    const char *log;    /* the server's log */
    const char *lock;   /* file that keeps two starters apart */
    uid_t uid;          /* whom the server runs as; 0: us */
    gid_t gid;
} Sandbox;

/* Finds its place and the server programs (PGWRIGHT_PG_BIN, PATH, the distribution's folders; the newest). Starts nothing.
 * `project` is the project's folder; NULL: the user's cache. NULL when there are no server programs (ERR_CONFIG). */
Sandbox *sandbox_open(const void *ctx, const char *project, Error *err);

/* Starts it unless it runs. */
bool sandbox_start(const Sandbox *sb, Error *err);

/* Stops it; one that does not run is no error. */
bool sandbox_stop(const Sandbox *sb, Error *err);

/* Stops it and removes its data. */
bool sandbox_remove(const Sandbox *sb, Error *err);

/* Process id of the running server; 0 when it does not run. */
pid_t sandbox_pid(const Sandbox *sb);

/* "postgresql:///postgres?host=…&user=postgres", owned by `ctx`. */
char *sandbox_url(const void *ctx, const Sandbox *sb, const char *database);

#endif
