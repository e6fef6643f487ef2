/* deploy/suite.h: the cycles of many modules, several at once, each in a process of its own, so that none can hurt
 * another.
 *
 * What several modules require is deployed once, in a base database that theirs are copies of. Whatever becomes of
 * the run, its databases are dropped; Ctrl-C is passed on to every cycle, and waited for. */
#ifndef DEPLOY_SUITE_H
#define DEPLOY_SUITE_H

#include "deploy/cycle.h"

#include <jansson.h>

typedef struct SuiteOptions {
    CycleOptions cycle;
    size_t jobs; /* processes at once */
    bool go_on;  /* after a module that failed */

    /* A result as an object with at least "ok" (did the module pass?) and "phase" (that failed; absent when none
     * did). Called in the cycle's process. New reference. */
    json_t *(*encode)(const void *arg, const CycleResult *result);
    /* Takes such an object, in the order of the modules, as soon as it and those before it are known. */
    void (*report)(void *arg, const json_t *result);
    void *arg; /* of both */
} SuiteOptions;

/* Runs the cycles of `modules`, and of `covered` modules, which others of these require, only CYCLE_REHEARSES; adds
 * their results to the array. The outcome is the same however many run at once: up to the first module that failed,
 * or all; and a script that failed while others ran gets a second chance alone, for roles and the like are shared by
 * all databases. False when the run could not be done, was interrupted or ran out of time. */
bool suite_run(const void *ctx, const SuiteOptions *options, const ModuleList *modules, const ModuleList *covered,
               json_t *results, Error *err);

#endif
