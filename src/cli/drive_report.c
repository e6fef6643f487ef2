/* cli/drive_report.c: see drive_report.h. TAP: https://testanything.org/tap-version-14-specification.html */
#include "cli/drive_report.h"

#include "base/file.h"
#include "ui/junit.h"
#include "ui/ui.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A report that cannot be written is no reason to have deployed first. */
static bool check_place(const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (path == NULL || access(path, W_OK) == 0 || access(path_dir(scratch, path), W_OK | X_OK) == 0)
        return true;
    error_set(err, ERR_CONFIG, "cannot write the report: %s", strerror(errno));
    error_place(err, path, 0, 0, NULL);
    return false;
}

bool report_begin(DriveReport *r, const Invocation *inv, Error *err)
{
    *r = (DriveReport){.junit = flag_text(inv, "junit"), .tap = flag_bool(inv, "tap")};
    if (r->tap && inv->json)
        return error_set(err, ERR_USAGE, "--tap and --json both want stdout: say one of them");
    if (!check_place(r->junit, err))
        return false;
    r->points = json_array();
    if (r->tap)
        ui_print("TAP version 14\n");
    return true;
}

bool report_wanted(const DriveReport *r)
{
    return r->tap || r->junit != NULL;
}

static void set_text(json_t *object, const char *key, const char *value)
{
    SCRATCH void *scratch = mem_scratch();
    if (value != NULL)
        json_object_set_new(object, key, json_string(utf8_repaired(scratch, view_of(value))));
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

json_t *report_test_json(const TestResult *t)
{
    SCRATCH void *scratch = mem_scratch();
    json_t *o = json_object();
    set_text(o, "kind", test_step_names[t->step->kind]);
    set_text(o, "path", t->step->script->file->path);
    set_text(o, "directory", t->step->directory->path);
    set_text(o, "state", test_state_names[t->state]);
    json_object_set_new(o, "durationMs", json_real((double)t->us / 1000));
    set_text(o, "reason", t->reason);
    if (t->state == TEST_FAILED) {
        json_object_set_new(o, "error", ui_error_json(&t->failure));
        set_text(o, "where", t->where);
    }
    if (t->notices.n > 0) {
        json_t *notices = json_array();
        for (size_t i = 0; i < t->notices.n; i++)
            json_array_append_new(notices, json_string(utf8_repaired(scratch, view_of(t->notices.v[i]))));
        json_object_set_new(o, "notices", notices);
    }
    return o;
}

json_t *report_tests_json(const TestResultList *results)
{
    json_t *tests = json_array();
    for (size_t i = 0; i < results->n; i++)
        json_array_append_new(tests, report_test_json(&results->v[i]));
    return tests;
}

/* ---- TAP ---- */

/* A description is one line, and a # would begin a directive. */
static char *tap_text(const void *ctx, const char *text)
{
    Str out = str_new(ctx);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\\' || *p == '#')
            str_add_char(&out, '\\');
        str_add_char(&out, *p == '\n' || *p == '\r' ? ' ' : *p);
    }
    return out.text;
}

/* YAML takes JSON's strings. */
static void add_yaml(Str *out, const char *indent, const char *key, const json_t *value)
{
    if (value == NULL)
        return;
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
    str_addf(out, "%s%s: %s\n", indent, key, text);
    free(text);
}

static void add_diagnosis(Str *out, const json_t *point)
{
    const json_t *error = json_object_get(point, "error");
    str_add(out, "  ---\n");
    add_yaml(out, "  ", "duration_ms", json_object_get(point, "durationMs"));
    if (error != NULL) {
        add_yaml(out, "  ", "message", json_object_get(error, "message"));
        add_yaml(out, "  ", "sqlstate", json_object_get(error, "sqlstate"));
        add_yaml(out, "  ", "detail", json_object_get(error, "detail"));
        add_yaml(out, "  ", "hint", json_object_get(error, "hint"));
        if (json_object_get(error, "file") != NULL)
            str_add(out, "  at:\n");
        add_yaml(out, "    ", "file", json_object_get(error, "file"));
        add_yaml(out, "    ", "line", json_object_get(error, "line"));
        add_yaml(out, "    ", "column", json_object_get(error, "column"));
    }
    str_add(out, "  ...\n");
}

static void print_tap(const DriveReport *r, const json_t *point)
{
    SCRATCH void *scratch = mem_scratch();
    Str out = str_new(scratch);
    const char *database = text_of(point, "database"), *reason = text_of(point, "reason");
    str_addf(&out, "%s %zu - %s%s%s", json_object_get(point, "error") != NULL ? "not ok" : "ok", json_array_size(r->points),
             database != NULL ? tap_text(scratch, database) : "", database != NULL ? ": " : "",
             tap_text(scratch, text_of(point, "path")));
    if (reason != NULL)
        str_addf(&out, " # SKIP %s", tap_text(scratch, reason));
    str_add_char(&out, '\n');
    if (reason == NULL)
        add_diagnosis(&out, point);
    ui_print("%s", out.text);
    fflush(stdout);
}

/* ---- JUnit ---- */

static char *failure_text(const void *ctx, const json_t *error)
{
    static const char *const more[] = {"detail", "hint"};
    Str out = str_new(ctx);
    if (json_object_get(error, "file") != NULL)
        str_addf(&out, "%s:", text_of(error, "file"));
    if (json_object_get(error, "line") != NULL)
        str_addf(&out, "%lld:%lld:", (long long)json_integer_value(json_object_get(error, "line")),
                 (long long)json_integer_value(json_object_get(error, "column")));
    str_addf(&out, "%s%s", out.len > 0 ? " " : "", text_of(error, "message"));
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        if (json_object_get(error, more[i]) != NULL)
            str_addf(&out, "\n%s: %s", more[i], text_of(error, more[i]));
    return out.text;
}

static void add_case(JUnit *j, const json_t *point)
{
    SCRATCH void *scratch = mem_scratch();
    const json_t *error = json_object_get(point, "error");
    Str said = str_new(scratch);
    size_t i;
    json_t *notice;
    junit_case(j, text_of(point, "path"), (int64_t)(json_number_value(json_object_get(point, "durationMs")) + 0.5));
    if (error != NULL)
        junit_failure(j, json_object_get(error, "sqlstate") != NULL ? text_of(error, "sqlstate") : text_of(error, "class"),
                      text_of(error, "message"), failure_text(scratch, error));
    if (text_of(point, "reason") != NULL)
        junit_skipped(j, text_of(point, "reason"));
    json_array_foreach(json_object_get(point, "notices"), i, notice)
        str_addf(&said, "%s\n", json_string_value(notice));
    if (said.len > 0)
        junit_output(j, said.text);
}

/* Points of one folder stand behind one another: they are a suite. */
static bool write_junit(const DriveReport *r, const char *title, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    JUnit *j = junit_new(scratch, title);
    const char *suite = NULL;
    size_t i;
    json_t *point;
    json_array_foreach(r->points, i, point)
    {
        const char *database = text_of(point, "database");
        const char *name = mem_printf(scratch, "%s%s%s", database != NULL ? database : "", database != NULL ? " " : "",
                                      text_of(point, "directory"));
        if (!text_equal(suite, name))
            junit_suite(j, name);
        suite = name;
        add_case(j, point);
    }
    return junit_write(j, r->junit, err);
}

/* ---- both ---- */

static void add_point(DriveReport *r, const char *database, json_t *point)
{
    set_text(point, "database", database);
    json_array_append_new(r->points, point);
    if (r->tap)
        print_tap(r, point);
}

void report_test(DriveReport *r, const char *database, const json_t *test)
{
    add_point(r, database, json_copy((json_t *)test));
}

void report_run(DriveReport *r, const char *database, const char *name, int64_t ms, const json_t *error)
{
    json_t *point = json_pack("{s:s, s:s, s:f}", "path", name, "directory", name, "durationMs", (double)ms);
    if (error != NULL)
        json_object_set_new(point, "error", json_copy((json_t *)error));
    add_point(r, database, point);
}

bool report_end(DriveReport *r, const char *title, Error *err)
{
    if (r->tap)
        ui_print("1..%zu\n", json_array_size(r->points));
    bool failed = error_is_set(err), ok = r->junit == NULL || write_junit(r, title, err);
    if (!ok && !failed)
        err->class = ERR_FAILED; /* what was run has been run */
    json_decref(r->points);
    r->points = NULL;
    return ok;
}
