/* deploy/run_alone.c: a step that cannot run inside a transaction; see internal.h.
 *
 * The audit log is told before its first statement and before each, committed every time: a run that is cut off leaves
 * behind where it stood. */
#include "base/file.h"
#include "deploy/internal.h"
#include "pg/record.h"

#include <string.h>

/* A step outside a transaction, and how far it came. */
typedef struct Alone {
    Runner *r;
    const Step *step;
    size_t number; /* of the statement at hand */
    size_t kept;   /* so many statements are committed */
} Alone;

/* The script may be another role by now, or play the replica, which fires no triggers: the note is ours. A recorded run does
 * not know whether the script is within a transaction of its own, which must not be committed. */
static bool note_as_ourselves(Runner *r, Error *err)
{
    if (pg_recording(r->conn))
        return audit_flush(r->audit, err);
    return pg_queue_sql(r->conn, "BEGIN", err) &&
           pg_queue_sql(r->conn, "SET LOCAL SESSION AUTHORIZATION DEFAULT", err) &&
           pg_queue_sql(r->conn, "SET LOCAL ROLE TO DEFAULT", err) &&
           pg_queue_sql(r->conn,
                        "SELECT pg_catalog.set_config('session_replication_role', 'origin', true)"
                        " WHERE pg_catalog.current_setting('session_replication_role') <> 'origin'",
                        err) &&
           audit_flush(r->audit, err) && pg_queue_sql(r->conn, "COMMIT", err) && pg_wait(r->conn, err);
}

/* Within a transaction of the script's own nothing is noted: it would be kept or lost with that. */
static bool note_statement(void *arg, size_t number, const char *command, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Alone *a = arg;
    const Change *c = a->step->change;
    a->number = number;
    if (pg_in_transaction(a->r->conn))
        return true;
    a->kept = number - 1;
    audit_note(a->r->audit, "statement", c->module->name, c->instance, "", "",
               mem_printf(scratch, "%zu/%zu %s", number, a->step->summary.statements, command));
    return note_as_ourselves(a->r, err);
}

static void note_change(Runner *r, const Step *s, const char *kind, const char *detail)
{
    audit_note(r->audit, kind, s->change->module->name, s->change->instance, "", s->summary.sha256, detail);
}

/* Nothing was committed before the failure: the change is as pending as before. Best effort. */
static void settle_untouched(const Alone *a)
{
    Error ignored = {0};
    note_change(a->r, a->step, "settle", "pending: nothing of it took effect");
    if (audit_flush(a->r->audit, &ignored))
        pg_wait(a->r->conn, &ignored);
    error_clear(&ignored);
}

static void explain_alone(const Alone *a, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *name = plan_step_name(scratch, a->step);
    error_wrap(err, "statement %zu of %zu, outside a transaction", a->number, a->step->summary.statements);
    if (a->kept > 0)
        error_hint(err, "statements 1 to %zu took effect; finish or undo them by hand, then pgwright deploy --settle "
                        "%s=deployed or --settle %s=pending",
                   a->kept, name, name);
    else if (a->step->summary.why != NULL && strstr(a->step->summary.why, "CONCURRENTLY") != NULL)
        error_hint(err, "an invalid index may be left behind: drop it (DROP INDEX CONCURRENTLY) and deploy again");
}

/* CREATE INDEX CONCURRENTLY IF NOT EXISTS is content with what an earlier attempt left behind. Invalid indexes count that the
 * script names and nobody is building. */
static bool check_indexes(Runner *r, const Step *s, Error *err)
{
    static const char sql[] =
        "SELECT i.indexrelid::regclass FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
        " WHERE NOT i.indisvalid AND c.relkind = 'i' AND pg_catalog.strpos($1, c.relname) > 0"
        "   AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)";
    SCRATCH void *scratch = mem_scratch();
    size_t len;
    if (pg_recording(r->conn) || s->summary.why == NULL || strstr(s->summary.why, "CONCURRENTLY") == NULL)
        return true;
    const char *text = file_read(scratch, s->script, SIZE_MAX, &len, err);
    PGresult *found = text == NULL ? NULL : pg_query(scratch, r->conn, sql, 1, &text, err);
    if (found == NULL || PQntuples(found) == 0)
        return found != NULL;
    error_set(err, ERR_VERIFY, "index %s is invalid: it was not built to its end", PQgetvalue(found, 0, 0));
    error_place(err, s->script, 0, 0, NULL);
    error_hint(err, "DROP INDEX CONCURRENTLY %s, then pgwright deploy --settle %s=pending", PQgetvalue(found, 0, 0),
               plan_step_name(scratch, s));
    return false;
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
    if (refused && a->kept == 0)
        settle_untouched(a);
    return false;
}

/* Run, and then looked at: what is there is there for good. */
static bool run_and_prove(Alone *a, const Group *g, Error *err)
{
    return run_script_alone(a, err) && history_keep_lock(a->r->h, err) && check_indexes(a->r, a->step, err) &&
           verify_alone(a->r, g, err);
}

bool runner_run_alone(Runner *r, const Group *g, Error *err)
{
    Alone a = {.r = r, .step = &r->plan->steps.v[g->first]};
    runner_echo_step(r, a.step);
    note_change(r, a.step, "start", a.step->kind == STEP_DEPLOY ? "deploy" : "revert");
    bool ok = audit_flush(r->audit, err) && pg_wait(r->conn, err) && run_and_prove(&a, g, err) && record_alone(r, g, err);
    return runner_end_group(r, g, ok, err);
}
