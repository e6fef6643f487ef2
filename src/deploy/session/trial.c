/* deploy/session/trial.c: see trial.h. */
#include "deploy/session/trial.h"

#include "base/clock.h"
#include "deploy/session/fault.h"
#include "deploy/session/hearing.h"
#include "deploy/session/load.h"

#include <string.h>

typedef struct Trial {
    const void *ctx;
    PgConn *conn;
    const TrialOptions *options;
    TestResultList *results;
    size_t next;           /* of the results */
    TestPlan plan;
    TestPieceList pieces;
    Hearing hearing;
    DriveRun fault;        /* where the last failure is */
    const TestStep *broken; /* fixture that failed: its folder is passed over; NULL: none */
} Trial;

/* ---- before ---- */

static bool check_callback(const char *callback, Error *err)
{
    if (callback == NULL || macros_callback_fits(callback))
        return true;
    error_set(err, ERR_SQL, "\"%s\" cannot be the name of a callback", callback);
    error_hint(err, "write function or schema.function with letters, digits and _, each at most 63 bytes long");
    return false;
}

/* The pattern is asked for as that of a macro which stands nowhere. */
static bool load(Trial *t, Error *err)
{
    Macro macro = {.pattern = t->options->pattern};
    MacroList macros = {.v = &macro, .n = 1};
    TestTree *tests = tests_tree(t->ctx, t->options->session.folder);
    Load load = {.options = &t->options->session, .tests = tests, .macros = &macros};
    t->hearing.deaf = true;
    bool ok = session_load(t->ctx, t->conn, &load, err);
    t->hearing.deaf = false;
    if (!ok)
        return false;
    t->plan = (TestPlan){.pattern = t->options->pattern, .callback = t->options->callback, .untold = t->options->callback == NULL};
    tests_plan(t->ctx, tests, load.matches[0], &t->plan);
    test_results_add(t->ctx, t->results, &t->plan);
    return true;
}

static bool check_gate(const Trial *t, Error *err)
{
    bool all = t->plan.pattern == NULL;
    if (t->plan.steps.n > 0)
        return true;
    error_set(err, ERR_VERIFY, "%s", all ? "no tests were discovered" : "no tests matched the requested pattern");
    error_hint(err, "%s", all ? "put SQL files into a folder named __test__"
                              : "the pattern is a regular expression that is searched in paths such as ./a/__test__/b.sql");
    return false;
}

/* ---- a step ---- */

static bool take_result(void *arg, const PGresult *result, Error *err)
{
    Trial *t = arg;
    if (PQresultStatus(result) != PGRES_FATAL_ERROR)
        return true;
    t->fault = (DriveRun){0};
    Fault fault = {.ctx = t->ctx,
                   .folder = t->options->session.folder,
                   .test_path = t->hearing.test_path,
                   .test_context = t->hearing.test_context,
                   .run = &t->fault};
    return fault_tell(&fault, result, err);
}

static bool send(Trial *t, const char *sql, Error *err)
{
    return *sql == '\0' || pg_simple(t->conn, &(PgSimple){.sql = sql, .reply = take_result, .arg = t}, err);
}

static bool tidy(const Trial *t, const char *sql, Error *err)
{
    return pg_simple(t->conn, &(PgSimple){.sql = sql}, err);
}

/* Back to where the tests can go on, and what is still to be known about the failure. */
static bool step_back(const Trial *t, const char *savepoint, Error *failure, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *back = mem_printf(scratch, "ROLLBACK TO SAVEPOINT %s", savepoint);
    if (!tidy(t, back, err))
        return false;
    fault_find_syntax(t->conn, t->options->session.folder, t->fault.failed_file, failure);
    return tidy(t, back, err);
}

static void settle(Trial *t, TestResult *result)
{
    t->next++;
    if (t->options->session.test != NULL)
        t->options->session.test(t->options->session.arg, result);
}

/* A failure that is the tests' own: neither is the session lost nor the run told to stop. */
static bool is_verdict(const Trial *t)
{
    return pg_alive(t->conn) && !pg_stopping(t->conn);
}

static bool fail(Trial *t, const TestPiece *piece, TestResult *result, Error *failure, Error *err)
{
    bool goes_on = t->options->keep_going && is_verdict(t);
    if (goes_on)
        goes_on = step_back(t, piece->savepoint, failure, err);
    else if (is_verdict(t) && tidy(t, "ROLLBACK", err))
        fault_find_syntax(t->conn, t->options->session.folder, t->fault.failed_file, failure);
    if (is_verdict(t))
        failure->class = ERR_VERIFY;
    test_result_fail(result, failure);
    result->where = t->fault.where;
    settle(t, result);
    if (result->step->kind == TEST_FIXTURE)
        t->broken = result->step;
    if (!is_verdict(t) && !error_is_set(err))
        error_move(err, failure);
    return goes_on;
}

/* A fixture or a test. False when nothing more is to be run; `err` is set only when that is nothing the tests are to blame for. */
static bool run_script(Trial *t, const TestPiece *piece, Error *err)
{
    TestResult *result = &t->results->v[t->next];
    Error failure = {0};
    int64_t began = clock_us();
    t->hearing.running = result;
    bool ok = send(t, piece->sql, &failure);
    t->hearing.running = NULL;
    result->us = clock_us() - began;
    if (ok) {
        result->state = TEST_PASSED;
        settle(t, result);
        return true;
    }
    pg_recover(t->conn);
    ok = fail(t, piece, result, &failure, err);
    error_clear(&failure);
    return ok;
}

/* Is the step passed over, for the fixture of its folder or of one above has failed? */
static bool is_broken(Trial *t, const TestStep *step)
{
    if (t->broken == NULL)
        return false;
    if (step->kind == TEST_TEARDOWN && step->directory == t->broken->directory) {
        t->broken = NULL;
        return false;
    }
    if (step->kind != TEST_TEARDOWN) {
        TestResult *result = &t->results->v[t->next];
        result->reason = mem_printf(t->ctx, "the fixture %s failed", t->broken->script->file->path);
        settle(t, result);
    }
    return true;
}

static bool run_steps(Trial *t, Error *err)
{
    if (!send(t, t->pieces.v[0].sql, err))
        return false;
    for (size_t i = 0; i < t->plan.steps.n; i++) {
        const TestStep *step = &t->plan.steps.v[i];
        const TestPiece *piece = &t->pieces.v[i + 1];
        if (is_broken(t, step))
            continue;
        if (step->kind == TEST_TEARDOWN ? !send(t, piece->sql, err) : !run_script(t, piece, err))
            return false;
    }
    return send(t, t->pieces.v[t->pieces.n - 1].sql, err);
}

/* ---- all of it ---- */

/* Those that the run did not come to. */
static void settle_rest(Trial *t, const Error *err)
{
    while (t->next < t->results->n) {
        TestResult *result = &t->results->v[t->next];
        result->reason = error_is_set(err) ? "the run ended before" : "the run stops at the first failure";
        settle(t, result);
    }
}

static bool run_plan(Trial *t, Error *err)
{
    if (!check_gate(t, err))
        return false;
    tests_write_pieces(t->ctx, &t->plan, &t->pieces);
    bool ok = tidy(t, "BEGIN", err) && run_steps(t, err);
    settle_rest(t, err);
    return ok;
}

/* Nothing stays, not even the lock. */
static void leave(const Trial *t, Error *err)
{
    Error second = {0};
    if (pg_recover(t->conn) && (!pg_in_transaction(t->conn) || tidy(t, "ROLLBACK", &second)))
        tidy(t, "SELECT pg_advisory_unlock_all()", &second);
    pg_on_notice(t->conn, NULL, NULL);
    if (!error_is_set(err) && error_is_set(&second))
        error_move(err, &second);
    error_clear(&second);
}

/* What failed is told one by one, each at its place. */
static bool judge(const Trial *t, Error *err)
{
    for (size_t i = 0; i < t->results->n && !error_is_set(err); i++)
        if (t->results->v[i].state == TEST_FAILED)
            error_set(err, ERR_VERIFY, "tests failed: %zu of %zu passed", test_results_count(t->results, TEST_PASSED),
                      test_results_count(t->results, TEST_PASSED) + test_results_count(t->results, TEST_FAILED) +
                          test_results_count(t->results, TEST_NOT_RUN));
    return !error_is_set(err);
}

bool trial_run(const void *ctx, PgConn *conn, const TrialOptions *options, TestResultList *results, Error *err)
{
    Trial t = {.ctx = ctx, .conn = conn, .options = options, .results = results};
    if (!check_callback(options->callback, err))
        return false;
    t.hearing = (Hearing){.ctx = ctx, .options = &options->session};
    pg_on_notice(conn, hearing_take, &t.hearing);
    if (load(&t, err))
        run_plan(&t, err);
    leave(&t, err);
    return judge(&t, err);
}
