/* deploy/internal.h: what the files of a run share. Not for others. */
#ifndef DEPLOY_INTERNAL_H
#define DEPLOY_INTERNAL_H

#include "base/map.h"
#include "deploy/run.h"
#include "deploy/script_run.h"
#include "history/record.h"

typedef struct Runner {
    Run *run;
    Plan *plan;
    History *h;
    PgConn *conn;
    Audit *audit;
    const RunOptions *o;
    Map *projects;               /* recorded in this run */
    int64_t step_began;          /* when the reply before was in: what a step took is the time until its own last reply */
    int64_t last_at;             /* time of the last step that is through, on the server's clock */
    size_t done;                 /* steps whose statements have run */
    bool rows_queued;            /* those of the group at hand, in its open transaction */
    const Change *failed_change; /* whose script failed, or whom the history refused */
    size_t failed;               /* the step that failed; SIZE_MAX for none */
} Runner;

/* run.c: a group's transaction. */
ScriptRun *runner_script(Runner *r, const Step *s);
bool runner_commit(Runner *r, Error *err);
void runner_rollback(Runner *r);
/* What ends the run is committed with its last group (NULL: there is none). */
bool runner_finish_last(Runner *r, const Group *g, Error *err);
/* Notes which step of the group is at fault, and rolls back. */
void runner_give_up(Runner *r, const Group *g, Error *err);
/* Notes what became of the group's steps. */
void runner_settle_states(Runner *r, const Group *g, bool committed);
/* A recorded run says in psql how far it is. */
void runner_echo_step(Runner *r, const Step *s);

/* run_alone.c: a step that cannot run inside a transaction. */
bool runner_run_alone(Runner *r, const Group *g, Error *err);

/* run_proof.c: what must hold before a group is committed. */
bool runner_verify_group(Runner *r, const Group *g, Error *err);
bool runner_prove_revert(Runner *r, Error *err);

/* run_record.c: what the history keeps of it. */

/* Queues what must stand before the first change of a module can be recorded. */
bool runner_record_project(Runner *r, const Module *m, Error *err);
/* Queues a statement behind those of a step whose reply tells that these are through, and when. */
bool runner_queue_done(Runner *r, size_t index, Error *err);
/* Queues the row of a reverted change. */
bool runner_record_revert(Runner *r, const Step *s, Error *err);
/* Queues the rows of the group's deployed changes. */
bool runner_record_group(Runner *r, const Group *g, Error *err);
/* Tags that were set in the plan after their change was deployed. */
bool runner_record_late_tags(Runner *r, Error *err);
/* After the group failed, before its rollback: finds the change that the history refused, if that is why. */
void runner_find_refused(Runner *r, const Group *g, Error *err);
/* What failed is written down apart, for its own transaction is gone. Best effort: the failure itself matters more. */
void runner_record_failure(Runner *r, const Error *failure);

#endif
