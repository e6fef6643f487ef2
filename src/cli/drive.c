/* cli/drive.c: see drive.h. */
#include "cli/drive.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/drive_preview.h"
#include "cli/drive_target.h"
#include "deploy/session/drive.h"
#include "ui/ui.h"

#include <stdlib.h>
#include <string.h>

typedef struct Driving {
    Invocation *inv;
    int64_t began; /* clock_ms() */
    const Folder *folder;
    Settings settings;
    DriveTarget target;
    DriveOptions options;
    DriveRun run;
} Driving;

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

/* "." and what has a slash in it is no name of a module. */
static bool is_path(const char *argument)
{
    return strchr(argument, '/') != NULL || strcmp(argument, ".") == 0 || strcmp(argument, "..") == 0;
}

static bool has_drive_flag(const Invocation *inv)
{
    static const char *const flags[] = {"param", "params-file", "compat", "plan-files", "connection", "overwrite"};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (flag_exists(inv, flags[i]) && flag_given(inv, flags[i]))
            return true;
    return false;
}

bool folder_is_meant(const Invocation *inv)
{
    const char *folder = drive_folder(inv);
    if (flag_given(inv, "file") || (flag_exists(inv, "plan") && flag_given(inv, "plan")))
        return false;
    if (has_drive_flag(inv))
        return true;
    return !has_plan(folder) && (folder_has_driver(folder) || (inv->arguments.n > 0 && is_path(folder)));
}

/* ---- what is told while it runs ---- */

static void tell_line(void *arg, const char *line)
{
    (void)arg;
    log_info("%s", line);
}

static void tell_notice(void *arg, const DriveNotice *n)
{
    const Driving *d = arg;
    char when[32] = "";
    if (log_level() >= LOG_VERBOSE)
        snprintf(when, sizeof when, "[%.2fs] ", (double)(clock_ms() - d->began) / 1000);
    log_info("%s%s", when, n->message);
    if (n->detail != NULL && *n->detail != '\0')
        log_info("DETAIL: %s", n->detail);
    if (n->hint != NULL && *n->hint != '\0')
        log_info("HINT: %s", n->hint);
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

static void set_text(json_t *object, const char *key, const char *value)
{
    SCRATCH void *scratch = mem_scratch();
    if (value != NULL && *value != '\0')
        json_object_set_new(object, key, json_string(utf8_repaired(scratch, view_of(value))));
}

static void set_error(json_t *o, const Driving *d, const Error *err)
{
    const DriveRun *r = &d->run;
    set_text(o, "error", err->message);
    set_text(o, "sqlstate", err->sqlstate);
    set_text(o, "detail", err->detail);
    set_text(o, "hint", err->hint);
    set_text(o, "where", r->where);
    set_text(o, "failedFile", r->failed_file);
    set_text(o, "script", err->file == NULL ? NULL : path_shown(err->file));
    set_text(o, "sourceLine", err->source);
    if (err->line > 0)
        json_object_set_new(o, "line", json_integer(err->line));
    if (err->column > 0)
        json_object_set_new(o, "column", json_integer(err->column));
    if (r->script_line > 0)
        json_object_set_new(o, "scriptLine", json_integer(r->script_line));
    if (r->expanded)
        json_object_set_new(o, "scriptExpanded", json_true());
}

static void tell_json(const Driving *d, bool ok, const Error *err)
{
    const DriveRun *r = &d->run;
    json_t *o = json_pack("{s:s, s:i, s:I, s:I, s:I}", "status", ok ? "success" : "failed", "exitCode", ok ? 0 : (int)err->class,
                          "filesLoaded", (json_int_t)r->files, "testMacros", (json_int_t)r->macros, "durationMs",
                          (json_int_t)(clock_ms() - d->began));
    set_text(o, "database", d->target.database);
    if (r->units > 0) {
        json_object_set_new(o, "executionUnits", json_integer((json_int_t)r->units));
        json_object_set_new(o, "unitsCommitted", json_integer((json_int_t)r->units_committed));
    }
    if (!ok && r->units > 0)
        set_text(o, "executionMode", r->atomic ? "atomic" : "psql");
    if (d->options.preview != NULL && r->units > 0)
        drive_preview_json(o, preview_result(d->options.preview));
    if (!ok)
        set_error(o, d, err);
    ui_json(o);
}

/* The server's context, for those who read and not for programs, which have it apart. */
static void add_context(const Driving *d, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    if (d->run.where == NULL)
        return;
    if (err->detail != NULL)
        str_addf(&text, "%s\n    ", err->detail);
    str_add(&text, "where: ");
    for (const char *p = d->run.where; *p != '\0'; p++) {
        str_add_char(&text, *p);
        if (*p == '\n')
            str_add(&text, "    ");
    }
    error_detail(err, "%s", text.text);
}

static bool finish(Driving *d, bool ok, Error *err)
{
    if (d->inv->json) {
        tell_json(d, ok, err);
        d->inv->answered = true;
    } else if (d->options.preview != NULL && d->run.units > 0) {
        drive_preview_print(preview_result(d->options.preview));
        tell_summary(d, ok);
    } else if (d->run.files > 0 || ok || d->run.units > 0) {
        tell_summary(d, ok);
    }
    if (!ok)
        add_context(d, err);
    return ok;
}

/* ---- the run ---- */

/* Everything that can be known without a server. */
static bool read_all(Driving *d, Error *err)
{
    Invocation *inv = d->inv;
    const char *folder = drive_folder(inv), *compat = flag_text(inv, "compat");
    d->options.contract = session_contract(compat);
    if (d->options.contract == NULL) {
        error_set(err, ERR_CONFIG, "--compat %s: there is no such version of the session's contract", compat);
        error_hint(err, "the newest is %s", session_contracts[session_contracts_count - 1].version);
        return false;
    }
    drive_environment(inv);
    if (!settings_read(inv, folder, &d->settings, err) ||
        !params_merge(inv, &d->settings, flag_list(inv, "params-file"), flag_list(inv, "param"), &d->options.params, err) ||
        !drive_target(inv, &d->settings, &d->target, err))
        return false;
    d->folder = d->options.folder = folder_read(inv, folder, &(FolderOptions){0}, err);
    if (d->folder == NULL)
        return false;
    d->run.files = d->folder->files.n;
    return true;
}

/* The same, and nothing of it is kept. */
static bool preview(Driving *d, Error *err)
{
    Error second = {0};
    PgConn *admin, *conn = drive_preview_connect(d->inv, &d->target, &admin, err);
    if (conn != NULL) {
        d->options.preview = preview_new(d->inv, d->folder, admin != NULL);
        if (drive_run(d->inv, conn, &d->options, &d->run, err))
            drive_preview_guard(d->inv, d->folder, preview_result(d->options.preview), err);
    }
    talloc_free(conn);
    if (!drive_preview_leave(admin, &second) && !error_is_set(err))
        error_move(err, &second);
    error_clear(&second);
    return !error_is_set(err);
}

static bool drive(Driving *d, Error *err)
{
    if (!read_all(d, err))
        return false;
    log_verbose("found %zu files in %s", d->folder->files.n, d->folder->shown);
    if (drive_previews(d->inv))
        return preview(d, err);
    PgConn *conn = drive_connect(d->inv, &d->target, tell_line, d, err);
    if (conn == NULL)
        return false;
    log_verbose("connected: %s", pg_where(conn));
    bool ok = drive_run(d->inv, conn, &d->options, &d->run, err);
    talloc_free(conn);
    return ok;
}

bool run_drive(Invocation *inv, Error *err)
{
    Driving d = {.inv = inv, .began = clock_ms()};
    d.options = (DriveOptions){.debug_notices = log_level() >= LOG_VERBOSE,
                               .sql_files_only = strcmp(flag_text(inv, "plan-files"), "sql") == 0,
                               .notice = tell_notice,
                               .phase = tell_line,
                               .arg = &d};
    return finish(&d, drive(&d, err), err);
}
