/* deploy/suite.c: see suite.h. */
#include "deploy/suite.h"

#include "base/clock.h"
#include "base/log.h"
#include "deploy/suite_tasks.h"
#include "deploy/testdb.h"
#include "pg/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_MS = 200 }; /* how soon a signal that came between two polls is seen */

typedef struct Suite {
    const void *ctx;
    const SuiteOptions *o;
    TaskList tasks;
    size_t first;     /* of the cycles among them; before them stand the bases */
    size_t end;       /* cycles from here on are not wanted: one before them failed */
    size_t reported;  /* cycles up to here were */
    size_t running;
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

/* A group of its own keeps the terminal's Ctrl-C from it: the suite passes it on, once. Sessions end before the
 * result is told, for a database with sessions cannot be copied. */
static _Noreturn void be_child(const SuiteOptions *o, Task *t, int output)
{
    setpgid(0, 0);
    void *ctx = mem_scratch();
    log_set_level(log_level() < LOG_VERBOSE ? LOG_WARN : log_level());
    json_t *result = t->module == NULL ? do_base(ctx, o, t) : do_cycle(ctx, o, t);
    char *text = json_dumps(result, JSON_COMPACT);
    talloc_free(ctx);
    for (size_t at = 0, n = text == NULL ? 0 : strlen(text); at < n;) {
        ssize_t written = write(output, text + at, n - at);
        if (written < 0 && errno != EINTR)
            break;
        at += written > 0 ? (size_t)written : 0;
    }
    _exit(0);
}

static bool start(Suite *s, Task *t, Error *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set(err, ERR_FAILED, "cannot make a pipe: %s", strerror(errno));
    fflush(NULL);
    t->pid = fork();
    if (t->pid == 0)
        be_child(s->o, t, ends[1]);
    close(ends[1]);
    if (t->pid < 0) {
        close(ends[0]);
        return error_set(err, ERR_FAILED, "cannot start a process: %s", strerror(errno));
    }
    t->output = ends[0];
    t->state = TASK_RUNNING;
    t->shared = s->running > 0;
    for (size_t i = 0; t->shared && i < s->tasks.n; i++)
        if (s->tasks.v[i]->state == TASK_RUNNING)
            s->tasks.v[i]->shared = true;
    s->running++;
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
            return s->running == 0 ? s->tasks.v[i] : NULL;
    for (size_t i = 0; i < s->end && s->running < s->o->jobs; i++) {
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
        str_clear(&t->text);
        json_decref(result);
        return;
    }
    t->result = result != NULL ? result : crashed(t);
    for (size_t i = s->first; !passed(t) && !s->o->go_on && i < s->end; i++)
        if (s->tasks.v[i] == t)
            s->end = i + 1;
}

static void finish(Suite *s, Task *t)
{
    int status;
    close(t->output);
    t->output = -1;
    while (waitpid(t->pid, &status, 0) < 0 && errno == EINTR)
        ;
    t->state = TASK_DONE;
    s->running--;
    json_t *result = json_loadb(t->text.text, t->text.len, 0, NULL);
    if (t->module != NULL) {
        take_cycle(s, t, result);
        return;
    }
    if (json_is_true(json_object_get(result, "ok")))
        t->base = (CycleBase){.database = t->database,
                              .empty = texts_of(s->ctx, json_object_get(result, "empty")),
                              .facts = texts_of(s->ctx, json_object_get(result, "facts"))};
    json_decref(result);
}

/* Takes in what one process says. */
static void listen_to(Suite *s, Task *t)
{
    char buffer[8192];
    ssize_t n = read(t->output, buffer, sizeof buffer);
    if (n > 0)
        str_add_n(&t->text, buffer, (size_t)n);
    else if (n == 0 || errno != EINTR)
        finish(s, t);
}

static void wait_for_news(Suite *s)
{
    SCRATCH void *scratch = mem_scratch();
    struct pollfd *fds = mem_array(scratch, struct pollfd, s->running + 1);
    Task **whose = mem_array(scratch, Task *, s->running + 1);
    nfds_t n = 0;
    for (size_t i = 0; i < s->tasks.n; i++) {
        if (s->tasks.v[i]->state != TASK_RUNNING)
            continue;
        whose[n] = s->tasks.v[i];
        fds[n++] = (struct pollfd){.fd = s->tasks.v[i]->output, .events = POLLIN};
    }
    if (poll(fds, n, POLL_MS) <= 0)
        return;
    for (nfds_t i = 0; i < n; i++)
        if (fds[i].revents != 0)
            listen_to(s, whose[i]);
}

/* Passed on once: a second one would end them before they have cleaned up. */
static void pass_signal_on(Suite *s)
{
    if (s->interrupted || signals_count() == 0)
        return;
    s->interrupted = true;
    for (size_t i = 0; i < s->tasks.n; i++)
        if (s->tasks.v[i]->state == TASK_RUNNING)
            kill(s->tasks.v[i]->pid, SIGINT);
}

static void report(Suite *s, json_t *results)
{
    while (!s->interrupted && s->reported < s->end && s->tasks.v[s->reported]->state == TASK_DONE) {
        json_t *result = s->tasks.v[s->reported++]->result;
        json_array_append(results, result);
        s->o->report(s->o->arg, result);
    }
}

static bool run_tasks(Suite *s, json_t *results, Error *err)
{
    for (;;) {
        pass_signal_on(s);
        for (Task *t; !s->interrupted && !error_is_set(err) && (t = next_task(s)) != NULL;)
            if (!start(s, t, err))
                break;
        if (s->running == 0)
            return !error_is_set(err);
        wait_for_news(s);
        report(s, results);
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
    Suite s = {.ctx = ctx, .o = o};
    Error second = {0};
    if (!suite_tasks(ctx, &o->cycle, modules, covered, &s.tasks, err))
        return false;
    s.first = s.reported = s.tasks.n - modules->n - covered->n;
    s.end = s.tasks.n;
    PgConn *admin = testdb_open(ctx, &o->cycle.target, err);
    if (admin == NULL || !testdb_reserve(admin, o->cycle.prefix, err) || !testdb_sweep(admin, o->cycle.prefix, err))
        return false;
    bool ok = run_tasks(&s, results, err);
    free_results(&s);
    ok = testdb_sweep(admin, o->cycle.prefix, ok ? err : &second) && ok;
    error_clear(&second);
    if (ok && s.interrupted)
        return error_set(err, ERR_INTERRUPTED, "interrupted");
    if (ok && o->cycle.target.deadline_ms != 0 && clock_ms() >= o->cycle.target.deadline_ms)
        return error_set(err, ERR_TIMEOUT, "out of time (--timeout)");
    return ok;
}
