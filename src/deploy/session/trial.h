/* deploy/session/trial.h: the tests of a session project alone, against the database as it is.
 *
 * The session is loaded as for a deployment, lock included; deploy.sql does not run. Instead the test plan runs, in one
 * transaction that is always rolled back: each step a message of its own, between the savepoints that the contract says. */
#ifndef DEPLOY_SESSION_TRIAL_H
#define DEPLOY_SESSION_TRIAL_H

#include "deploy/session/drive.h"

typedef struct TrialOptions {
    DriveOptions session;   /* `test` is told of each result */
    const char *pattern;    /* regular expression on paths; NULL: all tests */
    const char *callback;   /* function that is told of the steps; NULL: none is */
    bool keep_going;        /* behind a failure: the test is rolled back to its savepoint, of a fixture's folder nothing runs */
} TrialOptions;

/* Fills `results`, for test_results_clear(), also on failure. ERR_VERIFY when a test or fixture failed, or there is no test to
 * run; ERR_SQL when a callback of the whole plan or a teardown fails, and for a pattern or callback that cannot be one;
 * ERR_LOCKED, ERR_CONNECTION, ERR_TIMEOUT and ERR_INTERRUPTED as drive_run(). */
bool trial_run(const void *ctx, PgConn *conn, const TrialOptions *options, TestResultList *results, Error *err);

#endif
