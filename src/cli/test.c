/* cli/test.c: test: the full cycle of modules. */
#include "deploy/cycle.h"

#include "base/clock.h"
#include "base/log.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "ui/ui.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A test of one module in a process of its own, so that several run at once and none can hurt another. */
typedef struct Job {
    Module *module;
    pid_t pid;
    int output;     /* pipe: the result as JSON */
    json_t *result;
} Job;

static bool is_excluded(const Invocation *inv, const Module *m)
{
    const TextList *exclude = flag_list(inv, "exclude");
    for (size_t i = 0; i < exclude->n; i++)
        if (strcmp(exclude->v[i], m->name) == 0 || text_equal(exclude->v[i], m->control_name))
            return true;
    return false;
}

/* Is `m` deployed anyway when another candidate is tested? */
static bool is_covered(Session *s, const ModuleList *candidates, const Module *m)
{
    for (size_t i = 0; i < candidates->n; i++) {
        SCRATCH void *scratch = mem_scratch();
        Error ignored = {0};
        OrderList order = {0};
        ModuleList root = {.v = &candidates->v[i], .n = 1};
        bool covered = false;
        if (candidates->v[i] != m && workspace_order(scratch, s->ws, &root, &order, &ignored))
            for (size_t k = 0; k < order.n; k++)
                covered = covered || order.v[k].module == m;
        error_clear(&ignored);
        if (covered)
            return true;
    }
    return false;
}

/* All modules of the workspace but those left out; without --force-all only those that no other one covers. A module that
 * is covered is still reverted and proven as part of the other's closure. */
static ModuleList choose(Session *s, Invocation *inv)
{
    ModuleList candidates = {0}, chosen = {0};
    for (size_t i = 0; i < s->modules.n; i++)
        if (!is_excluded(inv, s->modules.v[i]))
            list_push(inv, &candidates, s->modules.v[i]);
    bool every = flag_bool(inv, "force-all") || flag_bool(inv, "all") || candidates.n == 1;
    for (size_t i = 0; i < candidates.n; i++)
        if (every || !is_covered(s, &candidates, candidates.v[i]))
            list_push(inv, &chosen, candidates.v[i]);
    return chosen;
}

static bool has_failed(const CycleResult *r, bool prove)
{
    bool failed = r->phase != NULL;
    for (size_t i = 0; i < r->findings.n; i++)
        failed = failed || (prove && finding_infos[r->findings.v[i].kind].is_failure);
    return failed;
}

static json_t *result_json(const CycleResult *r, bool prove)
{
    json_t *findings = json_array();
    for (size_t i = 0; i < r->findings.n; i++) {
        const FindingInfo *info = &finding_infos[r->findings.v[i].kind];
        json_array_append_new(findings, json_pack("{s:s, s:s, s:s}", "kind", info->name, "what", r->findings.v[i].what,
                                                  "meaning", info->meaning));
    }
    json_t *o = json_pack("{s:s, s:b, s:s, s:b, s:I, s:o}", "module", r->module->name, "ok", !has_failed(r, prove), "database",
                          r->database, "kept", r->kept, "ms", (json_int_t)r->ms, "findings", findings);
    if (r->phase != NULL) {
        SCRATCH void *scratch = mem_scratch();
        Str text = str_new(scratch);
        error_render(&r->failure, &text);
        json_object_set_new(o, "phase", json_string(r->phase));
        json_object_set_new(o, "error", ui_error_json(&r->failure));
        json_object_set_new(o, "text", json_string(text.text));
    }
    return o;
}

/* In the child. */
static _Noreturn void run_child(const CycleOptions *o, Module *m, bool prove, int output)
{
    void *scratch = mem_scratch();
    CycleResult r;
    Error err = {0};
    log_set_level(log_level() < LOG_VERBOSE ? LOG_WARN : log_level());
    if (!cycle_run(scratch, o, m, &r, &err)) {
        r.phase = "Test";
        error_move(&r.failure, &err);
    }
    char *text = json_dumps(result_json(&r, prove), JSON_COMPACT);
    for (size_t at = 0, n = strlen(text); at < n;) {
        ssize_t written = write(output, text + at, n - at);
        if (written < 0 && errno != EINTR)
            break;
        at += written > 0 ? (size_t)written : 0;
    }
    _exit(0);
}

static bool start_job(Job *job, const CycleOptions *o, bool prove, Error *err)
{
    int ends[2];
    if (pipe(ends) != 0)
        return error_set(err, ERR_FAILED, "cannot make a pipe: %s", strerror(errno));
    job->pid = fork();
    if (job->pid == 0) {
        close(ends[0]);
        run_child(o, job->module, prove, ends[1]);
    }
    close(ends[1]);
    job->output = ends[0];
    return job->pid > 0 || error_set(err, ERR_FAILED, "cannot start a process: %s", strerror(errno));
}

static void finish_job(Job *job)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    char buffer[8192];
    for (ssize_t n; (n = read(job->output, buffer, sizeof buffer)) != 0;) {
        if (n < 0 && errno != EINTR)
            break;
        if (n > 0)
            str_add_n(&text, buffer, (size_t)n);
    }
    close(job->output);
    int status;
    while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
        ;
    job->result = json_loadb(text.text, text.len, 0, NULL);
    if (job->result == NULL)
        job->result = json_pack("{s:s, s:b, s:s, s:s, s:I, s:[]}", "module", job->module->name, "ok", 0, "phase", "Test", "text",
                                "pgwright: the test's process ended without a result\n", "ms", (json_int_t)0, "findings");
}

static void print_result(const json_t *r)
{
    SCRATCH void *scratch = mem_scratch();
    const char *name = json_string_value(json_object_get(r, "module"));
    const char *phase = json_string_value(json_object_get(r, "phase"));
    char time[CLOCK_DURATION_SIZE];
    clock_format_duration(json_integer_value(json_object_get(r, "ms")), time);
    bool ok = json_is_true(json_object_get(r, "ok"));
    ui_print("%s%s%s %s  %s%s%s\n", ui_style(ok ? UI_GOOD : UI_BAD), ok ? "passed" : "FAILED", ui_style(UI_PLAIN), name,
             ui_style(UI_DIM), time, ui_style(UI_PLAIN));
    if (phase != NULL) {
        ui_print("  %s failed:\n", phase);
        char *text = mem_strdup(scratch, json_string_value(json_object_get(r, "text"))), *state = NULL;
        for (char *line = strtok_r(text, "\n", &state); line != NULL; line = strtok_r(NULL, "\n", &state))
            ui_print("    %s\n", line);
    }
    size_t i;
    json_t *f;
    json_array_foreach(json_object_get(r, "findings"), i, f)
        ui_print("  %s%s%s %s: %s\n", ui_style(UI_WARN), json_string_value(json_object_get(f, "kind")), ui_style(UI_PLAIN),
                 json_string_value(json_object_get(f, "what")), json_string_value(json_object_get(f, "meaning")));
    if (json_is_true(json_object_get(r, "kept")))
        ui_print("  kept database %s\n", json_string_value(json_object_get(r, "database")));
}

static size_t run_jobs(Invocation *inv, const CycleOptions *o, const ModuleList *modules, Job *jobs, Error *err)
{
    size_t at_once = (size_t)flag_number(inv, "jobs"), started = 0, finished = 0, failed = 0;
    bool go_on = flag_bool(inv, "continue-on-fail");
    at_once = at_once == 0 ? 1 : at_once;
    while (finished < started || (started < modules->n && (failed == 0 || go_on))) {
        while (started < modules->n && started - finished < at_once && (failed == 0 || go_on)) {
            jobs[started].module = modules->v[started];
            if (!start_job(&jobs[started], o, flag_bool(inv, "prove"), err))
                return finished;
            started++;
        }
        Job *job = &jobs[finished++];
        finish_job(job);
        failed += !json_is_true(json_object_get(job->result, "ok"));
        if (!inv->json)
            print_result(job->result);
    }
    return finished;
}

static bool summarize(Invocation *inv, const ModuleList *modules, Job *jobs, size_t run, Error *err)
{
    size_t failed = 0;
    json_t *results = json_array();
    for (size_t i = 0; i < run; i++) {
        failed += !json_is_true(json_object_get(jobs[i].result, "ok"));
        json_array_append_new(results, jobs[i].result);
    }
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:I, s:I, s:I, s:O}", "ok", failed == 0, "version", 1, "modules",
                          (json_int_t)modules->n, "passed", (json_int_t)(run - failed), "failed", (json_int_t)failed,
                          "results", results));
    else
        ui_print("%zu of %zu modules passed%s\n", run - failed, modules->n, run < modules->n ? " (stopped at the first failure)" : "");
    inv->answered = inv->json;
    json_decref(results);
    return failed == 0 || error_set(err, ERR_VERIFY, "%zu module%s failed the %s", failed, failed == 1 ? "" : "s",
                                    flag_bool(inv, "full-cycle") ? "full cycle" : "test");
}

bool run_test(Invocation *inv, Error *err)
{
    Session s = {0};
    CycleOptions o = {.prefix = flag_text(inv, "prefix"), .full = flag_bool(inv, "full-cycle"), .keep = flag_bool(inv, "keep")};
    if (!session_project(&s, inv, err))
        return false;
    if (flag_text(inv, "database") == NULL && flag_text(inv, "url") == NULL && !flag_bool(inv, "sandbox"))
        setenv("PGDATABASE", "postgres", 0);
    if (!session_target(&s, inv, &o.target, err))
        return false;
    o.ws = s.ws;
    o.command = session_command_line(inv);
    ModuleList modules = choose(&s, inv);
    Job *jobs = mem_array(inv, Job, modules.n + 1);
    if (!inv->json)
        ui_print("Testing %zu of %zu module%s\n", modules.n, s.modules.n, s.modules.n == 1 ? "" : "s");
    fflush(stdout);
    size_t run = run_jobs(inv, &o, &modules, jobs, err);
    return !error_is_set(err) && summarize(inv, &modules, jobs, run, err);
}
