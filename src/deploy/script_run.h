/* deploy/script_run.h: a script on a connection.
 *
 * In a transaction of ours, a script's own BEGIN and COMMIT are left out (psql would have run it in a transaction of its
 * own; it is now part of a larger one); a bare ROLLBACK makes them a savepoint, so that what it takes back stays taken
 * back. Every other byte is sent as it stands in the file. What fails is told with its place in that file. */
#ifndef DEPLOY_SCRIPT_RUN_H
#define DEPLOY_SCRIPT_RUN_H

#include "pg/conn.h"
#include "plan/plan.h"

#include <stdbool.h>

typedef enum ScriptPhase { PHASE_DEPLOY, PHASE_VERIFY, PHASE_REVERT } ScriptPhase;

typedef struct ScriptRun {
    PgConn *conn;
    const Workspace *ws;
    const Map *variables;
    const Change *change;
    const char *path;
    ScriptPhase phase;
    bool rolls_back;  /* the script holds a bare ROLLBACK (SqlSummary) */
    const Change **failed_change; /* set to `change` when a statement failed; NULL: nobody asks */
    bool *failed;     /* verifying many: set where a statement failed, whose error then goes to `failure` */
    Error *failure;   /* NULL: nobody asks why */
    size_t *hints;    /* how many failures may still have a hint, for each is looked for in the project; NULL: all */
    /* filled in while running */
    bool in_block;    /* between the script's own BEGIN and COMMIT */
    bool leaves_state; /* a statement may have left a setting, a role or a temporary object behind */
    bool leaves_handles; /* or a prepared statement, a cursor or a subscription to notifications */
    bool writes;      /* a statement does, or may do, more than read */
    size_t statements; /* sent so far */
} ScriptRun;

/* Queues the whole script within the open transaction. `run` and what it points to must live until the replies are in. */
bool script_queue(ScriptRun *run, Error *err);

/* Called before each statement that runs outside a transaction: number (1-based) and its command. */
typedef bool (*ScriptBefore)(void *arg, size_t number, const char *command, Error *err);

/* Runs the script statement by statement, each committed by itself unless the script says BEGIN. Waits for each. */
bool script_autocommit(ScriptRun *run, ScriptBefore before, void *arg, Error *err);

/* Queues what takes the session back to how it was: settings, role, temporary objects. */
bool script_reset_session(PgConn *conn, Error *err);

#endif
