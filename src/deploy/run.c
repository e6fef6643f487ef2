/* deploy/run.c: see run.h.
 *
 *     deploy_run → run_groups → run_transaction, or run_alone.c → what failed is written down (run_record.c)
 *     run_transaction: BEGIN → scripts → proofs (run_proof.c) → history rows → audit events → COMMIT
 *
 * Within these parts nothing is waited for: their statements go out as fast as the server takes them. */
#include "base/clock.h"
#include "base/log.h"
#include "deploy/extension.h"
#include "deploy/internal.h"
#include "deploy/retry.h"
#include "pg/record.h"

#include <string.h>

/* Replies are asked for every so many steps: often enough for progress to be seen, seldom enough to cost nothing. */
enum { FLUSH_STEPS = 32 };

ScriptRun *runner_script(Runner *r, const Step *s)
{
    ScriptRun *run = mem_new(r->run, ScriptRun);
    *run = (ScriptRun){.conn = r->conn,
                       .ws = r->o->ws,
                       .variables = r->o->variables,
                       .change = s->change,
                       .path = s->script,
                       .phase = s->kind == STEP_DEPLOY ? PHASE_DEPLOY : PHASE_REVERT,
                       .rolls_back = s->summary.rolls_back,
                       .failed_change = &r->failed_change};
    return run;
}

static bool queue_script(Runner *r, const Step *s, Error *err)
{
    if (s->script == NULL)
        return true;
    ScriptRun *run = runner_script(r, s);
    return script_queue(run, err) && (!run->leaves_state || script_reset_session(r->conn, err));
}

static bool queue_extension(Runner *r, const Step *s, Error *err)
{
    bool drops = s->kind == STEP_DROP_EXTENSION;
    audit_note(r->audit, "extension", "", s->extension, "", "", drops ? "dropped" : "created");
    if (drops)
        return extension_drop(r->conn, s->extension, err);
    return extension_create(r->conn, s->extension, s->provided, r->o->ws, err);
}

void runner_echo_step(Runner *r, const Step *s)
{
    SCRATCH void *scratch = mem_scratch();
    if (pg_recording(r->conn))
        pg_record_echo(r->conn, plan_step_name(scratch, s));
}

static bool queue_step(Runner *r, size_t index, Error *err)
{
    const Step *s = &r->plan->steps.v[index];
    runner_echo_step(r, s);
    bool ok = s->extension != NULL      ? queue_extension(r, s, err)
              : s->kind == STEP_DEPLOY  ? runner_record_project(r, s->change->module, err) && queue_script(r, s, err)
                                        : queue_script(r, s, err) && runner_record_revert(r, s, err);
    return ok && runner_queue_done(r, index, err) && (index % FLUSH_STEPS != 0 || pg_flush(r->conn, err));
}

static bool on_commit(void *arg, const PGresult *result, Error *err)
{
    (void)arg;
    if (PQresultStatus(result) == PGRES_FATAL_ERROR) {
        pg_result_error(result, err);
        return error_wrap(err, "committing");
    }
    if (strcmp(PQcmdStatus((PGresult *)(uintptr_t)result), "COMMIT") == 0)
        return true;
    error_set(err, ERR_SQL, "the server rolled back instead of committing");
    error_hint(err, "a script must have ended the transaction; look for procedures that commit");
    return false;
}

/* The transaction of a rehearsal is open already. */
static bool begin(Runner *r, Error *err)
{
    return pg_wait(r->conn, err) && (r->o->rehearse || pg_queue_sql(r->conn, "BEGIN", err));
}

/* A rehearsal ends where the commit would: what is checked only then is checked now. */
bool runner_commit(Runner *r, Error *err)
{
    if (r->o->rehearse)
        return audit_flush(r->audit, err) && pg_queue_sql(r->conn, "SET CONSTRAINTS ALL IMMEDIATE", err) &&
               pg_wait(r->conn, err);
    return audit_flush(r->audit, err) &&
           pg_queue(r->conn, &(PgStatement){.sql = "COMMIT", .reply = on_commit}, err) && pg_wait(r->conn, err);
}

void runner_rollback(Runner *r)
{
    Error ignored = {0};
    audit_forget(r->audit);
    bool usable = pg_recover(r->conn);
    const char *sql = pg_in_transaction(r->conn) ? "ROLLBACK" : "";
    /* the first statement after a run was told to end is refused, and the second is not */
    bool queued = usable && pg_queue_sql(r->conn, sql, &ignored);
    if (usable && !queued)
        queued = pg_queue_sql(r->conn, sql, &ignored);
    if (queued && script_reset_session(r->conn, &ignored))
        pg_wait(r->conn, &ignored);
    error_clear(&ignored);
}

static void settle_states(Runner *r, const Group *g, bool committed)
{
    for (size_t i = g->first; i < g->first + g->count; i++) {
        StepRun *s = &r->run->steps[i];
        if (committed)
            s->state = STEP_COMMITTED;
        else if (s->state == STEP_RAN)
            s->state = STEP_ROLLED_BACK;
        r->run->committed += committed;
    }
}

/* The step at fault; where none is known, the first that did not get through. */
static void mark_failed(Runner *r, const Group *g)
{
    for (size_t i = g->first; i < g->first + g->count; i++) {
        const Step *s = &r->plan->steps.v[i];
        bool is_it = r->failed_change != NULL ? s->change == r->failed_change : r->run->steps[i].state == STEP_NOT_RUN;
        if (!is_it)
            continue;
        r->run->steps[i].state = STEP_FAILED;
        r->failed = i;
        return;
    }
}

bool runner_end_group(Runner *r, const Group *g, bool ok, Error *err)
{
    if (!ok) {
        runner_find_refused(r, g, err);
        mark_failed(r, g);
        runner_rollback(r);
    }
    settle_states(r, g, ok && !r->o->rehearse);
    r->recording = false;
    return ok;
}

static bool is_last(const Runner *r, const Group *g)
{
    return g == NULL || g->first + g->count == r->plan->steps.n;
}

bool runner_finish_last(Runner *r, const Group *g, Error *err)
{
    return !is_last(r, g) ||
           (runner_record_late_tags(r, err) && runner_prove_revert(r, err) && audit_end(r->audit, "done", err));
}

static bool try_transaction(Runner *r, const Group *g, Error *err)
{
    bool ok = begin(r, err);
    for (size_t i = 0; ok && i < g->count; i++)
        ok = queue_step(r, g->first + i, err);
    ok = ok && history_keep_lock(r->h, err) && runner_verify_group(r, g, err) && runner_record_group(r, g, err) &&
         runner_finish_last(r, g, err) && runner_commit(r, err);
    return runner_end_group(r, g, ok, err);
}

/* As if the transaction had never been begun. Projects that were recorded before it are recorded again, which changes
 * nothing. */
static void forget_attempt(Runner *r, const Group *g)
{
    for (size_t i = g->first; i < g->first + g->count; i++)
        r->run->steps[i].state = STEP_NOT_RUN;
    r->run->unproven.n = 0;
    r->projects = map_new(r->run);
    r->failed_change = NULL;
    r->failed = SIZE_MAX;
    r->done = g->first;
}

static bool run_transaction(Runner *r, const Group *g, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Retry *retry = retry_new(scratch, r->conn, r->o->rehearse ? 0 : r->o->lock_retries);
    bool ok = try_transaction(r, g, err);
    while (!ok && retry_wanted(retry, err)) {
        ok = retry_pause(retry, err->context != NULL ? err->context : "deploying", err);
        if (!ok)
            break;
        forget_attempt(r, g);
        ok = try_transaction(r, g, err);
    }
    retry_explain(retry, err);
    return ok;
}

static bool run_groups(Runner *r, Error *err)
{
    for (size_t i = 0; i < r->plan->groups.n; i++) {
        const Group *g = &r->plan->groups.v[i];
        r->step_began = clock_us();
        if (!g->transaction && r->o->rehearse)
            continue;
        if (!(g->transaction ? run_transaction(r, g, err) : runner_run_alone(r, g, err)))
            return false;
    }
    if (r->plan->groups.n > 0)
        return true;
    bool ok = begin(r, err) && runner_finish_last(r, NULL, err) && runner_commit(r, err);
    if (!ok)
        runner_rollback(r);
    return ok;
}

Run *deploy_run(const void *ctx, Plan *plan, History *history, const RunOptions *options, Error *err)
{
    int64_t began = clock_ms();
    Run *run = mem_new(ctx, Run);
    Runner r = {.run = run, .plan = plan, .h = history, .conn = history->conn, .o = options, .failed = SIZE_MAX};
    r.last_at = history->last_at;
    run->plan = plan;
    run->steps = mem_array(run, StepRun, plan->steps.n + 1);
    for (size_t i = 0; i < plan->steps.n; i++)
        run->steps[i].step = &plan->steps.v[i];
    r.projects = map_new(run);
    history->in_transaction = options->rehearse;
    if (options->rehearse && !pg_queue_sql(r.conn, "BEGIN", err))
        return NULL;
    if (!history_create(history, err) || !pg_wait(r.conn, err))
        return NULL;
    r.audit = audit_begin(run, history, options->command, err);
    if (r.audit == NULL)
        return NULL;
    bool ok = run_groups(&r, err);
    if (ok && options->rehearse)
        runner_rollback(&r);
    else if (!ok && !options->rehearse)
        runner_record_failure(&r, err);
    run->ms = clock_ms() - began;
    return run;
}
