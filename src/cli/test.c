/* cli/test.c: test: the full cycle of modules. */
#include "base/file.h"
#include "cli/drive.h"
#include "cli/session.h"
#include "cli/test_render.h"
#include "cli/verbs.h"
#include "deploy/suite.h"
#include "project/revision.h"
#include "ui/told.h"
#include "ui/ui.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { JOBS_MAX_DEFAULT = 8 };

/* What the results are judged and told by. */
typedef struct Judge {
    bool prove, strict, json;
    size_t failed;
} Judge;

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

/* All modules of the workspace but those left out. Without --force-all those that another one covers, where they are
 * deployed and reverted as part of its closure, are set apart. */
static void choose(Session *s, Invocation *inv, ModuleList *chosen, ModuleList *covered)
{
    ModuleList candidates = {0};
    for (size_t i = 0; i < s->modules.n; i++)
        if (!is_excluded(inv, s->modules.v[i]))
            list_push(inv, &candidates, s->modules.v[i]);
    bool every = flag_bool(inv, "force-all") || flag_bool(inv, "all") || candidates.n == 1;
    for (size_t i = 0; i < candidates.n; i++) {
        ModuleList *to = every || !is_covered(s, &candidates, candidates.v[i]) ? chosen : covered;
        list_push(inv, to, candidates.v[i]);
    }
}

static json_t *encode(const void *arg, const CycleResult *result)
{
    const Judge *judge = arg;
    return test_result_json(result, judge->prove, judge->strict);
}

static void report(void *arg, const json_t *result)
{
    Judge *judge = arg;
    judge->failed += !json_is_true(json_object_get(result, "ok"));
    if (json_object_get(result, "error") != NULL)
        told_error(json_object_get(result, "error"));
    if (!judge->json)
        render_test_result(result);
    fflush(stdout);
}

static size_t jobs(const Invocation *inv)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN), asked = flag_number(inv, "jobs");
    if (asked > 0)
        return (size_t)asked;
    return processors < 1 ? 1 : processors > JOBS_MAX_DEFAULT ? JOBS_MAX_DEFAULT : (size_t)processors;
}

/* What a module does wrong is one class; that it could not be tested at all is told as what was in the way. */
static ErrorClass class_of(const json_t *results)
{
    size_t i;
    json_t *r;
    json_array_foreach(results, i, r)
    {
        long class = (long)json_integer_value(json_object_get(json_object_get(r, "error"), "exit"));
        const char *phase = json_string_value(json_object_get(r, "phase"));
        if (phase != NULL && (strcmp(phase, CYCLE_NOT_DONE) == 0 || class == ERR_CONNECTION))
            return (ErrorClass)class;
    }
    return ERR_VERIFY;
}

static bool summarize(Invocation *inv, const Judge *judge, size_t modules, json_t *results, Error *err)
{
    size_t run = json_array_size(results);
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:I, s:I, s:I, s:O}", "ok", judge->failed == 0, "version", 1, "modules",
                          (json_int_t)modules, "passed", (json_int_t)(run - judge->failed), "failed",
                          (json_int_t)judge->failed, "results", results));
    else
        ui_print("%zu of %zu modules passed%s\n", run - judge->failed, modules,
                 run < modules ? " (stopped at the first failure)" : "");
    inv->answered = inv->json;
    return judge->failed == 0 || error_set(err, class_of(results), "%zu module%s failed the %s", judge->failed,
                                           judge->failed == 1 ? "" : "s",
                                           flag_bool(inv, "full-cycle") ? "full cycle" : "test");
}

static bool run_suite(Invocation *inv, const CycleOptions *cycle, const ModuleList *modules, const ModuleList *covered,
                      Error *err)
{
    Judge judge = {.prove = flag_bool(inv, "prove"), .strict = flag_bool(inv, "strict"), .json = inv->json};
    SuiteOptions o = {.cycle = *cycle,
                      .jobs = jobs(inv),
                      .go_on = flag_bool(inv, "keep-going"),
                      .encode = encode,
                      .report = report,
                      .arg = &judge};
    const char *junit = flag_text(inv, "junit");
    json_t *results = json_array();
    bool ok = suite_run(inv, &o, modules, covered, results, err);
    ok = (junit == NULL || write_test_junit(results, junit, err)) && ok;
    ok = ok && summarize(inv, &judge, modules->n + covered->n, results, err);
    json_decref(results);
    return ok;
}

/* The project as --upgrade-from names it; `dir` is to be removed afterwards. */
static bool read_older(Invocation *inv, Session *s, CycleOptions *o, char **dir, Error *err)
{
    const char *ref = flag_text(inv, "upgrade-from");
    if (ref == NULL)
        return true;
    *dir = revision_checkout(inv, s->ws->root, ref, err);
    if (*dir == NULL)
        return false;
    ProjectOptions po = {.start = *dir, .plan_file = flag_text(inv, "plan-file")};
    o->older = workspace_read(inv, &po, err);
    return o->older != NULL || error_wrap(err, "reading the project as of %s", ref);
}

bool run_test(Invocation *inv, Error *err)
{
    if (folder_is_meant(inv))
        return run_drive_test(inv, err);
    Session s = {0};
    char *older = NULL;
    CycleOptions o = {.prefix = flag_text(inv, "prefix"),
                      .depth = flag_bool(inv, "full-cycle") ? CYCLE_FULL : CYCLE_DEPLOYS,
                      .keep = flag_bool(inv, "keep")};
    if (!session_project(&s, inv, err))
        return false;
    if (flag_text(inv, "database") == NULL && flag_text(inv, "url") == NULL && !flag_bool(inv, "sandbox"))
        setenv("PGDATABASE", "postgres", 0);
    if (!session_target(&s, inv, &o.target, err))
        return false;
    o.ws = s.ws;
    o.variables = s.variables;
    o.command = session_command_line(inv);
    ModuleList modules = {0}, covered = {0};
    choose(&s, inv, &modules, &covered);
    if (o.depth == CYCLE_DEPLOYS)
        covered.n = 0;
    if (!inv->json)
        ui_print("Testing %zu of %zu module%s%s\n", modules.n, s.modules.n, s.modules.n == 1 ? "" : "s",
                 covered.n > 0 ? "; of the others, which these require, the changes one by one" : "");
    Error removal = {0};
    bool ok = read_older(inv, &s, &o, &older, err) && run_suite(inv, &o, &modules, &covered, err);
    if (older != NULL && !dir_remove(older, ok ? err : &removal))
        ok = false;
    error_clear(&removal);
    return ok;
}
