/* deploy/run.c: see run.h.
 *
 *     deploy_run → run_group → queue_step (in a transaction) or run_alone (outside one)
 *
 * Inside a transaction nothing is waited for: a group's statements go out as fast as the server takes them, and COMMIT is
 * the last of them. */
#include "deploy/run.h"

#include "base/clock.h"
#include "base/log.h"
#include "deploy/extension.h"
#include "deploy/script_run.h"
#include "deploy/verify.h"
#include "pg/record.h"

#include <stdlib.h>
#include <string.h>

/* Replies are asked for every so many steps: often enough for progress to be seen, seldom enough to cost nothing. */
enum { FLUSH_STEPS = 32 };

/* Between two attempts at a transaction that did not get its locks: the first pause, doubled each time, and the longest. */
enum { RETRY_PAUSE_MS = 250, RETRY_PAUSE_MAX_MS = 30000 };

typedef struct Runner {
    Run *run;
    Plan *plan;
    History *h;
    PgConn *conn;
    Audit *audit;
    const RunOptions *o;
    Map *projects;      /* recorded in this run */
    int64_t step_began; /* when the reply before was in: what a step took is the time until its own last reply */
    size_t done;        /* steps whose statements have run */
    const Change *failed_change; /* whose script failed */
    size_t failed;      /* the step that failed; SIZE_MAX for none */
} Runner;

/* A step's last statement: its row in the history. */
typedef struct StepDone {
    Runner *r;
    size_t index;
} StepDone;

static void step_ran(Runner *r, size_t index)
{
    SCRATCH void *scratch = mem_scratch();
    int64_t now = clock_us();
    r->run->steps[index].us = now - r->step_began;
    r->run->steps[index].state = STEP_RAN;
    r->step_began = now;
    r->done++;
    if (r->o->progress != NULL)
        r->o->progress(r->done, plan_step_name(scratch, &r->plan->steps.v[index]));
}

static bool on_step_done(void *arg, const PGresult *result, Error *err)
{
    const StepDone *d = arg;
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        return pg_result_error(result, err);
    step_ran(d->r, d->index);
    return true;
}

/* A statement without effect whose reply tells that the step before it is through. */
static bool queue_step_done(Runner *r, size_t index, Error *err)
{
    StepDone *d = mem_new(r->run, StepDone);
    *d = (StepDone){.r = r, .index = index};
    return pg_queue(r->conn, &(PgStatement){.sql = "", .reply = on_step_done, .arg = d}, err);
}

static ScriptRun *script_of(Runner *r, const Step *s)
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

static bool record_project(Runner *r, const Module *m, Error *err)
{
    if (r->h->format->record_project == NULL || map_has(r->projects, m->name))
        return true;
    map_set(r->projects, m->name, r);
    return r->h->format->record_project(r->h, m, err);
}

static bool record_deploy(Runner *r, const Step *s, Error *err)
{
    const HistoryFormat *f = r->h->format;
    char id[DIGEST_HEX_MAX];
    history_change_id(f, s->change, s->script_hash, id);
    if (!record_project(r, s->change->module, err) || !f->record_deploy(r->h, s->change, s->script_hash, err))
        return false;
    for (size_t i = 0; i < s->change->tags.n; i++)
        if (!f->record_tag(r->h, s->change->tags.v[i], id, err))
            return false;
    audit_note(r->audit, r->o->log_only ? "log" : "deploy", s->change->module->name, s->change->instance, id,
               s->summary.sha256, "");
    return true;
}

static bool record_revert(Runner *r, const Step *s, Error *err)
{
    audit_note(r->audit, "revert", s->deployed->project, s->deployed->name, s->deployed->change_id, s->summary.sha256,
               r->o->log_only ? "log only" : "");
    return r->h->format->record_revert(r->h, s->deployed, err);
}

static bool record(Runner *r, const Step *s, Error *err)
{
    return s->kind == STEP_DEPLOY ? record_deploy(r, s, err) : record_revert(r, s, err);
}

static bool queue_script(Runner *r, const Step *s, Error *err)
{
    if (s->script == NULL)
        return true;
    ScriptRun *run = script_of(r, s);
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

/* A recorded run says in psql how far it is. */
static void echo_step(Runner *r, const Step *s)
{
    SCRATCH void *scratch = mem_scratch();
    if (pg_recording(r->conn))
        pg_record_echo(r->conn, plan_step_name(scratch, s));
}

static bool queue_step(Runner *r, size_t index, Error *err)
{
    const Step *s = &r->plan->steps.v[index];
    echo_step(r, s);
    bool ok = s->extension != NULL
                  ? queue_extension(r, s, err)
                  : queue_script(r, s, err) && record(r, s, err);
    return ok && queue_step_done(r, index, err) && (index % FLUSH_STEPS != 0 || pg_flush(r->conn, err));
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
static bool commit(Runner *r, Error *err)
{
    if (r->o->rehearse)
        return audit_flush(r->audit, err) && pg_queue_sql(r->conn, "SET CONSTRAINTS ALL IMMEDIATE", err) &&
               pg_wait(r->conn, err);
    return audit_flush(r->audit, err) &&
           pg_queue(r->conn, &(PgStatement){.sql = "COMMIT", .reply = on_commit}, err) && pg_wait(r->conn, err);
}

static void rollback(Runner *r)
{
    Error ignored = {0};
    audit_forget(r->audit);
    /* the first statement after a run was told to end is refused, and the second is not */
    bool queued = pg_recover(r->conn) &&
                  (pg_queue_sql(r->conn, "ROLLBACK", &ignored) || pg_queue_sql(r->conn, "ROLLBACK", &ignored));
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

/* The step whose script failed; where no script did, the first that did not get through. */
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

static VerifyResult to_verify(Change *c)
{
    return (VerifyResult){.project = c->module->name, .name = c->instance, .change = c, .class = VERIFY_OK};
}

/* Reverted changes of the plan whose verify script could prove something. */
static void reverted_changes(Runner *r, VerifyList *out)
{
    for (size_t i = 0; i < r->plan->steps.n; i++)
        if (r->plan->steps.v[i].verify != NULL)
            list_push(r->run, out, to_verify(r->plan->steps.v[i].change));
}

static void remaining_changes(Runner *r, VerifyList *out)
{
    SCRATCH void *scratch = mem_scratch();
    Map *gone = map_new(scratch);
    for (size_t i = 0; i < r->plan->steps.n; i++)
        if (r->plan->steps.v[i].deployed != NULL)
            map_set(gone, r->plan->steps.v[i].deployed->key, r);
    for (size_t i = 0; i < r->h->deployed.n; i++) {
        const Deployed *d = r->h->deployed.v[i];
        bool superseded = d->change != NULL && strcmp(d->change->name, d->change->instance) != 0;
        if (d->change != NULL && d->change->has_verify && !superseded && !map_has(gone, d->key))
            list_push(r->run, out, to_verify(d->change));
    }
}

/* A verify script that still passes after the revert: something was left behind, or the script proves nothing. */
static bool judge_reverted(Runner *r, VerifyList *reverted, Error *err)
{
    for (size_t i = 0; i < reverted->n; i++) {
        VerifyResult *v = &reverted->v[i];
        bool passes = v->class == VERIFY_OK;
        error_clear(&v->failure);
        if (!passes)
            continue;
        list_push(r->run, &r->run->unproven, mem_printf(r->run, "%s:%s", v->project, v->name));
        if (r->o->prove) {
            error_set(err, ERR_VERIFY, "%s:%s: its verify script still passes after the revert", v->project, v->name);
            error_place(err, v->change->verify, 0, 0, NULL);
            error_hint(err, "the revert script leaves something behind, or the verify script proves nothing");
        }
    }
    return !error_is_set(err);
}

/* Every verify script that failed becomes an error. */
static bool judge_deployed(Runner *r, VerifyList *list, Error *err)
{
    for (size_t i = 0; i < list->n; i++) {
        VerifyResult *v = &list->v[i];
        if (verify_classes[v->class].is_failure) {
            r->failed_change = r->failed_change != NULL ? r->failed_change : v->change;
            error_append(err, &v->failure);
        }
        error_clear(&v->failure);
    }
    return !error_is_set(err);
}

/* A change that was reworked in the same transaction is no more as its own verify script expects it. */
static bool is_reworked_in(const Runner *r, const Group *g, const Change *c)
{
    for (size_t i = g->first; i < g->first + g->count; i++)
        if (r->plan->steps.v[i].change != NULL && r->plan->steps.v[i].change->earlier == c)
            return true;
    return false;
}

/* The verify scripts of a group, once all of it has run: they may use what later changes of it make. */
static bool verify_group(Runner *r, const Group *g, Error *err)
{
    VerifyList list = {0};
    for (size_t i = g->first; i < g->first + g->count; i++) {
        const Step *s = &r->plan->steps.v[i];
        if (s->kind == STEP_DEPLOY && s->verify != NULL && !is_reworked_in(r, g, s->change))
            list_push(r->run, &list, to_verify(s->change));
    }
    return list.n == 0 || (verify_scripts(r->conn, r->o->ws, r->o->variables, &list, g->transaction, err) &&
                           judge_deployed(r, &list, err));
}

/* Before a revert is committed: what was reverted must be gone, what remains must still be right. */
static bool prove_revert(Runner *r, bool in_transaction, Error *err)
{
    VerifyList reverted = {0}, remaining = {0};
    if (r->plan->steps.n == 0 || r->plan->steps.v[0].kind != STEP_REVERT || r->o->log_only)
        return true;
    reverted_changes(r, &reverted);
    if (r->o->verify_remaining)
        remaining_changes(r, &remaining);
    if (reverted.n + remaining.n == 0)
        return true;
    return pg_wait(r->conn, err) &&
           verify_scripts(r->conn, r->o->ws, r->o->variables, &reverted, in_transaction, err) &&
           verify_scripts(r->conn, r->o->ws, r->o->variables, &remaining, in_transaction, err) &&
           judge_reverted(r, &reverted, err) && (judge_deployed(r, &remaining, err) || error_wrap(err, "after the revert"));
}

/* Tags that were set in the plan after their change was deployed. */
static bool record_late_tags(Runner *r, Error *err)
{
    for (size_t i = 0; i < r->plan->late_tags.n; i++) {
        const Tag *tag = r->plan->late_tags.v[i];
        const Deployed *d = history_find(r->h, tag->change);
        if (!r->h->format->record_tag(r->h, tag, d->change_id, err))
            return false;
        audit_note(r->audit, "tag", d->project, d->name, d->change_id, "", tag->name);
    }
    return true;
}

static bool is_last(const Runner *r, const Group *g)
{
    return g == NULL || g->first + g->count == r->plan->steps.n;
}

/* What ends the run is committed with its last group. */
static bool finish_last(Runner *r, const Group *g, Error *err)
{
    return !is_last(r, g) ||
           (record_late_tags(r, err) && prove_revert(r, true, err) && audit_end(r->audit, "done", err));
}

static bool try_transaction(Runner *r, const Group *g, Error *err)
{
    bool ok = begin(r, err);
    for (size_t i = 0; ok && i < g->count; i++)
        ok = queue_step(r, g->first + i, err);
    ok = ok && verify_group(r, g, err) && finish_last(r, g, err) && commit(r, err);
    if (!ok) {
        mark_failed(r, g);
        rollback(r);
    }
    return ok;
}

/* As if the transaction had never been begun. Projects that were recorded before it are recorded again, which changes
 * nothing. */
static void forget_attempt(Runner *r, const Group *g, Error *err)
{
    error_clear(err);
    for (size_t i = g->first; i < g->first + g->count; i++)
        r->run->steps[i].state = STEP_NOT_RUN;
    r->run->unproven.n = 0;
    r->projects = map_new(r->run);
    r->failed_change = NULL;
    r->failed = SIZE_MAX;
    r->done = g->first;
}

static void tell_retry(const Error *err, int64_t pause, long attempt, long attempts)
{
    char time[CLOCK_DURATION_SIZE];
    clock_format_duration(pause, time);
    log_info("%s: %s; rolled back, trying again in %s (%ld of %ld)", err->context != NULL ? err->context : "deploying",
             err->message, time, attempt, attempts);
}

/* A lock that is not had in time is not waited for in the middle of a transaction: it would keep the locks that it has, and
 * everybody else would queue up behind the one that it wants. */
static bool run_transaction(Runner *r, const Group *g, Error *err)
{
    bool ok = try_transaction(r, g, err);
    int64_t pause = RETRY_PAUSE_MS;
    for (long i = 1; !ok && !r->o->rehearse && i <= r->o->lock_retries && strcmp(err->sqlstate, "55P03") == 0; i++) {
        tell_retry(err, pause, i, r->o->lock_retries);
        forget_attempt(r, g, err);
        ok = pg_pause(r->conn, pause, err) && try_transaction(r, g, err);
        pause = pause * 2 < RETRY_PAUSE_MAX_MS ? pause * 2 : RETRY_PAUSE_MAX_MS;
    }
    settle_states(r, g, ok && !r->o->rehearse);
    return ok;
}

/* A step outside a transaction, and how far it came. */
typedef struct Alone {
    Runner *r;
    const Step *step;
    size_t number; /* of the statement at hand */
} Alone;

static bool note_statement(void *arg, size_t number, const char *command, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Alone *a = arg;
    const Change *c = a->step->change;
    a->number = number;
    audit_note(a->r->audit, "statement", c->module->name, c->instance, "", "",
               mem_printf(scratch, "%zu/%zu %s", number, a->step->summary.statements, command));
    return audit_flush(a->r->audit, err) && pg_wait(a->r->conn, err);
}

static void note_change(Runner *r, const Step *s, const char *kind, const char *detail)
{
    audit_note(r->audit, kind, s->change->module->name, s->change->instance, "", s->summary.sha256, detail);
}

/* A first statement that failed did nothing: the change is as pending as before. Best effort. */
static void settle_untouched(const Alone *a)
{
    Error ignored = {0};
    note_change(a->r, a->step, "settle", "pending: its first statement failed");
    if (audit_flush(a->r->audit, &ignored))
        pg_wait(a->r->conn, &ignored);
    error_clear(&ignored);
}

static void explain_alone(const Alone *a, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *name = plan_step_name(scratch, a->step);
    error_wrap(err, "statement %zu of %zu, outside a transaction", a->number, a->step->summary.statements);
    if (a->number > 1)
        error_hint(err, "statements 1 to %zu took effect; finish or undo them by hand, then pgwright deploy --settle "
                        "%s=deployed or --settle %s=pending",
                   a->number - 1, name, name);
    else if (a->step->summary.why != NULL && strstr(a->step->summary.why, "CONCURRENTLY") != NULL)
        error_hint(err, "an invalid index may be left behind: drop it (DROP INDEX CONCURRENTLY) and deploy again");
}

/* The verify script of a change that is already there for good. */
static bool verify_alone(Runner *r, const Group *g, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (verify_group(r, g, err))
        return true;
    error_hint(err, "all its statements took effect; when it is right nevertheless: pgwright deploy --settle %s=deployed",
               plan_step_name(scratch, &r->plan->steps.v[g->first]));
    return false;
}

static bool record_alone(Runner *r, const Group *g, Error *err)
{
    const Step *s = &r->plan->steps.v[g->first];
    return pg_queue_sql(r->conn, "BEGIN", err) && record(r, s, err) && queue_step_done(r, g->first, err) &&
           finish_last(r, g, err) && commit(r, err);
}

static bool run_script_alone(Alone *a, Error *err)
{
    bool ok = script_autocommit(script_of(a->r, a->step), note_statement, a, err);
    if (ok)
        return script_reset_session(a->r->conn, err) && pg_wait(a->r->conn, err);
    bool refused = error_is_set(err) && err->sqlstate[0] != '\0';
    rollback(a->r);
    explain_alone(a, err);
    if (refused && a->number <= 1)
        settle_untouched(a);
    return false;
}

static bool run_alone(Runner *r, const Group *g, Error *err)
{
    Alone a = {.r = r, .step = &r->plan->steps.v[g->first]};
    echo_step(r, a.step);
    note_change(r, a.step, "start", a.step->kind == STEP_DEPLOY ? "deploy" : "revert");
    bool ok = audit_flush(r->audit, err) && pg_wait(r->conn, err) && run_script_alone(&a, err) &&
              verify_alone(r, g, err) && record_alone(r, g, err);
    if (!ok) {
        mark_failed(r, g);
        rollback(r);
    }
    settle_states(r, g, ok);
    return ok;
}

static bool run_groups(Runner *r, Error *err)
{
    for (size_t i = 0; i < r->plan->groups.n; i++) {
        const Group *g = &r->plan->groups.v[i];
        r->step_began = clock_us();
        if (!g->transaction && r->o->rehearse)
            continue;
        if (!(g->transaction ? run_transaction(r, g, err) : run_alone(r, g, err)))
            return false;
    }
    if (r->plan->groups.n > 0)
        return true;
    bool ok = begin(r, err) && finish_last(r, NULL, err) && commit(r, err);
    if (!ok)
        rollback(r);
    return ok;
}

/* What failed is written down apart, for its own transaction is gone. Best effort: the failure itself matters more. */
static void record_failure(Runner *r, const Error *failure)
{
    Error second = {0};
    const Step *s = r->failed == SIZE_MAX ? NULL : &r->plan->steps.v[r->failed];
    bool ok = pg_alive(r->conn) && pg_queue_sql(r->conn, "BEGIN", &second);
    if (ok && s != NULL && s->change != NULL) {
        map_remove(r->projects, s->change->module->name);
        ok = record_project(r, s->change->module, &second);
        if (ok && r->h->format->record_fail != NULL)
            ok = r->h->format->record_fail(r->h, s->change, s->kind == STEP_REVERT ? "revert" : "deploy", failure,
                                           &second);
    }
    if (s != NULL) {
        SCRATCH void *scratch = mem_scratch();
        const char *project = s->change != NULL ? s->change->module->name : s->deployed != NULL ? s->deployed->project : "";
        const char *name = s->change != NULL     ? s->change->instance
                           : s->deployed != NULL ? s->deployed->name
                                                 : s->extension;
        audit_note(r->audit, "fail", project, name, "", s->summary.sha256,
                   redact(scratch, mem_printf(scratch, "%s %s", failure->sqlstate, failure->message)));
    }
    ok = ok && audit_end(r->audit, "failed", &second) && commit(r, &second);
    if (!ok)
        log_warn("the failure could not be written down: %s", second.message != NULL ? second.message : "no connection");
    error_clear(&second);
}

Run *deploy_run(const void *ctx, Plan *plan, History *history, const RunOptions *options, Error *err)
{
    int64_t began = clock_ms();
    Run *run = mem_new(ctx, Run);
    Runner r = {.run = run, .plan = plan, .h = history, .conn = history->conn, .o = options, .failed = SIZE_MAX};
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
        rollback(&r);
    else if (!ok && !options->rehearse)
        record_failure(&r, err);
    run->ms = clock_ms() - began;
    return run;
}
