/* deploy/session/hearing.c: see hearing.h. */
#include "deploy/session/hearing.h"

#include "base/clock.h"
#include "deploy/session/alone.h"
#include "deploy/session/marks.h"

#include <stdlib.h>
#include <string.h>

/* SQLSTATEs of the messages by which pgmi_run_test_source() tells the place of an error that it raises anew, */
#define STATE_TEST_FAILED "PGW01"
/* and _pgwright_tell_test() when a step begins and ends. That of a preview's marks is STATE_PREVIEW. */
#define STATE_TEST_STEP "PGW02"

static void remember_test(Hearing *h, const char *path, const char *context)
{
    talloc_free(h->test_path);
    talloc_free(h->test_context);
    h->test_path = mem_strdup(h->ctx, path);
    h->test_context = mem_strdup(h->ctx, context == NULL ? "" : marks_removed(h->ctx, context));
}

/* Those that were passed over will come to no end of their own. */
static void tell_results(Hearing *h)
{
    for (; h->told < h->next; h->told++) {
        const TestResult *result = &h->tests->v[h->told];
        if (h->options->test != NULL && (result->state != TEST_NOT_RUN || result->reason != NULL))
            h->options->test(h->options->arg, result);
    }
}

static void settle(Hearing *h, const TestResult *result)
{
    h->next = (size_t)(result - h->tests->v) + 1;
    h->running = NULL;
    if (!h->holds_results)
        tell_results(h);
}

void hearing_forget(Hearing *h)
{
    for (size_t i = 0; i < h->next; i++)
        test_result_forget(&h->tests->v[i]);
    if (h->running != NULL)
        test_result_forget(h->running);
    h->running = NULL;
    h->next = 0;
    h->test_path = h->test_context = NULL;
}

void hearing_release(Hearing *h)
{
    h->holds_results = false;
    tell_results(h);
}

/* The next of the plan's results that has this ordinal; NULL. */
static TestResult *find_result(const Hearing *h, int plan, size_t ordinal)
{
    for (size_t i = h->next; i < h->tests->n; i++)
        if (h->tests->v[i].plan == plan && h->tests->v[i].ordinal == ordinal)
            return &h->tests->v[i];
    return NULL;
}

/* "begin 1 3 1763700000000000": plan, step, microseconds. */
static void take_step(Hearing *h, const char *message)
{
    char *at;
    int plan = (int)strtol(message + strcspn(message, " "), &at, 10);
    size_t ordinal = strtoul(at, &at, 10);
    int64_t us = strtoll(at, NULL, 10);
    TestResult *result = find_result(h, plan, ordinal);
    if (result == NULL)
        return;
    if (text_starts(message, "begin ")) {
        h->running = result;
        h->began_us = us;
        h->began_here_us = clock_us();
    } else if (result == h->running) {
        result->us = us - h->began_us;
        result->state = TEST_PASSED;
        settle(h, result);
    }
}

/* A preview of a transaction leaves it out. */
static void take_handed_over(Hearing *h, const char *message)
{
    SCRATCH void *scratch = mem_scratch();
    if (h->options->preview != NULL && !preview_result(h->options->preview)->kept)
        preview_leave_out(h->options->preview, alone_path(scratch, message));
    else
        h->handed_over = mem_strdup(h->ctx, message);
}

void hearing_take(void *hearing, const PGresult *message)
{
    Hearing *h = hearing;
    DriveNotice n = {.severity = PQresultErrorField(message, PG_DIAG_SEVERITY_NONLOCALIZED),
                     .message = PQresultErrorField(message, PG_DIAG_MESSAGE_PRIMARY),
                     .detail = PQresultErrorField(message, PG_DIAG_MESSAGE_DETAIL),
                     .hint = PQresultErrorField(message, PG_DIAG_MESSAGE_HINT),
                     .sqlstate = PQresultErrorField(message, PG_DIAG_SQLSTATE)};
    if (n.message == NULL || h->deaf)
        return;
    if (text_equal(n.sqlstate, STATE_TEST_FAILED)) {
        remember_test(h, n.message, n.detail);
    } else if (text_equal(n.sqlstate, STATE_TEST_STEP) && h->options->watch_tests) {
        take_step(h, n.message);
    } else if (text_equal(n.sqlstate, STATE_PREVIEW) && h->options->preview != NULL) {
        preview_take(h->options->preview, n.message);
    } else if (text_equal(n.sqlstate, STATE_HANDED_OVER)) {
        take_handed_over(h, n.message);
    } else {
        if (h->running != NULL)
            test_result_notice(h->ctx, h->running, n.message);
        h->options->notice(h->options->arg, &n);
    }
}

void hearing_end(Hearing *h, const Error *err)
{
    if (h->running != NULL && err != NULL) {
        test_result_fail(h->running, err);
        h->running->us = clock_us() - h->began_here_us;
        settle(h, h->running);
    }
    while (h->tests != NULL && h->next < h->tests->n) {
        TestResult *result = &h->tests->v[h->next];
        result->reason = err != NULL ? "the deployment failed before" : "the deployment ended before";
        settle(h, result);
    }
}
