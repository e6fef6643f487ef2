/* deploy/script_run.c: see script_run.h. */
#include "deploy/script_run.h"

#include "base/file.h"
#include "base/log.h"
#include "deploy/hints.h"
#include "pg/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char SAVEPOINT_SCRIPT[] = "pgwright_script";

/* Which statement of which script: found again in the file only when it fails. */
typedef struct StatementRef {
    ScriptRun *run;
    size_t number; /* of the item within the script, 0-based */
} StatementRef;

static SqlScript *open_script(const void *ctx, const ScriptRun *run, Error *err)
{
    SqlScriptOptions so = plan_script_options(run->ws, run->change, run->variables);
    return sql_script_open(ctx, run->path, &so, err);
}

/* Reads the script again up to the statement that failed. The error keeps the script's own place when it changed since. */
static void locate(const StatementRef *ref, long position, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    SqlItem item;
    SqlScript *script = open_script(scratch, ref->run, &ignored);
    SqlNext next = script == NULL ? SQL_NEXT_ERROR : SQL_NEXT_ITEM;
    for (size_t i = 0; next == SQL_NEXT_ITEM && i <= ref->number; i++)
        next = sql_script_next(script, &item, &ignored);
    if (next == SQL_NEXT_ITEM) {
        char *source = NULL;
        SqlPlace place = sql_item_place(scratch, &item, position > 0 ? position : 1, &source);
        error_place(err, place.file, place.line, place.column, source);
    } else {
        error_place(err, ref->run->path, 0, 0, NULL);
    }
    error_clear(&ignored);
}

static const char *phase_doing(ScriptPhase phase)
{
    return phase == PHASE_DEPLOY ? "deploying" : phase == PHASE_REVERT ? "reverting" : "verifying";
}

static bool statement_failed(const StatementRef *ref, const PGresult *result, Error *err)
{
    const ScriptRun *run = ref->run;
    if (run->failed_change != NULL)
        *run->failed_change = run->change;
    pg_result_error(result, err);
    locate(ref, pg_result_position(result), err);
    if (run->phase == PHASE_VERIFY && err->class == ERR_SQL)
        err->class = ERR_VERIFY;
    if (strcmp(err->sqlstate, "57014") == 0 && !pg_stopping(run->conn))
        error_hint(err, "statement_timeout of the role, the database or the script, or another session's cancel request; "
                        "--statement-timeout sets another limit");
    if (run->hints == NULL || *run->hints > 0)
        hint_for_statement(err, run->ws);
    if (run->hints != NULL && *run->hints > 0)
        --*run->hints;
    return error_wrap(err, "%s %s:%s", phase_doing(run->phase), run->change->module->name, run->change->instance);
}

static bool statement_done(void *arg, const PGresult *result, Error *err)
{
    const StatementRef *ref = arg;
    if (PQresultStatus(result) != PGRES_FATAL_ERROR)
        return true;
    ScriptRun *run = ref->run;
    if (run->failed == NULL || pg_stopping(run->conn))
        return statement_failed(ref, result, err);
    if (!*run->failed && run->failure != NULL)
        statement_failed(ref, result, run->failure);
    *run->failed = true;
    return true;
}

static PgStatement statement_of(ScriptRun *run, size_t number, const char *sql)
{
    StatementRef *ref = mem_new(run->conn, StatementRef);
    *ref = (StatementRef){.run = run, .number = number};
    return (PgStatement){.sql = sql, .reply = statement_done, .arg = ref};
}

static bool is_first_word(const SqlFacts *facts, const char *const *words, size_t count)
{
    size_t n = strcspn(facts->command, " ");
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == n && memcmp(facts->command, words[i], n) == 0)
            return true;
    return false;
}

/* DDL that can leave nothing behind in the session; whatever is not known here is taken to leave something. */
static bool leaves_nothing(const SqlFacts *facts)
{
    static const char *const harmless[] = {"ALTER", "COMMENT", "CREATE", "DROP", "GRANT", "REVOKE"};
    return is_first_word(facts, harmless, sizeof harmless / sizeof harmless[0]) &&
           strstr(facts->command, "TEMP") == NULL && facts->kind != SQL_SET;
}

/* What RESET ALL does not take back. */
static bool leaves_handles(const SqlFacts *facts)
{
    static const char *const words[] = {"DECLARE", "LISTEN", "PREPARE"};
    return is_first_word(facts, words, sizeof words / sizeof words[0]);
}

/* What takes prepared statements away, ours too. */
static bool takes_handles(const SqlFacts *facts)
{
    static const char *const words[] = {"DEALLOCATE", "DISCARD"};
    return is_first_word(facts, words, sizeof words / sizeof words[0]);
}

/* A query; a function that it calls may still write, which is taken back with the rest. */
static bool only_reads(const SqlFacts *facts)
{
    static const char *const reading[] = {"SELECT", "TABLE", "VALUES"};
    for (size_t i = 0; i < sizeof reading / sizeof reading[0]; i++)
        if (strcmp(facts->command, reading[i]) == 0)
            return facts->kind == SQL_OTHER;
    return false;
}

/* COPY's data, from the script itself. */
static bool inline_data(void *arg, const char **data, size_t *len, Error *err)
{
    return sql_script_copy_data(arg, data, len, err);
}

typedef struct CopyFile {
    int fd;
    const char *path;
    char buffer[65536];
} CopyFile;

static bool file_data(void *arg, const char **data, size_t *len, Error *err)
{
    CopyFile *f = arg;
    ssize_t n;
    do
        n = read(f->fd, f->buffer, sizeof f->buffer);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        error_set(err, ERR_CONFIG, "cannot read: %s", strerror(errno));
        error_place(err, f->path, 0, 0, NULL);
        return false;
    }
    *data = f->buffer;
    *len = (size_t)n;
    return true;
}

static bool file_sink(void *arg, const char *data, size_t len, Error *err)
{
    const CopyFile *f = arg;
    while (len > 0) {
        ssize_t n = write(f->fd, data, len);
        if (n < 0 && errno != EINTR) {
            error_set(err, ERR_FAILED, "cannot write: %s", strerror(errno));
            error_place(err, f->path, 0, 0, NULL);
            return false;
        }
        data += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* COPY … TO STDOUT within a script: psql shows it; it is no result of ours, so it goes where messages go. */
static bool message_sink(void *arg, const char *data, size_t len, Error *err)
{
    (void)arg, (void)err;
    SCRATCH void *scratch = mem_scratch();
    log_raw(mem_strndup(scratch, data, len));
    return true;
}

/* \copy with a file; the path was checked against the project's folder when the script was read. */
static bool copy_file(ScriptRun *run, const SqlItem *item, const PgStatement *statement, Error *err)
{
    bool in = item->facts.kind == SQL_COPY_FROM_STDIN;
    CopyFile f = {.path = item->path};
    f.fd = open(item->path, in ? O_RDONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (f.fd < 0) {
        error_set(err, ERR_CONFIG, "\\copy cannot open %s: %s", item->path, strerror(errno));
        error_place(err, item->place.file, item->place.line, item->place.column, NULL);
        return false;
    }
    bool ok = in ? pg_copy_in(run->conn, statement, file_data, &f, err)
                 : pg_copy_out(run->conn, statement, file_sink, &f, err);
    close(f.fd);
    return ok;
}

static bool send_copy(ScriptRun *run, SqlScript *script, const SqlItem *item, size_t number, Error *err)
{
    PgStatement statement = statement_of(run, number, item->text);
    if (item->kind == SQL_CLIENT_COPY && item->path[0] != '\0')
        return copy_file(run, item, &statement, err);
    if (item->facts.kind == SQL_COPY_FROM_STDIN)
        return pg_copy_in(run->conn, &statement, inline_data, script, err);
    return pg_copy_out(run->conn, &statement, message_sink, NULL, err);
}

/* A transaction statement of the script, within ours. */
static bool send_transaction_control(ScriptRun *run, SqlKind kind, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    bool was_in_block = run->in_block;
    run->in_block = kind == SQL_BEGIN;
    if (!run->rolls_back || run->phase == PHASE_VERIFY)
        return true;
    if (kind == SQL_BEGIN)
        return was_in_block || pg_queue_sql(run->conn, mem_printf(scratch, "SAVEPOINT %s", SAVEPOINT_SCRIPT), err);
    if (!was_in_block)
        return true;
    if (kind == SQL_ROLLBACK &&
        !pg_queue_sql(run->conn, mem_printf(scratch, "ROLLBACK TO SAVEPOINT %s", SAVEPOINT_SCRIPT), err))
        return false;
    return pg_queue_sql(run->conn, mem_printf(scratch, "RELEASE SAVEPOINT %s", SAVEPOINT_SCRIPT), err);
}

static bool refuse_prepare(const SqlItem *item, Error *err)
{
    error_set(err, ERR_CONFIG, "PREPARE TRANSACTION would end the transaction that the change is recorded in");
    error_place(err, item->place.file, item->place.line, item->place.column, NULL);
    error_hint(err, "put the line `-- transaction: none` at the top of the script");
    return false;
}

static bool send_item(ScriptRun *run, SqlScript *script, const SqlItem *item, size_t number, Error *err)
{
    SqlKind kind = item->facts.kind;
    run->leaves_state = run->leaves_state || !leaves_nothing(&item->facts);
    run->leaves_handles = run->leaves_handles || leaves_handles(&item->facts);
    run->writes = run->writes || !only_reads(&item->facts);
    run->statements++;
    if (item->kind == SQL_CLIENT_COPY || kind == SQL_COPY_FROM_STDIN || kind == SQL_COPY_TO_STDOUT)
        return send_copy(run, script, item, number, err);
    PgStatement statement = statement_of(run, number, item->text);
    bool ok = pg_queue(run->conn, &statement, err);
    if (takes_handles(&item->facts))
        pg_forget_prepared(run->conn);
    return ok;
}

static bool is_transaction_control(const SqlItem *item)
{
    return item->facts.kind == SQL_BEGIN || item->facts.kind == SQL_COMMIT || item->facts.kind == SQL_ROLLBACK;
}

/* \echo speaks when the script runs: when it is recorded, psql does it. */
static void echo(const ScriptRun *run, const char *text)
{
    if (pg_recording(run->conn))
        pg_record_echo(run->conn, text);
    else
        log_raw(text);
}

static bool queue_item(ScriptRun *run, SqlScript *script, const SqlItem *item, size_t number, Error *err)
{
    if (item->kind == SQL_ECHO) {
        echo(run, item->text);
        return true;
    }
    if (is_transaction_control(item))
        return send_transaction_control(run, item->facts.kind, err);
    if (strcmp(item->facts.command, "PREPARE TRANSACTION") == 0)
        return refuse_prepare(item, err);
    return send_item(run, script, item, number, err);
}

static bool close_handles(const ScriptRun *run, Error *err)
{
    if (!run->leaves_handles)
        return true;
    bool ok = pg_queue_sql(run->conn, "CLOSE ALL", err) && pg_queue_sql(run->conn, "UNLISTEN *", err) &&
              pg_queue_sql(run->conn, "DEALLOCATE ALL", err);
    pg_forget_prepared(run->conn);
    return ok;
}

bool script_queue(ScriptRun *run, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    SqlScript *script = open_script(scratch, run, err);
    SqlItem item;
    SqlNext next = script == NULL ? SQL_NEXT_ERROR : SQL_NEXT_ITEM;
    for (size_t number = 0; next == SQL_NEXT_ITEM; number++) {
        next = sql_script_next(script, &item, err);
        if (next == SQL_NEXT_ITEM && !queue_item(run, script, &item, number, err))
            return false;
    }
    return next == SQL_NEXT_END && close_handles(run, err);
}

static bool autocommit_item(ScriptRun *run, SqlScript *script, const SqlItem *item, size_t number, ScriptBefore before,
                            void *arg, Error *err)
{
    if (item->kind == SQL_ECHO) {
        echo(run, item->text);
        return true;
    }
    if (!before(arg, run->statements + 1, item->facts.command, err))
        return false;
    return send_item(run, script, item, number, err) && pg_wait(run->conn, err);
}

/* A BEGIN without its COMMIT: as in a transaction of ours, what was run counts. */
static bool close_block(const ScriptRun *run, Error *err)
{
    if (!pg_in_transaction(run->conn))
        return true;
    log_warn("%s ends within a transaction that it began, which is committed", path_shown(run->path));
    return pg_queue_sql(run->conn, "COMMIT", err) && pg_wait(run->conn, err);
}

bool script_autocommit(ScriptRun *run, ScriptBefore before, void *arg, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    SqlScript *script = open_script(scratch, run, err);
    SqlItem item;
    SqlNext next = script == NULL ? SQL_NEXT_ERROR : SQL_NEXT_ITEM;
    for (size_t number = 0; next == SQL_NEXT_ITEM; number++) {
        next = sql_script_next(script, &item, err);
        if (next == SQL_NEXT_ITEM && !autocommit_item(run, script, &item, number, before, arg, err))
            return false;
    }
    return next == SQL_NEXT_END && close_block(run, err) && close_handles(run, err);
}

bool script_reset_session(PgConn *conn, Error *err)
{
    return pg_queue_sql(conn, "RESET SESSION AUTHORIZATION", err) && pg_queue_sql(conn, "RESET ROLE", err) &&
           pg_queue_sql(conn, "RESET ALL", err) && pg_queue_timeouts(conn, err) &&
           pg_queue_sql(conn, "DISCARD TEMP", err);
}
