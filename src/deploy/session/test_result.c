/* deploy/session/test_result.c: see test_result.h. */
#include "deploy/session/test_result.h"

#include <string.h>

const char *const test_state_names[] = {[TEST_NOT_RUN] = "not-run", [TEST_PASSED] = "passed", [TEST_FAILED] = "failed"};

void test_results_add(const void *ctx, TestResultList *results, const TestPlan *plan)
{
    for (size_t i = 0; i < plan->steps.n; i++) {
        const TestStep *step = &plan->steps.v[i];
        if (step->kind != TEST_TEARDOWN)
            list_push(ctx, results, (TestResult){.step = step, .ordinal = i + 1, .plan = plan->number});
    }
}

void test_result_notice(const void *ctx, TestResult *result, const char *message)
{
    list_push(ctx, &result->notices, mem_strdup(ctx, message));
}

void test_result_fail(TestResult *result, const Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *prefix = mem_printf(scratch, "Failed in %s: ", result->step->script->file->path);
    const char *message = text_starts(err->message, prefix) ? err->message + strlen(prefix) : err->message;
    result->state = TEST_FAILED;
    error_clear(&result->failure);
    error_set(&result->failure, err->class, "%s", message);
    memcpy(result->failure.sqlstate, err->sqlstate, sizeof err->sqlstate);
    if (err->detail != NULL)
        error_detail(&result->failure, "%s", err->detail);
    if (err->hint != NULL)
        error_hint(&result->failure, "%s", err->hint);
    if (err->file != NULL)
        error_place(&result->failure, err->file, err->line, err->column, err->source);
}

void test_result_forget(TestResult *result)
{
    error_clear(&result->failure);
    *result = (TestResult){.step = result->step, .ordinal = result->ordinal, .plan = result->plan};
}

size_t test_results_count(const TestResultList *results, TestState state)
{
    size_t n = 0;
    for (size_t i = 0; i < results->n; i++)
        n += results->v[i].state == state && results->v[i].step->kind == TEST_TEST;
    return n;
}

void test_results_clear(TestResultList *results)
{
    for (size_t i = 0; i < results->n; i++)
        error_clear(&results->v[i].failure);
}
