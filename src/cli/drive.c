/* cli/drive.c: see drive.h. */
#include "cli/drive.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/drive_many.h"
#include "cli/drive_names.h"
#include "cli/drive_preview.h"
#include "cli/drive_record.h"
#include "cli/driving.h"
#include "ui/ui.h"

#include <stdlib.h>
#include <string.h>

/* ---- is it one? ---- */

static bool has_plan(const char *folder)
{
    static const char *const plans[] = {"pgwright.plan", "pgpm.plan", "sqitch.plan", "pgpm.json", "sqitch.conf"};
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
        if (file_exists(path_join(scratch, folder, plans[i])))
            return true;
    return false;
}

/* "." and what has a slash in it is no name of a module, unless it is a package of npm ("@acme/app") or a change of one
 * ("app:tables/users"). */
static bool is_path(const char *argument)
{
    if (strcmp(argument, ".") == 0 || strcmp(argument, "..") == 0)
        return true;
    return strchr(argument, '/') != NULL && *argument != '@' && strchr(argument, ':') == NULL;
}

static bool has_drive_flag(const Invocation *inv)
{
    static const char *const flags[] = {"param", "params-file", "compat", "plan-files", "connection", "overwrite", "targets"};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (flag_exists(inv, flags[i]) && flag_given(inv, flags[i]))
            return true;
    return false;
}

bool folder_is_meant(const Invocation *inv)
{
    static const char *const others[] = {"file", "plan"};
    const char *folder = drive_folder(inv);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (flag_exists(inv, others[i]) && flag_given(inv, others[i]))
            return false;
    if (has_drive_flag(inv))
        return true;
    return !has_plan(folder) && (folder_has_driver(folder) || (inv->arguments.n > 0 && is_path(folder)));
}

bool folder_is_not_meant(const Invocation *inv)
{
    return !folder_is_meant(inv);
}

/* ---- what is told at its end ---- */

static void tell_summary(const Driving *d, bool ok)
{
    const char *no_color = getenv("NO_COLOR"), *database = d->target.database;
    bool plain = no_color != NULL && *no_color != '\0';
    double seconds = (double)(clock_ms() - d->began) / 1000;
    const DriveRun *r = &d->run;
    SCRATCH void *scratch = mem_scratch();
    Str line = str_new(scratch);
    if (ok) {
        str_addf(&line, "%s %s: %zu file%s loaded", plain ? "ok" : "✓", database, r->files, r->files == 1 ? "" : "s");
        if (r->macros > 0)
            str_addf(&line, ", %zu test macro%s expanded", r->macros, r->macros == 1 ? "" : "s");
        str_addf(&line, " in %.2fs%s", seconds, d->options.preview == NULL ? "" : "; nothing of it is kept");
    } else {
        str_addf(&line, "%s %s: failed after %.2fs", plain ? "FAILED" : "✗", database, seconds);
        if (r->failed_unit > 1 && d->options.preview == NULL)
            str_addf(&line, " in unit %zu of %zu; %zu before it %s committed", r->failed_unit, r->units, r->units_committed,
                     r->units_committed == 1 ? "is" : "are");
    }
    log_info("%s", line.text);
}

json_t *drive_result(const Driving *d, bool ok, const Error *err)
{
    const DriveRun *r = &d->run;
    long deployment;
    json_t *o = json_pack("{s:s, s:i, s:I, s:I, s:I}", "status", ok ? "success" : "failed", "exitCode", ok ? 0 : (int)err->class,
                          "filesLoaded", (json_int_t)r->files, "testMacros", (json_int_t)r->macros, "durationMs",
                          (json_int_t)(clock_ms() - d->began));
    driving_set_text(o, "database", d->target.database);
    if (r->deployment != NULL && text_to_long(r->deployment, 1, INT64_MAX, &deployment))
        json_object_set_new(o, "deployment", json_integer(deployment));
    if (r->units > 0) {
        json_object_set_new(o, "executionUnits", json_integer((json_int_t)r->units));
        json_object_set_new(o, "unitsCommitted", json_integer((json_int_t)r->units_committed));
    }
    if (report_wanted(&d->report))
        json_object_set_new(o, "tests", report_tests_json(&r->tests));
    if (!ok && r->units > 0)
        driving_set_text(o, "executionMode", r->units == 1 || r->failed_unit == 1 ? "atomic" : "psql");
    if (d->options.preview != NULL && r->units > 0)
        drive_preview_json(o, preview_result(d->options.preview));
    if (!ok)
        driving_set_error(o, &d->run, err);
    return o;
}

void drive_tell(const Driving *d, bool ok)
{
    if (d->options.preview != NULL && d->run.units > 0 && !d->report.tap) /* which wants stdout for itself */
        drive_preview_print(preview_result(d->options.preview));
    if (d->run.files > 0 || ok || d->run.units > 0)
        tell_summary(d, ok);
}

static bool write_reports(Driving *d, bool ok, Error *err)
{
    json_t *error = ok ? NULL : ui_error_json(err);
    report_run(&d->report, NULL, "deploy.sql", clock_ms() - d->began, error);
    json_decref(error);
    return report_end(&d->report, "pgwright deploy", err) && ok;
}

static bool finish(Driving *d, bool ok, Error *err)
{
    if (d->report.points != NULL)
        ok = write_reports(d, ok, err);
    if (d->inv->json) {
        ui_json(drive_result(d, ok, err));
        d->inv->answered = true;
    } else {
        drive_tell(d, ok);
    }
    if (!ok)
        driving_add_context(d->run.where, err);
    test_results_clear(&d->run.tests);
    return ok;
}

/* ---- the run ---- */

/* Nothing of it is kept. */
static bool preview(Driving *d, Error *err)
{
    Error second = {0};
    PgConn *admin, *conn = drive_preview_connect(d->inv, &d->target, &admin, err);
    if (conn != NULL) {
        d->options.preview = preview_new(d->inv, d->folder, admin != NULL, flag_bool(d->inv, "schema-diff"));
        if (drive_run(d->inv, conn, &d->options, &d->run, err))
            drive_preview_guard(d->inv, d->folder, preview_result(d->options.preview), err);
    }
    talloc_free(conn);
    if (!drive_preview_leave(admin, &second) && !error_is_set(err))
        error_move(err, &second);
    error_clear(&second);
    return !error_is_set(err);
}

bool drive_database(Driving *d, Error *err)
{
    if (drive_previews(d->inv))
        return preview(d, err);
    PgConn *conn = drive_connect(d->inv, &d->target, err);
    if (conn == NULL)
        return false;
    log_verbose("connected: %s", pg_where(conn));
    d->options.lock_retries = flag_number(d->inv, "lock-retries");
    bool ok = drive_run(d->inv, conn, &d->options, &d->run, err);
    talloc_free(conn);
    return ok;
}

static void take_test(void *arg, const TestResult *t)
{
    Driving *d = arg;
    json_t *test = report_test_json(t);
    report_test(&d->report, NULL, test);
    json_decref(test);
}

bool run_drive(Invocation *inv, Error *err)
{
    Driving d;
    if (names_are_many(inv))
        return run_drive_many(inv, err);
    driving_begin(&d, inv);
    if (flag_exists(inv, "junit") && !report_begin(&d.report, inv, err))
        return false;
    d.options.watch_tests = report_wanted(&d.report);
    d.options.test = take_test;
    return finish(&d, driving_read(&d, err) && drive_record(&d, err) && drive_database(&d, err), err);
}
