/* deploy/run_record.c: what the history keeps of a run; see internal.h.
 *
 * A step's time is asked of the server right behind its last statement, for its row is written only when the whole group
 * has run: then all rows go with a few statements. */
#include "base/clock.h"
#include "base/log.h"
#include "deploy/internal.h"
#include "pg/record.h"

/* The end of a step. */
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
    long at = 0;
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        return pg_result_error(result, err);
    text_to_long(PQgetvalue(result, 0, 0), 1, INT64_MAX, &at);
    /* Later steps have later times, also when the server's clock is set back: histories are read in this order. */
    d->r->run->steps[d->index].at = at > d->r->last_at ? at : d->r->last_at + 1;
    d->r->last_at = d->r->run->steps[d->index].at;
    step_ran(d->r, d->index);
    return true;
}

bool runner_queue_done(Runner *r, size_t index, Error *err)
{
    static const char name[] = "pgwright_clock";
    if (pg_recording(r->conn))
        return true;
    StepDone *d = mem_new(r->run, StepDone);
    *d = (StepDone){.r = r, .index = index};
    return pg_prepare(r->conn, name, RECORD_CLOCK_SQL, err) &&
           pg_queue(r->conn, &(PgStatement){.sql = name, .prepared = true, .reply = on_step_done, .arg = d}, err);
}

bool runner_record_project(Runner *r, const Module *m, Error *err)
{
    if (r->h->format->record_project == NULL || map_has(r->projects, m->name))
        return true;
    map_set(r->projects, m->name, r);
    return r->h->format->record_project(r->h, m, err);
}

bool runner_record_revert(Runner *r, const Step *s, Error *err)
{
    audit_note(r->audit, "revert", s->deployed->project, s->deployed->name, s->deployed->change_id, s->summary.sha256,
               r->o->log_only ? "log only" : "");
    return r->h->format->record_revert(r->h, s->deployed, err);
}

static void note_deploy(Runner *r, const Step *s)
{
    char id[DIGEST_HEX_MAX];
    history_change_id(r->h->format, s->change, s->script_hash, id);
    audit_note(r->audit, r->o->log_only ? "log" : "deploy", s->change->module->name, s->change->instance, id,
               s->summary.sha256, "");
}

static DeployRecordList group_records(const void *ctx, const Runner *r, const Group *g)
{
    DeployRecordList records = {0};
    for (size_t i = g->first; i < g->first + g->count; i++) {
        const Step *s = &r->plan->steps.v[i];
        if (s->kind == STEP_DEPLOY)
            list_push(ctx, &records, record_of(s->change, s->script_hash, r->run->steps[i].at));
    }
    return records;
}

/* Times are waited for where there are several: one change alone is recorded at once, and that is its time. */
bool runner_record_group(Runner *r, const Group *g, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (g->count > 1 && !pg_wait(r->conn, err))
        return false;
    DeployRecordList records = group_records(scratch, r, g);
    for (size_t i = 0; i < g->count; i++)
        if (r->plan->steps.v[g->first + i].kind == STEP_DEPLOY)
            note_deploy(r, &r->plan->steps.v[g->first + i]);
    r->rows_queued = true;
    return record_deployed(r->h, &records, err);
}

void runner_find_refused(Runner *r, const Group *g, Error *err)
{
    if (!r->rows_queued)
        return;
    SCRATCH void *scratch = mem_scratch();
    DeployRecordList records = group_records(scratch, r, g);
    r->failed_change = record_find_refused(r->h, &records, err);
}

bool runner_record_late_tags(Runner *r, Error *err)
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

static void note_failure(Runner *r, const Step *s, const Error *failure)
{
    SCRATCH void *scratch = mem_scratch();
    const char *project = s->change != NULL ? s->change->module->name : s->deployed != NULL ? s->deployed->project : "";
    const char *name = s->change != NULL     ? s->change->instance
                       : s->deployed != NULL ? s->deployed->name
                                             : s->extension;
    audit_note(r->audit, "fail", project, name, "", s->summary.sha256,
               redact(scratch, mem_printf(scratch, "%s %s", failure->sqlstate, failure->message)));
}

/* In the format's own tables, if they keep failures. */
static bool record_fail(Runner *r, const Step *s, const Error *failure, Error *err)
{
    const HistoryFormat *f = r->h->format;
    map_remove(r->projects, s->change->module->name);
    return runner_record_project(r, s->change->module, err) &&
           (f->record_fail == NULL ||
            f->record_fail(r->h, s->change, s->kind == STEP_REVERT ? "revert" : "deploy", failure, err));
}

void runner_record_failure(Runner *r, const Error *failure)
{
    Error second = {0};
    const Step *s = r->failed == SIZE_MAX ? NULL : &r->plan->steps.v[r->failed];
    bool ok = pg_alive(r->conn) && pg_queue_sql(r->conn, "BEGIN", &second);
    if (ok && s != NULL && s->change != NULL)
        ok = record_fail(r, s, failure, &second);
    if (s != NULL)
        note_failure(r, s, failure);
    ok = ok && audit_end(r->audit, "failed", &second) && runner_commit(r, &second);
    if (!ok)
        log_warn("the failure could not be written down: %s", second.message != NULL ? second.message : "no connection");
    error_clear(&second);
}
