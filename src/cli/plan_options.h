/* cli/plan_options.h: from flags to plans and runs, for the commands that act. */
#ifndef CLI_PLAN_OPTIONS_H
#define CLI_PLAN_OPTIONS_H

#include "cli/session.h"
#include "deploy/run.h"

/* Where transactions end: --tx, else the configuration (deployment.useTx of pgpm, deploy.mode of Sqitch). */
TxMode plan_tx_mode(const Session *s, const Invocation *inv);

/* What deploy and revert share. */
PlanOptions plan_options(const Session *s, const Invocation *inv);
RunOptions plan_run_options(const Session *s, Invocation *inv);

/* Runs the plan and renders the outcome. `verb` "deploying", `done` "deployed". */
bool plan_run(Invocation *inv, Session *s, Plan *plan, const RunOptions *options, const char *verb, const char *done,
              Error *err);

#endif
