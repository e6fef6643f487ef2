/* deploy/suite.c: see suite.h. */
#include "deploy/suite.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/workers.h"
#include "deploy/suite_tasks.h"
#include "deploy/testdb.h"
#include "pg/signals.h"

enum { POLL_MS = 200 }; /* how soon a signal that came between two polls is seen */

typedef struct Suite {
    const void *ctx;
    const SuiteOptions *o;
    TaskList tasks;
    size_t first;     /* of the cycles among them; before them stand the bases */
    size_t end;       /* cycles from here on are not wanted: one before them failed */
    size_t reported;  /* cycles up to here were */
    Workers *workers;
    json_t *results;  /* of the cycles that were reported */
    bool interrupted; /* and every process knows */
} Suite;

static json_t *texts_json(const TextList *texts)
{
    json_t *array = json_array();
    for (size_t i = 0; i < texts->n; i++)
        json_array_append_new(array, json_string(texts->v[i]));
    return array;
}

static TextList texts_of(const void *ctx, const json_t *array)
{
    TextList texts = {0};
    size_t i;
    json_t *text;
    json_array_foreach(array, i, text)
        list_push(ctx, &texts, mem_strdup(ctx, json_string_value(text)));
    return texts;
}

/* In the process of its own. */
static json_t *do_base(const void *ctx, const SuiteOptions *o, Task *t)
{
    Error err = {0};
    CycleBase made = {.database = t->database};
    if (!cycle_make_base(ctx, &o->cycle, &t->required, task_base(t), &made, &err))
        return json_pack("{s:b}", "ok", 0); /* whoever wanted it will meet what is wrong, and tell */
    return json_pack("{s:b, s:o, s:o}", "ok", 1, "empty", texts_json(&made.empty), "facts", texts_json(&made.facts));
}

static json_t *do_cycle(const void *ctx, const SuiteOptions *o, Task *t)
{
    CycleResult r = {0};
    Error err = {0};
    CycleOptions co = o->cycle;
    co.depth = t->depth;
    if (!cycle_run(ctx, &co, t->module, t->database, task_base(t), &r, &err)) {
        list_push(ctx, &r.phases, (CyclePhase){.name = CYCLE_NOT_DONE, .state = CYCLE_FAILED});
        error_clear(&r.failure);
        error_move(&r.failure, &err);
    }
    return o->encode(o->arg, &r);
}

/* Sessions end before the result is told, for a database with sessions cannot be copied. */
static json_t *do_task(void *arg, void *piece)
{
    const Suite *s = arg;
    Task *t = piece;
    SCRATCH void *scratch = mem_scratch();
    log_set_level(log_level() < LOG_VERBOSE ? LOG_WARN : log_level());
    return t->module == NULL ? do_base(scratch, s->o, t) : do_cycle(scratch, s->o, t);
}

static bool start(const Suite *s, Task *t, Error *err)
{
    t->shared = workers_running(s->workers) > 0;
    for (size_t i = 0; t->shared && i < s->tasks.n; i++)
        if (s->tasks.v[i]->state == TASK_RUNNING)
            s->tasks.v[i]->shared = true;
    if (!workers_start(s->workers, t, err))
        return false;
    t->state = TASK_RUNNING;
    return true;
}

/* Does a cycle that is still to come begin with this base? */
static bool is_wanted(const Suite *s, const Task *base)
{
    for (size_t i = s->first; i < s->end; i++) {
        const Task *at = s->tasks.v[i];
        bool waits = at->state == TASK_WAITING;
        while (waits && at != NULL && at != base)
            at = at->from;
        if (waits && at == base)
            return true;
    }
    return false;
}

/* What can be started now: NULL when nothing can. What runs again runs alone. */
static Task *next_task(const Suite *s)
{
    for (size_t i = s->first; i < s->end; i++)
        if (s->tasks.v[i]->again && s->tasks.v[i]->state != TASK_DONE)
            return workers_running(s->workers) == 0 ? s->tasks.v[i] : NULL;
    for (size_t i = 0; i < s->end && workers_running(s->workers) < s->o->jobs; i++) {
        Task *t = s->tasks.v[i];
        bool ready = t->state == TASK_WAITING && (t->from == NULL || t->from->state == TASK_DONE);
        if (ready && (t->module != NULL || is_wanted(s, t)))
            return t;
    }
    return NULL;
}

static bool passed(const Task *t)
{
    return json_is_true(json_object_get(t->result, "ok"));
}

/* For a process that ended without a result. */
static json_t *crashed(const Task *t)
{
    static const char message[] = "the test's process ended without a result";
    return json_pack("{s:s, s:b, s:s, s:s, s:{s:i, s:s, s:s}, s:I, s:[{s:s, s:s, s:I}], s:[]}", "module",
                     t->module->name, "ok", 0, "phase", CYCLE_NOT_DONE, "text", message, "error", "exit",
                     (int)ERR_INTERNAL, "class", "internal", "message", message, "ms", (json_int_t)0, "phases",
                     "name", CYCLE_NOT_DONE, "state", "failed", "ms", (json_int_t)0, "findings");
}

static void take_cycle(Suite *s, Task *t, json_t *result)
{
    bool failed = json_object_get(result, "phase") != NULL;
    if (failed && t->shared && !t->again && !s->interrupted) {
        t->again = true;
        t->state = TASK_WAITING;
        json_decref(result);
        return;
    }
    t->result = result != NULL ? result : crashed(t);
    for (size_t i = s->first; !passed(t) && !s->o->go_on && i < s->end; i++)
        if (s->tasks.v[i] == t)
            s->end = i + 1;
}

static void take_base(const Suite *s, Task *t, json_t *result)
{
    if (json_is_true(json_object_get(result, "ok")))
        t->base = (CycleBase){.database = t->database,
                              .empty = texts_of(s->ctx, json_object_get(result, "empty")),
                              .facts = texts_of(s->ctx, json_object_get(result, "facts"))};
    json_decref(result);
}

static void report(Suite *s)
{
    while (!s->interrupted && s->reported < s->end && s->tasks.v[s->reported]->state == TASK_DONE) {
        json_t *result = s->tasks.v[s->reported++]->result;
        json_array_append(s->results, result);
        s->o->report(s->o->arg, result);
    }
}

static void take_result(void *arg, void *piece, json_t *result)
{
    Suite *s = arg;
    Task *t = piece;
    t->state = TASK_DONE;
    if (t->module != NULL)
        take_cycle(s, t, result);
    else
        take_base(s, t, result);
    report(s);
}

static void pass_signal_on(Suite *s)
{
    if (s->interrupted || signals_count() == 0)
        return;
    s->interrupted = true;
    workers_interrupt(s->workers);
}

static bool run_tasks(Suite *s, Error *err)
{
    s->workers = workers_new(s->ctx, &(WorkersOptions){.work = do_task, .ended = take_result, .arg = s});
    for (;;) {
        pass_signal_on(s);
        for (Task *t; !s->interrupted && !error_is_set(err) && (t = next_task(s)) != NULL;)
            if (!start(s, t, err))
                break;
        if (workers_running(s->workers) == 0)
            return !error_is_set(err);
        workers_wait(s->workers, POLL_MS);
    }
}

static void free_results(Suite *s)
{
    for (size_t i = 0; i < s->tasks.n; i++)
        json_decref(s->tasks.v[i]->result);
}

bool suite_run(const void *ctx, const SuiteOptions *o, const ModuleList *modules, const ModuleList *covered,
               json_t *results, Error *err)
{
    Suite s = {.ctx = ctx, .o = o, .results = results};
    Error second = {0};
    if (!suite_tasks(ctx, &o->cycle, modules, covered, &s.tasks, err))
        return false;
    s.first = s.reported = s.tasks.n - modules->n - covered->n;
    s.end = s.tasks.n;
    PgConn *admin = testdb_open(ctx, &o->cycle.target, err);
    if (admin == NULL || !testdb_reserve(admin, o->cycle.prefix, err) || !testdb_sweep(admin, o->cycle.prefix, err))
        return false;
    bool ok = run_tasks(&s, err);
    free_results(&s);
    ok = testdb_sweep(admin, o->cycle.prefix, ok ? err : &second) && ok;
    error_clear(&second);
    if (ok && s.interrupted)
        return error_set(err, ERR_INTERRUPTED, "interrupted");
    if (ok && o->cycle.target.deadline_ms != 0 && clock_ms() >= o->cycle.target.deadline_ms)
        return error_set(err, ERR_TIMEOUT, "out of time (--timeout)");
    return ok;
}
