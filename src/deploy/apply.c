/* deploy/apply.c: see apply.h. */
#include "deploy/apply.h"

#include "base/clock.h"
#include "base/log.h"
#include "deploy/retry.h"
#include "deploy/unfinished.h"
#include "sql/quote.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    WAIT_POLL_MS = 1000,    /* how often a condition is looked at: every second at first, later less often */
    SLOWER_MS = 10000,
    SLOWER_POLL_MS = 5000,
    SLOWEST_MS = 30000,
    SLOWEST_POLL_MS = 10000,
};

typedef struct Apply {
    PgConn *conn;
    const SchemaPlan *plan;
    const ApplyOptions *options;
    size_t group;
    size_t step;            /* that runs, or is waited for */
    int64_t step_began;
} Apply;

static void pause_ms(int64_t ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

/* ---- the session ---- */

/* Names in the plan are relative to the schema; nothing that a role or the database has set may lead them elsewhere. */
static bool prepare_session(Apply *a, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const TextList *schemas = a->options->schemas;
    const char *path = "''";
    if (schemas->n == 1)
        path = mem_printf(scratch, "%s%s", sql_ident(scratch, schemas->v[0]), strcmp(schemas->v[0], "public") == 0 ? "" : ", public");
    return pg_queue_sql(a->conn, mem_printf(scratch, "SET search_path = %s", path), err) &&
           pg_queue_sql(a->conn, "SET check_function_bodies = off", err) && pg_queue_sql(a->conn, "SET quote_all_identifiers = off", err) &&
           pg_sync(a->conn, err) && pg_wait(a->conn, err);
}

/* Statements that are built concurrently stand in nobody's way while they wait, and leave rubbish when they give up. */
static bool set_lock_timeout(Apply *a, const SchemaGroup *group, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    int64_t ms = group->steps.n == 1 && group->steps.v[0].no_transaction ? 0 : a->options->lock_timeout_ms;
    return pg_queue_sql(a->conn, mem_printf(scratch, "SET lock_timeout = %lld", (long long)ms), err);
}

/* ---- one group ---- */

static bool fail(const Apply *a, const SchemaStep *step, Error *err)
{
    error_detail(err, "%s%s%.400s", err->detail == NULL ? "" : err->detail, err->detail == NULL ? "statement: " : "\nstatement: ", step->sql);
    return error_wrap(err, "failed to execute concatenated statements in group %zu of %zu, step %zu (%s %s)", a->group + 1,
                      a->plan->groups.n, a->step + 1, step->operation == NULL ? "run" : step->operation,
                      step->path == NULL ? "" : step->path);
}

static bool take_step(void *arg, const PGresult *result, Error *err)
{
    Apply *a = arg;
    const SchemaStep *step = &a->plan->groups.v[a->group].steps.v[a->step];
    if (PQresultStatus(result) == PGRES_FATAL_ERROR) {
        pg_result_error(result, err);
        return fail(a, step, err);
    }
    int64_t now = clock_ms();
    if (a->options->step_ends != NULL)
        a->options->step_ends(a->options->arg, step, now - a->step_began);
    a->step_began = now;
    a->step++;
    return true;
}

static bool queue_steps(Apply *a, const SchemaGroup *group, Error *err)
{
    for (size_t i = 0; i < group->steps.n; i++)
        if (!pg_queue(a->conn, &(PgStatement){.sql = group->steps.v[i].sql, .reply = take_step, .arg = a}, err))
            return false;
    return true;
}

static bool commit(Apply *a, Error *err)
{
    if (a->options->rehearse)
        return pg_queue_sql(a->conn, "ROLLBACK", err) && pg_sync(a->conn, err) && pg_wait(a->conn, err);
    if (a->options->committing != NULL && !a->options->committing(a->options->arg, a->group, err))
        return false;
    return pg_queue_sql(a->conn, "COMMIT", err) && pg_sync(a->conn, err) && pg_wait(a->conn, err);
}

static bool run_transaction(Apply *a, const SchemaGroup *group, Error *err)
{
    if (!set_lock_timeout(a, group, err) || !pg_queue_sql(a->conn, "BEGIN", err) || !queue_steps(a, group, err) ||
        !commit(a, err)) {
        pg_recover(a->conn);
        Error ignored = {0};
        if (pg_alive(a->conn)) {
            pg_queue_sql(a->conn, "ROLLBACK", &ignored);
            pg_wait(a->conn, &ignored);
        }
        error_clear(&ignored);
        return false;
    }
    return true;
}

/* ---- outside of transactions ---- */

static bool record_alone(Apply *a, Error *err)
{
    return a->options->committing == NULL || (a->options->committing(a->options->arg, a->group, err) && pg_sync(a->conn, err) && pg_wait(a->conn, err));
}

static bool run_alone(Apply *a, const SchemaGroup *group, Error *err)
{
    bool ok = set_lock_timeout(a, group, err) && pg_sync(a->conn, err) && queue_steps(a, group, err) && pg_sync(a->conn, err) &&
              pg_wait(a->conn, err);
    if (!ok && pg_recover(a->conn))
        unfinished_drop(a->conn, group->steps.v[0].sql, err);
    return ok && record_alone(a, err);
}

/* ---- waiting for a condition ---- */

static int64_t poll_pause(int64_t waited)
{
    return waited < SLOWER_MS ? WAIT_POLL_MS : waited < SLOWEST_MS ? SLOWER_POLL_MS : SLOWEST_POLL_MS;
}

static bool read_condition(Apply *a, const SchemaStep *step, bool *done, long *percent, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PGresult *r = pg_query(scratch, a->conn, step->sql, 0, NULL, err);
    if (r == NULL)
        return fail(a, step, err);
    int column = PQfnumber(r, "done"), progress = PQfnumber(r, "progress");
    const char *value = PQntuples(r) == 0 || column < 0 || PQgetisnull(r, 0, column) ? "" : PQgetvalue(r, 0, column);
    if (strcmp(value, "t") != 0 && strcmp(value, "f") != 0) {
        error_set(err, ERR_FAILED, "the condition that is waited for gave no boolean column \"done\"");
        error_hint(err, "is the index there? Make a new plan: it goes on from what is there");
        return fail(a, step, err);
    }
    *done = *value == 't';
    *percent = progress < 0 || PQgetisnull(r, 0, progress) ? -1 : strtol(PQgetvalue(r, 0, progress), NULL, 10);
    return true;
}

static bool wait_for(Apply *a, const SchemaStep *step, Error *err)
{
    int64_t began = clock_ms();
    for (;;) {
        bool done = false;
        long percent = -1;
        if (!read_condition(a, step, &done, &percent, err))
            return false;
        if (a->options->waiting != NULL)
            a->options->waiting(a->options->arg, step, done ? 100 : percent);
        if (done)
            break;
        pause_ms(poll_pause(clock_ms() - began));
    }
    a->step++;
    if (a->options->step_ends != NULL)
        a->options->step_ends(a->options->arg, step, clock_ms() - began);
    return true;
}

/* ---- all groups ---- */

/* pgschema's readers and writers know groups alone: a wait may stand among other steps only in plans of others. */
static bool run_once(Apply *a, const SchemaGroup *group, Error *err)
{
    a->step = 0;
    a->step_began = clock_ms();
    if (group->steps.n == 1 && group->steps.v[0].wait_message != NULL)
        return wait_for(a, &group->steps.v[0], err);
    if (group->steps.n == 1 && group->steps.v[0].no_transaction && !a->options->rehearse)
        return run_alone(a, group, err);
    return run_transaction(a, group, err);
}

static bool run_group(Apply *a, const SchemaGroup *group, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Retry *retry = retry_new(scratch, a->conn, a->options->lock_retries);
    const char *name = mem_printf(scratch, "group %zu", a->group + 1);
    bool ok = run_once(a, group, err);
    while (!ok && retry_wanted(retry, err))
        ok = retry_pause(retry, name, err) && run_once(a, group, err);
    retry_explain(retry, err);
    return ok;
}

bool apply_plan(PgConn *conn, const SchemaPlan *plan, const ApplyOptions *options, ApplyResult *result, Error *err)
{
    Apply a = {.conn = conn, .plan = plan, .options = options};
    int64_t began = clock_ms();
    *result = (ApplyResult){0};
    bool ok = prepare_session(&a, err);
    for (a.group = 0; ok && a.group < plan->groups.n; a.group++) {
        const SchemaGroup *group = &plan->groups.v[a.group];
        if (options->group_begins != NULL)
            options->group_begins(options->arg, a.group, group->steps.n);
        ok = run_group(&a, group, err);
        result->groups += ok;
        result->steps += ok ? group->steps.n : 0;
    }
    result->ms = clock_ms() - began;
    return ok;
}
