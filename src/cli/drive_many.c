/* cli/drive_many.c: see drive_many.h. */
#include "cli/drive_many.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/workers.h"
#include "cli/drive_names.h"
#include "cli/drive_record.h"
#include "cli/driving.h"
#include "pg/signals.h"
#include "ui/told.h"
#include "ui/ui.h"

#include <string.h>

enum { POLL_MS = 200 }; /* how soon a signal that came between two polls is seen */

typedef enum WorkState { WORK_WAITING, WORK_RUNNING, WORK_DONE } WorkState;

/* One database. */
typedef struct Work {
    const char *name;
    const DriveTarget *target;
    WorkState state;
    json_t *result; /* once it is done: {"result": what --json prints of it, "failure": its error} */
} Work;

typedef struct Many {
    Driving d; /* what all have in common; and the report */
    LIST(Work) works;
    Workers *workers;
    bool keep_going;
    bool closed;      /* nothing more is begun */
    bool interrupted; /* and every process knows */
} Many;

/* ---- where to ---- */

static const char *with_server(const void *ctx, const DriveTarget *t)
{
    const char *host = t->cloud.host != NULL ? t->cloud.host : "(service)", *port = t->cloud.port != NULL ? t->cloud.port : "5432";
    return mem_printf(ctx, "%s on %s:%s", t->database, host, port);
}

/* Each has the name of its database; where others have the same one on other servers, with the server. */
static bool name_works(Many *m, Error *err)
{
    void *inv = m->d.inv, *several = m;
    Map *databases = map_new(inv), *names = map_new(inv);
    for (size_t i = 0; i < m->works.n; i++) {
        const char *database = m->works.v[i].target->database;
        map_set(databases, database, map_has(databases, database) ? several : NULL);
    }
    for (size_t i = 0; i < m->works.n; i++) {
        Work *w = &m->works.v[i];
        w->name = map_get(databases, w->target->database) == several ? with_server(inv, w->target) : w->target->database;
        if (map_has(names, w->name))
            return error_set(err, ERR_USAGE, "database %s is named twice", w->name);
        map_set(names, w->name, NULL);
    }
    return true;
}

static bool resolve_targets(Many *m, Error *err)
{
    Invocation *inv = m->d.inv;
    DriveNameList names = {0};
    if (!names_read(inv, &names, err))
        return false;
    for (size_t i = 0; i < names.n; i++) {
        DriveTarget *target = mem_new(inv, DriveTarget);
        if (!drive_target_of(inv, &m->d.settings, &names.v[i], target, err))
            return false;
        list_push(inv, &m->works, (Work){.target = target});
    }
    return name_works(m, err);
}

/* ---- one of them, in its process ---- */

static void tell_failure(const Driving *d, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    driving_add_context(d->run.where, err);
    error_render(err, &text);
    log_raw(text.text);
}

static json_t *deploy_one(void *arg, void *piece)
{
    const Many *m = arg;
    const Work *work = piece;
    Error err = {0};
    Driving d = m->d;
    d.began = clock_ms();
    d.target = *work->target;
    d.options.arg = &d;
    drive_target_begin(&d.target);
    bool ok = drive_database(&d, &err);
    json_t *outcome = json_pack("{s:o}", "result", drive_result(&d, ok, &err));
    if (!ok)
        json_object_set_new(outcome, "failure", ui_error_json(&err));
    if (!d.inv->json)
        drive_tell(&d, ok);
    if (!ok)
        tell_failure(&d, &err);
    error_clear(&err);
    test_results_clear(&d.run.tests);
    return outcome;
}

/* ---- all of them ---- */

static const json_t *result_of(const Work *w)
{
    return json_object_get(w->result, "result");
}

static long exit_code(const Work *w)
{
    return (long)json_integer_value(json_object_get(result_of(w), "exitCode"));
}

/* For a process that ended without a result: it has failed in a way that nobody foresaw. */
static json_t *crashed(void)
{
    static const char message[] = "its process ended without a result";
    return json_pack("{s:{s:s, s:i, s:s}, s:{s:i, s:s, s:s}}", "result", "status", "failed", "exitCode", (int)ERR_INTERNAL,
                     "error", message, "failure", "exit", (int)ERR_INTERNAL, "class", "internal", "message", message);
}

static void report_one(Many *m, const Work *w)
{
    size_t i;
    json_t *test;
    json_array_foreach(json_object_get(result_of(w), "tests"), i, test)
        report_test(&m->d.report, w->name, test);
    report_run(&m->d.report, w->name, "deploy.sql", json_integer_value(json_object_get(result_of(w), "durationMs")),
               json_object_get(w->result, "failure"));
}

static void take_result(void *arg, void *piece, json_t *result)
{
    Many *m = arg;
    Work *w = piece;
    w->state = WORK_DONE;
    w->result = result != NULL ? result : crashed();
    report_one(m, w);
    if (exit_code(w) == 0)
        return;
    told_error(json_object_get(w->result, "failure"));
    m->closed = m->closed || !m->keep_going;
}

static void tell_its_line(void *arg, void *piece, const char *line, size_t len)
{
    (void)arg;
    SCRATCH void *scratch = mem_scratch();
    log_raw(mem_printf(scratch, "[%s] %.*s\n", ((const Work *)piece)->name, (int)len, line));
}

/* Of several failures this one is the program's. */
static ErrorClass worst(const Many *m)
{
    static const ErrorClass order[] = {ERR_INTERRUPTED, ERR_LOCKED, ERR_CONFIG,  ERR_NO_PROJECT, ERR_REFUSED, ERR_CONNECTION,
                                       ERR_TIMEOUT,     ERR_SQL,    ERR_VERIFY, ERR_USAGE,      ERR_INTERNAL};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        for (size_t k = 0; k < m->works.n; k++)
            if (m->works.v[k].state == WORK_DONE && exit_code(&m->works.v[k]) == (long)order[i])
                return order[i];
    return ERR_FAILED;
}

static size_t count(const Many *m, bool done, bool ok)
{
    size_t n = 0;
    for (size_t i = 0; i < m->works.n; i++)
        n += (m->works.v[i].state == WORK_DONE) == done && (!done || (exit_code(&m->works.v[i]) == 0) == ok);
    return n;
}

/* ---- what is told at its end ---- */

static void tell_people(const Many *m)
{
    for (size_t i = 0; i < m->works.n; i++) {
        const Work *w = &m->works.v[i];
        const char *error = json_string_value(json_object_get(result_of(w), "error"));
        if (w->state != WORK_DONE)
            log_info("not begun %s", w->name);
        else if (exit_code(w) == 0)
            log_info("done      %s", w->name);
        else
            log_info("FAILED    %s: %s (exit code %ld)", w->name, error, exit_code(w));
    }
}

static json_t *database_json(const Work *w)
{
    json_t *o = w->state == WORK_DONE ? json_deep_copy(result_of(w)) : json_pack("{s:s}", "status", "not-begun");
    driving_set_text(o, "database", w->target->database);
    driving_set_text(o, "target", w->name);
    return o;
}

static void tell_json(const Many *m, bool ok, const Error *err)
{
    json_t *databases = json_array();
    for (size_t i = 0; i < m->works.n; i++)
        json_array_append_new(databases, database_json(&m->works.v[i]));
    json_t *o = json_pack("{s:s, s:i, s:I, s:I, s:I, s:I, s:I, s:o}", "status", ok ? "success" : "failed", "exitCode",
                          ok ? 0 : (int)err->class, "filesLoaded", (json_int_t)m->d.run.files, "durationMs",
                          (json_int_t)(clock_ms() - m->d.began), "succeeded", (json_int_t)count(m, true, true), "failed",
                          (json_int_t)count(m, true, false), "notBegun", (json_int_t)count(m, false, false),
                          "databases", databases);
    if (!ok)
        driving_set_error(o, &m->d.run, err);
    ui_json(o);
    m->d.inv->answered = true;
}

static bool finish(Many *m, bool ok, Error *err)
{
    if (m->d.inv->json)
        tell_json(m, ok, err);
    else if (count(m, true, true) + count(m, true, false) > 0)
        tell_people(m);
    for (size_t i = 0; i < m->works.n; i++)
        json_decref(m->works.v[i].result);
    return report_end(&m->d.report, "pgwright deploy", err) && ok;
}

/* ---- the run ---- */

static bool judge(const Many *m, Error *err)
{
    size_t failed = count(m, true, false), waiting = count(m, false, false);
    if (failed == 0 || error_is_set(err))
        return !error_is_set(err);
    error_set(err, worst(m), "the deployment failed in %zu of %zu databases", failed, m->works.n);
    if (waiting > 0) {
        error_detail(err, "%zu %s not begun", waiting, waiting == 1 ? "was" : "were");
        error_hint(err, "--keep-going goes on to the others after a failure");
    }
    return false;
}

static void pass_signal_on(Many *m)
{
    if (m->interrupted || signals_count() == 0)
        return;
    m->interrupted = m->closed = true;
    workers_interrupt(m->workers);
}

static bool begin_waiting(Many *m, size_t jobs, Error *err)
{
    for (size_t i = 0; i < m->works.n && workers_running(m->workers) < jobs && !m->closed; i++) {
        if (m->works.v[i].state != WORK_WAITING)
            continue;
        if (!workers_start(m->workers, &m->works.v[i], err)) {
            m->closed = true;
            return false;
        }
        m->works.v[i].state = WORK_RUNNING;
    }
    return true;
}

static bool run_works(Many *m, Error *err)
{
    long jobs = flag_number(m->d.inv, "jobs");
    m->workers = workers_new(m->d.inv, &(WorkersOptions){.work = deploy_one, .line = tell_its_line, .ended = take_result, .arg = m});
    signals_install();
    for (;;) {
        pass_signal_on(m);
        begin_waiting(m, jobs > 0 ? (size_t)jobs : 1, err);
        if (workers_running(m->workers) == 0)
            break;
        workers_wait(m->workers, POLL_MS);
    }
    if (m->interrupted && !error_is_set(err))
        error_set(err, ERR_INTERRUPTED, "interrupted");
    return !error_is_set(err);
}

static bool deploy_all(Many *m, Error *err)
{
    return driving_read_settings(&m->d, err) && resolve_targets(m, err) && driving_read_folder(&m->d, err) &&
           drive_record(&m->d, err) && run_works(m, err) && judge(m, err);
}

bool run_drive_many(Invocation *inv, Error *err)
{
    Many m = {.keep_going = flag_bool(inv, "keep-going")};
    driving_begin(&m.d, inv);
    if (flag_exists(inv, "junit") && !report_begin(&m.d.report, inv, err))
        return false;
    m.d.options.watch_tests = report_wanted(&m.d.report);
    return finish(&m, deploy_all(&m, err), err);
}
