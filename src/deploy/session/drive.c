/* deploy/session/drive.c: see drive.h. */
#include "deploy/session/drive.h"

#include "base/file.h"
#include "deploy/retry.h"
#include "deploy/session/alone.h"
#include "deploy/session/fault.h"
#include "deploy/session/hearing.h"
#include "deploy/session/load.h"
#include "deploy/session/preview_schema.h"
#include "deploy/session/statements.h"
#include "deploy_session_sql.h"

#include <string.h>

typedef struct Drive {
    const void *ctx;
    PgConn *conn;
    const DriveOptions *options;
    DriveRun *run;
    const char *path;          /* of deploy.sql, as messages name it */
    View blanked;              /* deploy.sql without its macros; of the same length */
    StatementSpans statements; /* of that */
    TestTree *tests;
    MacroList macros;
    Expanded expanded;
    UnitList units;
    Hearing hearing;
    Chronicle *chronicle;      /* NULL: nothing is recorded */
    size_t done;               /* statements of the unit that have succeeded */
    size_t unit;
    View sent;                 /* for the unit */
} Drive;

static void say(const Drive *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(const Drive *d, const char *fmt, ...)
{
    SCRATCH void *scratch = mem_scratch();
    va_list args;
    va_start(args, fmt);
    d->options->phase(d->options->arg, mem_vprintf(scratch, fmt, args));
    va_end(args);
}

/* ---- before the server is asked ---- */

/* The script with blanks where its macros stand, so that offsets stay. */
static View blank_macros(const Drive *d, View script)
{
    char *text = mem_strndup(d->ctx, script.p, script.len);
    for (size_t i = 0; i < d->macros.n; i++)
        memset(text + d->macros.v[i].from, ' ', d->macros.v[i].to - d->macros.v[i].from);
    return (View){text, script.len};
}

/* There is nobody to give data to the server, or to take it. */
static bool refuse_copy(const Drive *d, Error *err)
{
    const View script = d->options->folder->driver;
    for (size_t i = 0; i < d->statements.n; i++) {
        SqlKind kind = d->statements.v[i].facts.kind;
        if (kind != SQL_COPY_FROM_STDIN && kind != SQL_COPY_TO_STDOUT)
            continue;
        bool in = kind == SQL_COPY_FROM_STDIN;
        error_set(err, ERR_CONFIG, "COPY %s in deploy.sql: %s", in ? "FROM STDIN" : "TO STDOUT",
                  in ? "there is no data for it" : "nobody takes its data");
        error_place_in(err, d->path, script, script.p + d->statements.v[i].from);
        error_hint(err, in ? "put the data into a file of the project, and INSERT … SELECT from pgmi_source_view"
                           : "write into a table, or RAISE NOTICE");
    }
    return !error_is_set(err);
}

static bool read_script(Drive *d, Error *err)
{
    const View script = d->options->folder->driver;
    if (!macros_find(d->ctx, d->path, script, &d->macros, err))
        return false;
    d->blanked = blank_macros(d, script);
    statements_find(d->ctx, d->blanked, &d->statements);
    return refuse_copy(d, err);
}

/* ---- the session ---- */

/* What follows the head, to be parsed beforehand. A script that changes how strings are read is left to the server. */
static View tail_of(const Drive *d)
{
    SCRATCH void *scratch = mem_scratch();
    UnitList units = {0};
    units_split(scratch, d->blanked, &units);
    if (units.n < 2 || strcasestr(d->blanked.p, "standard_conforming_strings") != NULL)
        return (View){0};
    size_t from = units.v[1].at;
    return (View){d->blanked.p + from, d->blanked.len - from};
}

static void expand(Drive *d, bool *const *matches)
{
    TestPlan *plans = mem_array(d->ctx, TestPlan, d->macros.n + 1);
    for (size_t i = 0; i < d->macros.n; i++) {
        plans[i].pattern = d->macros.v[i].pattern;
        plans[i].callback = d->macros.v[i].callback;
        plans[i].number = d->options->watch_tests ? (int)i + 1 : 0;
        tests_plan(d->ctx, d->tests, matches[i], &plans[i]);
        if (d->options->watch_tests)
            test_results_add(d->ctx, &d->run->tests, &plans[i]);
    }
    macros_expand(d->ctx, d->options->folder->driver, &d->macros, plans, &d->expanded);
    units_split(d->ctx, d->expanded.text, &d->units);
    d->run->macros = d->macros.n;
}

static bool prepare(Drive *d, Error *err)
{
    d->tests = tests_tree(d->ctx, d->options->folder);
    Load load = {.options = d->options, .driver_path = d->path, .tests = d->tests, .macros = &d->macros, .tail = tail_of(d)};
    say(d, "preparing the session in %s", pg_where(d->conn));
    d->hearing.deaf = true;
    bool ok = session_load(d->ctx, d->conn, &load, err);
    d->hearing.deaf = false;
    if (!ok)
        return false;
    say(d, "Loaded %zu file%s", d->run->files, d->run->files == 1 ? "" : "s");
    if (d->options->params.n > 0)
        say(d, "Loaded %zu parameter%s", d->options->params.n, d->options->params.n == 1 ? "" : "s");
    expand(d, load.matches);
    return true;
}

/* ---- the units ---- */

static Fault fault_of(const Drive *d)
{
    return (Fault){.ctx = d->ctx,
                   .folder = d->options->folder,
                   .driver_path = d->path,
                   .expanded = &d->expanded,
                   .unit = &d->units.v[d->unit],
                   .sent = d->sent,
                   .done = d->done,
                   .test_path = d->hearing.test_path,
                   .test_context = d->hearing.test_context,
                   .run = d->run};
}

static bool take_result(void *arg, const PGresult *result, Error *err)
{
    Drive *d = arg;
    ExecStatusType status = PQresultStatus(result);
    d->done += status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (status != PGRES_FATAL_ERROR)
        return true;
    Fault fault = fault_of(d);
    return fault_tell(&fault, result, err);
}

/* The file that pgwright_deploy_files() has come to. */
static bool run_handed_over(Drive *d, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *message = mem_strdup(scratch, d->hearing.handed_over);
    d->hearing.handed_over = NULL;
    d->done = 0;
    Fault fault = fault_of(d);
    return alone_run(d->conn, message, d->options->preview != NULL, &fault, err);
}

/* Again as long as a file was handed over: the procedure goes on behind it. */
static bool send_unit(void *arg, size_t unit, const char *sql, Error *err)
{
    Drive *d = arg;
    d->unit = unit;
    d->sent = view_of(sql);
    do {
        d->done = 0;
        if (!pg_simple(d->conn, &(PgSimple){.sql = sql, .reply = take_result, .arg = d}, err))
            return false;
    } while (d->hearing.handed_over != NULL && run_handed_over(d, err));
    return !error_is_set(err);
}

static bool run_unit(Drive *d, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    View text = d->units.v[d->unit].text;
    return send_unit(d, d->unit, mem_strndup(scratch, text.p, text.len), err);
}

static bool begin_chronicle(Drive *d, Error *err)
{
    const DriveOptions *o = d->options;
    if (o->chronicle == NULL)
        return true;
    d->chronicle = chronicle_begin(d->ctx, d->conn, o->folder, o->project, o->chronicle, err);
    if (d->chronicle != NULL)
        d->run->deployment = chronicle_deployment(d->chronicle);
    return d->chronicle != NULL;
}

/* What is kept now, whatever comes: this unit, and those before it that were of its transaction. */
static bool unit_kept(Drive *d, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    StatementSpans statements = {0};
    d->run->units_committed = d->unit + 1;
    if (d->chronicle == NULL)
        return true;
    statements_find(scratch, d->units.v[d->unit].text, &statements);
    const char *command = d->unit == 0 ? "the head" : statements.n > 0 ? statements.v[0].facts.command : "";
    return chronicle_commit(d->chronicle, mem_printf(scratch, "%zu/%zu %s", d->unit + 1, d->units.n, command), err);
}

/* As if the head had never been begun. What it prepared outlives its transaction. */
static bool forget_head(Drive *d, Error *err)
{
    if (!pg_recover(d->conn) || (pg_in_transaction(d->conn) && !pg_script(d->conn, "ROLLBACK", err)) ||
        !pg_script(d->conn, "DEALLOCATE ALL", err))
        return false;
    pg_forget_prepared(d->conn);
    hearing_forget(&d->hearing);
    d->run->failed_file = d->run->where = NULL;
    d->run->script_line = 0;
    d->run->expanded = false;
    return true;
}

static bool retry_head(Drive *d, Retry *retry, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Error failure = {0};
    const char *file = path_shown(err->file == NULL ? d->path : err->file);
    const char *place = err->line > 0 ? mem_printf(scratch, "%s:%ld", file, err->line) : file;
    error_move(&failure, err);
    bool ok = forget_head(d, err) && retry_pause(retry, place, &failure) && run_unit(d, err);
    if (error_is_set(&failure) && !error_is_set(err))
        error_move(err, &failure);
    error_clear(&failure);
    return ok;
}

static bool run_head(Drive *d, Retry *retry, Error *err)
{
    bool ok = run_unit(d, err);
    while (!ok && retry_wanted(retry, err))
        ok = retry_head(d, retry, err);
    hearing_release(&d->hearing);
    return ok;
}

/* What is committed cannot be taken back to be tried again: so it is only the head, and only as a whole. */
static bool may_retry(const Drive *d)
{
    return d->options->lock_retries > 0 && statements_are_atomic(d->units.v[0].text);
}

static bool run_units(Drive *d, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Retry *retry = retry_new(scratch, d->conn, may_retry(d) ? d->options->lock_retries : 0);
    d->hearing.holds_results = may_retry(d);
    d->run->units = d->units.n;
    for (d->unit = 0; d->unit < d->units.n; d->unit++) {
        if (!(d->unit == 0 ? run_head(d, retry, err) : run_unit(d, err))) {
            d->run->failed_unit = d->unit + 1;
            retry_explain(retry, err);
            return false;
        }
        if (!pg_in_transaction(d->conn) && !unit_kept(d, err))
            return false;
    }
    return true;
}

static bool preview_units(Drive *d, Error *err)
{
    PreviewScript script = {.path = d->path, .expanded = &d->expanded, .units = &d->units, .send = send_unit, .arg = d};
    d->run->units = d->units.n;
    if (!preview_schema_before(d->options->preview, d->conn, err))
        return false;
    bool ok = preview_run(d->options->preview, d->conn, &script, err);
    if (!ok)
        d->run->failed_unit = d->unit + 1;
    return ok && preview_schema_after(d->options->preview, d->conn, err);
}

static bool is_open(const Drive *d)
{
    return d->options->preview != NULL ? preview_is_open(d->options->preview, d->conn) : pg_in_transaction(d->conn);
}

/* What is open when the script ends is lost: nobody would commit it. */
static bool check_end(const Drive *d, Error *err)
{
    if (!is_open(d))
        return true;
    const View script = d->options->folder->driver;
    const Statement *open = statements_open(&d->statements);
    error_set(err, ERR_SQL, "deploy.sql ended with its transaction open: nothing after its BEGIN was kept");
    if (open != NULL)
        error_place_in(err, d->path, script, script.p + open->from);
    error_hint(err, "end it with COMMIT");
    d->run->script_line = err->line;
    return false;
}

/* ---- afterwards ---- */

static bool tidy(const Drive *d, const char *sql, Error *err)
{
    return pg_simple(d->conn, &(PgSimple){.sql = sql}, err);
}

/* Does the script call the procedure that commits files one by one? */
static bool commits_files(const Drive *d)
{
    return strstr(d->blanked.p, "pgwright_deploy_files") != NULL;
}

/* What was committed file by file is forgotten when all is done, and said to stay when it is not. */
static bool end_files(const Drive *d, bool ok, Error *err)
{
    if (!commits_files(d) || d->options->preview != NULL)
        return ok;
    if (ok)
        return tidy(d, deploy_session_files_end_sql, err);
    if (err->hint == NULL && d->run->failed_unit > 0)
        error_hint(err, "files that were committed stay; the next deployment goes on behind them (pgwright.session_files)");
    return false;
}

/* A file that fails at one of several statements: the server says which file it was, and no more. */
static void find_line(const Drive *d, Error *err)
{
    fault_find_syntax(d->conn, d->options->folder, d->run->failed_file, err);
    if (d->options->preview != NULL)
        preview_find_fault(d->options->preview, d->conn, d->run->failed_file, err);
    else if (d->run->failed_file != NULL && err->line == 0 && err->hint == NULL && d->run->failed_unit > 0)
        error_hint(err, "at which statement of the file it fails is what `pgwright plan` tells");
}

/* Gives the lock back, whatever happened. */
static bool leave(Drive *d, bool ok, Error *err)
{
    Error second = {0};
    d->hearing.deaf = true;
    bool usable = pg_recover(d->conn) && (!pg_in_transaction(d->conn) || tidy(d, "ROLLBACK", &second));
    if (usable && !ok && !pg_stopping(d->conn))
        find_line(d, err);
    if (usable && d->options->preview != NULL && d->run->units > 0)
        preview_read(d->options->preview, d->conn, &(PreviewScript){.expanded = &d->expanded, .units = &d->units}, &second);
    if (d->chronicle != NULL)
        ok = chronicle_end(d->chronicle, err);
    if (usable)
        tidy(d, "SELECT pg_advisory_unlock_all()", &second);
    pg_on_notice(d->conn, NULL, NULL);
    if (!ok && err->class == ERR_TIMEOUT && pg_stopping(d->conn))
        error_hint(err, "the deployment took longer than --timeout allows; 0 is no limit");
    if (ok && error_is_set(&second))
        error_move(err, &second);
    error_clear(&second);
    return !error_is_set(err);
}

bool drive_run(const void *ctx, PgConn *conn, const DriveOptions *options, DriveRun *run, Error *err)
{
    Drive d = {.ctx = ctx, .conn = conn, .options = options, .run = run};
    *run = (DriveRun){.files = options->folder->files.n};
    d.path = path_join(ctx, options->folder->shown, "deploy.sql");
    if (!read_script(&d, err))
        return false;
    d.hearing = (Hearing){.ctx = ctx, .options = options, .tests = &run->tests};
    pg_on_notice(conn, hearing_take, &d.hearing);
    bool ok = prepare(&d, err) && begin_chronicle(&d, err);
    if (ok)
        say(&d, "executing deploy.sql");
    ok = ok && (options->preview != NULL ? preview_units(&d, err) : run_units(&d, err)) && check_end(&d, err);
    ok = leave(&d, end_files(&d, ok, err), err);
    hearing_end(&d.hearing, ok ? NULL : err);
    return ok;
}
