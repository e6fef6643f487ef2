/* cli/driving.c: see driving.h. */
#include "cli/driving.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

#include <stdio.h>
#include <string.h>

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

void driving_begin(Driving *d, Invocation *inv)
{
    *d = (Driving){.inv = inv, .began = clock_ms()};
    d->options = (DriveOptions){.debug_notices = log_level() >= LOG_VERBOSE,
                                .sql_files_only = strcmp(flag_text(inv, "plan-files"), "sql") == 0,
                                .notice = tell_notice,
                                .phase = tell_line,
                                .arg = d};
}

/* ---- reading ---- */

bool driving_read_settings(Driving *d, Error *err)
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
    return settings_read(inv, folder, &d->settings, err) &&
           params_merge(inv, &d->settings, flag_list(inv, "params-file"), flag_list(inv, "param"), &d->options.params, err);
}

const char *driving_project(const void *ctx, const Settings *settings, const Folder *folder)
{
    bool named = settings->project != NULL && *settings->project != '\0';
    return named ? settings->project : mem_strdup(ctx, path_base(folder->root));
}

bool driving_read_folder(Driving *d, Error *err)
{
    Folder *folder = folder_read(d->inv, drive_folder(d->inv), &(FolderOptions){0}, err);
    d->folder = d->options.folder = folder;
    if (folder == NULL)
        return false;
    folder_set_transactions(folder, &d->settings.transactions);
    d->run.files = d->folder->files.n;
    d->options.project = driving_project(d->inv, &d->settings, d->folder);
    log_verbose("found %zu files in %s", d->folder->files.n, d->folder->shown);
    return true;
}

bool driving_read(Driving *d, Error *err)
{
    return driving_read_settings(d, err) && drive_target(d->inv, &d->settings, &d->target, err) && driving_read_folder(d, err);
}

/* ---- results ---- */

void driving_set_text(json_t *object, const char *key, const char *value)
{
    SCRATCH void *scratch = mem_scratch();
    if (value != NULL && *value != '\0')
        json_object_set_new(object, key, json_string(utf8_repaired(scratch, view_of(value))));
}

void driving_set_error(json_t *o, const DriveRun *r, const Error *err)
{
    driving_set_text(o, "error", err->message);
    driving_set_text(o, "sqlstate", err->sqlstate);
    driving_set_text(o, "detail", err->detail);
    driving_set_text(o, "hint", err->hint);
    driving_set_text(o, "where", r->where);
    driving_set_text(o, "failedFile", r->failed_file);
    driving_set_text(o, "script", err->file == NULL ? NULL : path_shown(err->file));
    driving_set_text(o, "sourceLine", err->source);
    if (err->line > 0)
        json_object_set_new(o, "line", json_integer(err->line));
    if (err->column > 0)
        json_object_set_new(o, "column", json_integer(err->column));
    if (r->script_line > 0)
        json_object_set_new(o, "scriptLine", json_integer(r->script_line));
    if (r->expanded)
        json_object_set_new(o, "scriptExpanded", json_true());
}

void driving_add_context(const char *where, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    if (where == NULL)
        return;
    if (err->detail != NULL)
        str_addf(&text, "%s\n    ", err->detail);
    str_add(&text, "where: ");
    for (const char *p = where; *p != '\0'; p++) {
        str_add_char(&text, *p);
        if (*p == '\n')
            str_add(&text, "    ");
    }
    error_detail(err, "%s", text.text);
}
