/* cli/rehearsal.h: --dry-run --execute: a run whose transaction is rolled back. */
#ifndef CLI_REHEARSAL_H
#define CLI_REHEARSAL_H

#include "cli/session.h"
#include "deploy/run.h"

/* Does --execute stand with --dry-run? Alone it is a usage error. */
bool rehearsal_wanted(const Invocation *inv, bool *wanted, Error *err);

/* Runs the plan, takes it back, and tells what ran, what failed and what could not be rehearsed. */
bool rehearsal_run(Invocation *inv, Session *s, Plan *plan, RunOptions options, const char *verb, Error *err);

#endif
