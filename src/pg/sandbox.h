/* pg/sandbox.h: a throwaway PostgreSQL, started from the installed server programs.
 *
 * Unix socket only, trust on a folder that only its user may enter, durability off; superuser and database are named
 * postgres. Its files are in the project's .pgwright folder, or in the user's cache: without a project, and for one that
 * belongs to somebody else. Run as root it drops to an unprivileged user, for PostgreSQL refuses root. Each major version
 * has data of its own. Killed and started again it repairs itself; data that cannot be repaired is made anew, with a
 * warning. Starting, stopping and removing may be done by several processes at once: they take turns. */
#ifndef PG_SANDBOX_H
#define PG_SANDBOX_H

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

typedef struct Sandbox {
    const char *bin;    /* folder of initdb and postgres */
    int major;          /* 15 */
    const char *base;   /* folder of all its files */
    const char *data;   /* data folder */
    const char *socket; /* folder of its socket: the data folder, or one in /tmp when that path is long or odd */
    const char *log;    /* the server's log since its start; that of the run before is beside it, ending in .old */
    uid_t uid;          /* whom the server runs as; 0: us */
    gid_t gid;
} Sandbox;

/* Finds its place and the server programs (PGWRIGHT_PG_BIN, PATH, the distribution's folders with the newest first,
 * pg_config). Starts nothing and writes nothing. `project` is the project's folder; NULL: the user's cache. NULL when
 * there are no server programs (ERR_CONFIG). */
Sandbox *sandbox_open(const void *ctx, const char *project, Error *err);

/* The same with programs of this major version where there are any, else of the nearest newer one, else of the newest. `also` is
 * one more folder to look in; NULL for none. */
Sandbox *sandbox_open_major(const void *ctx, const char *project, int major, const char *also, Error *err);

/* Starts it unless it runs; true once it takes connections. Errors hold the last lines of the server's log. */
bool sandbox_start(const Sandbox *sb, Error *err);

/* Stops it, sessions or no sessions, within half a minute; one that does not run is no error. */
bool sandbox_stop(const Sandbox *sb, Error *err);

/* Stops it, and those of other major versions that have their data beside it: plans are made on servers of the target's version. */
bool sandbox_stop_all(const Sandbox *sb, Error *err);

/* Stops it and removes its data. */
bool sandbox_remove(const Sandbox *sb, Error *err);

/* Process id of the running server; 0 when it does not run. */
pid_t sandbox_pid(const Sandbox *sb);

/* "postgresql:///shop?host=…&port=5432&user=postgres", owned by `ctx`. `database` may hold any characters. */
char *sandbox_url(const void *ctx, const Sandbox *sb, const char *database);

#endif
