/* deploy/session/test_result.h: what became of the fixtures and tests of a session. */
#ifndef DEPLOY_SESSION_TEST_RESULT_H
#define DEPLOY_SESSION_TEST_RESULT_H

#include "base/error.h"
#include "base/list.h"
#include "project/session/tests.h"

typedef enum TestState { TEST_NOT_RUN, TEST_PASSED, TEST_FAILED } TestState;
extern const char *const test_state_names[]; /* "not-run", "passed", "failed" */

typedef struct TestResult {
    const TestStep *step; /* a fixture or a test */
    size_t ordinal;       /* of the step in its plan */
    int plan;             /* its number */
    TestState state;
    const char *reason;   /* of one that was not run */
    int64_t us;           /* that it took, with its callbacks */
    TextList notices;     /* that were raised meanwhile */
    Error failure;        /* of one that failed; its place is in the test's file where that is known */
    const char *where;    /* the server's context of that; NULL */
} TestResult;
typedef LIST(TestResult) TestResultList;

/* Adds the fixtures and tests of a plan, as not run. `ctx` owns them, the plan stays the caller's. */
void test_results_add(const void *ctx, TestResultList *results, const TestPlan *plan);

void test_result_notice(const void *ctx, TestResult *result, const char *message);

/* It failed, for a reason that is copied: without "Failed in PATH: ", for everybody knows whose result it is. */
void test_result_fail(TestResult *result, const Error *err);

/* As if it had not been begun. */
void test_result_forget(TestResult *result);

/* Tests of this state, fixtures left out. */
size_t test_results_count(const TestResultList *results, TestState state);

/* Frees the failures. */
void test_results_clear(TestResultList *results);

#endif
