/* cli/drive_test.c: test of a session project: its tests alone, deploy.sql aside; see drive.h. */
#include "base/clock.h"
#include "base/log.h"
#include "cli/drive.h"
#include "cli/driving.h"
#include "deploy/session/trial.h"
#include "ui/ui.h"

#include <stdio.h>
#include <string.h>

typedef struct Testing {
    Driving d; /* first: who is told of a notice is told of this one */
    TestResultList results;
} Testing;

/* ---- while it runs ---- */

/* Of fixtures only what went wrong: whoever reads looks for tests. */
static void print_result(const TestResult *t)
{
    static const UiStyle styles[] = {[TEST_NOT_RUN] = UI_WARN, [TEST_PASSED] = UI_GOOD, [TEST_FAILED] = UI_BAD};
    static const char *const words[] = {[TEST_NOT_RUN] = "not run", [TEST_PASSED] = "passed ", [TEST_FAILED] = "FAILED "};
    if (t->step->kind == TEST_FIXTURE && t->state != TEST_FAILED)
        return;
    ui_print("%s%s%s %s", ui_style(styles[t->state]), words[t->state], ui_style(UI_PLAIN), t->step->script->file->path);
    if (t->reason != NULL)
        ui_print("  %s%s%s\n", ui_style(UI_DIM), t->reason, ui_style(UI_PLAIN));
    else
        ui_print("  %s%.1f ms%s\n", ui_style(UI_DIM), (double)t->us / 1000, ui_style(UI_PLAIN));
    fflush(stdout);
}

static void take_test(void *arg, const TestResult *t)
{
    Driving *d = arg;
    json_t *test = report_test_json(t);
    if (report_wanted(&d->report))
        report_test(&d->report, NULL, test);
    if (!d->inv->json && !d->report.tap)
        print_result(t);
    json_decref(test);
}

/* ---- at its end ---- */

static void tell_json(const Testing *t, bool ok, const Error *err)
{
    const Driving *d = &t->d;
    json_t *o = json_pack("{s:s, s:i, s:I, s:I, s:I, s:I, s:I, s:o}", "status", ok ? "success" : "failed", "exitCode",
                          ok ? 0 : (int)err->class, "filesLoaded", (json_int_t)d->run.files, "durationMs",
                          (json_int_t)(clock_ms() - d->began), "passed", (json_int_t)test_results_count(&t->results, TEST_PASSED),
                          "failed", (json_int_t)test_results_count(&t->results, TEST_FAILED), "notRun",
                          (json_int_t)test_results_count(&t->results, TEST_NOT_RUN), "tests", report_tests_json(&t->results));
    driving_set_text(o, "database", d->target.database);
    if (!ok)
        driving_set_error(o, &d->run, err);
    ui_json(o);
    d->inv->answered = true;
}

static bool has_failed(const TestResultList *results)
{
    for (size_t i = 0; i < results->n; i++)
        if (results->v[i].state == TEST_FAILED)
            return true;
    return false;
}

static void tell_people(const Testing *t)
{
    size_t passed = test_results_count(&t->results, TEST_PASSED);
    size_t all = passed + test_results_count(&t->results, TEST_FAILED) + test_results_count(&t->results, TEST_NOT_RUN);
    if (t->results.n > 0)
        ui_print("%zu of %zu test%s passed in %s\n", passed, all, all == 1 ? "" : "s", t->d.target.database);
}

/* What is in the way of the tests is a point of its own; what a test does wrong is that test's. */
static bool write_reports(Testing *t, bool ok, Error *err)
{
    if (!ok && !has_failed(&t->results)) {
        json_t *error = ui_error_json(err);
        report_run(&t->d.report, NULL, "tests", clock_ms() - t->d.began, error);
        json_decref(error);
    }
    return report_end(&t->d.report, "pgwright test", err) && ok;
}

static bool finish(Testing *t, bool ok, Error *err)
{
    if (t->d.inv->json)
        tell_json(t, ok, err);
    else if (!t->d.report.tap)
        tell_people(t);
    ok = write_reports(t, ok, err);
    for (size_t i = 0; i < t->results.n; i++) {
        TestResult *r = &t->results.v[i];
        if (r->state != TEST_FAILED)
            continue;
        driving_add_context(r->where, &r->failure);
        error_append(err, &r->failure);
    }
    test_results_clear(&t->results);
    return ok;
}

/* ---- the run ---- */

static bool test(Testing *t, Error *err)
{
    Driving *d = &t->d;
    if (!driving_read(d, err))
        return false;
    d->target.as_is = true;
    PgConn *conn = drive_connect(d->inv, &d->target, err);
    if (conn == NULL)
        return false;
    const TrialOptions options = {.session = d->options,
                                  .pattern = flag_text(d->inv, "pattern"),
                                  .callback = flag_text(d->inv, "callback"),
                                  .keep_going = flag_bool(d->inv, "keep-going")};
    bool ok = trial_run(d->inv, conn, &options, &t->results, err);
    talloc_free(conn);
    return ok;
}

bool run_drive_test(Invocation *inv, Error *err)
{
    Testing t = {0};
    driving_begin(&t.d, inv);
    t.d.options.test = take_test;
    return report_begin(&t.d.report, inv, err) && finish(&t, test(&t, err), err);
}
