/* deploy/run_alone.c: a step that cannot run inside a transaction; see internal.h.
 *
 * The audit log is told before its first statement and before each, committed every time: a run that is cut off leaves
 * behind where it stood. */
#include "deploy/internal.h"

#include <string.h>

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
    if (runner_verify_group(r, g, err))
        return true;
    error_hint(err, "all its statements took effect; when it is right nevertheless: pgwright deploy --settle %s=deployed",
               plan_step_name(scratch, &r->plan->steps.v[g->first]));
    return false;
}

static bool record(Runner *r, const Group *g, Error *err)
{
    const Step *s = &r->plan->steps.v[g->first];
    return s->kind == STEP_REVERT ? runner_record_revert(r, s, err)
                                  : runner_record_project(r, s->change->module, err) && runner_record_group(r, g, err);
}

static bool record_alone(Runner *r, const Group *g, Error *err)
{
    return pg_queue_sql(r->conn, "BEGIN", err) && record(r, g, err) && runner_queue_done(r, g->first, err) &&
           runner_finish_last(r, g, err) && runner_commit(r, err);
}

static bool run_script_alone(Alone *a, Error *err)
{
    bool ok = script_autocommit(runner_script(a->r, a->step), note_statement, a, err);
    if (ok)
        return script_reset_session(a->r->conn, err) && pg_wait(a->r->conn, err);
    bool refused = error_is_set(err) && err->sqlstate[0] != '\0';
    runner_rollback(a->r);
    explain_alone(a, err);
    if (refused && a->number <= 1)
        settle_untouched(a);
    return false;
}

bool runner_run_alone(Runner *r, const Group *g, Error *err)
{
    Alone a = {.r = r, .step = &r->plan->steps.v[g->first]};
    runner_echo_step(r, a.step);
    note_change(r, a.step, "start", a.step->kind == STEP_DEPLOY ? "deploy" : "revert");
    bool ok = audit_flush(r->audit, err) && pg_wait(r->conn, err) && run_script_alone(&a, err) &&
              verify_alone(r, g, err) && record_alone(r, g, err);
    if (!ok)
        runner_give_up(r, g, err);
    r->rows_queued = false;
    runner_settle_states(r, g, ok);
    return ok;
}
