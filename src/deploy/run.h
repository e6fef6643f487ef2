/* deploy/run.h: a plan, run on a connection.
 *
 *     each group: BEGIN → scripts → verify scripts → history rows → audit events → COMMIT
 *
 * A change and its history rows commit together or not at all. A change that cannot run in a transaction is written down
 * before its first statement and before each, so that a run that is cut off leaves behind where it stood. */
#ifndef DEPLOY_RUN_H
#define DEPLOY_RUN_H

#include "history/audit.h"
#include "plan/plan.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum StepState {
    STEP_NOT_RUN,
    STEP_RAN,         /* its statements ran; its transaction is not committed yet */
    STEP_COMMITTED,
    STEP_FAILED,
    STEP_ROLLED_BACK, /* it ran, and was taken back with its transaction */
} StepState;

typedef struct StepRun {
    const Step *step;
    StepState state;
    int64_t us;       /* how long it took */
    int64_t at;       /* when it was through, in µs since 1970 on the server's clock; 0: not known */
} StepRun;

typedef struct Run {
    const Plan *plan;
    StepRun *steps;      /* one per step of the plan */
    size_t committed;    /* steps */
    int64_t ms;
    TextList unproven;   /* reverted changes whose verify script still passes */
    long deployment_id;
} Run;

typedef struct RunOptions {
    Workspace *ws;
    const Map *variables;
    const char *command;   /* as typed, for the audit log */
    bool log_only;
    bool rehearse;         /* everything that can run in a transaction runs in a single one, which is rolled back */
    bool prove;            /* a reverted change whose verify script still passes is an error */
    bool verify_remaining; /* after a revert: verify scripts of what remains must pass */
    long lock_retries;     /* how often a transaction is tried again that did not get a lock in time */
    void (*progress)(size_t done, const char *name); /* NULL: nobody looks */
} RunOptions;

/* Runs the plan. The Run tells how far it came, also on failure; NULL only when nothing could be begun. Of a rehearsal
 * nothing stays, not even the history's tables: its steps end as STEP_ROLLED_BACK, and those that cannot run in a
 * transaction as STEP_NOT_RUN. */
Run *deploy_run(const void *ctx, Plan *plan, History *history, const RunOptions *options, Error *err);

/* Decides a change that was cut off outside a transaction: it is all there (`deployed`) or not at all. */
bool deploy_settle(History *history, Workspace *ws, const char *change, bool deployed, const char *command, Error *err);

#endif
