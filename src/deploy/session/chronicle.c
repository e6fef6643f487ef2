/* deploy/session/chronicle.c: see chronicle.h. */
#include "deploy/session/chronicle.h"

#include "base/log.h"

#include <string.h>

/* The oldest server that this, and reading a schema for `drift`, is tested on. */
enum { OLDEST_VERSION = 140000 };

struct Chronicle {
    const ChronicleOptions *options;
    PgConn *deploying;  /* the deployment's session */
    History *history;   /* in a session of its own */
    Audit *audit;
    const char *project;
    FileStateList files;
    const char *driver_sha256;
    TextList committed; /* what is to be told of, in turn; */
    size_t sent, kept;  /* so many were sent, and so many are known to stand there */
    const char *failure;
};

static void note(Chronicle *c, const char *kind, const char *detail)
{
    audit_note(c->audit, kind, c->project, FILE_HISTORY_DRIVER, "", c->driver_sha256, detail);
}

/* ---- its session ---- */

static bool connect(Chronicle *c, Error *err)
{
    PgConn *conn = pg_open_second(c, c->deploying, err);
    if (conn == NULL)
        return error_wrap(err, "opening the session that records the deployment");
    if (c->history != NULL)
        c->history->conn = conn;
    else if ((c->history = history_open(c, conn, &history_session, NULL, err)) == NULL)
        return false;
    return pg_queue_sql(conn, "SET idle_session_timeout = 0", err);
}

/* Does it once more in another session, when the one at hand is found to have ended. */
static bool write_surely(Chronicle *c, bool (*write)(Chronicle *, Error *), Error *err)
{
    if (write(c, err))
        return true;
    if (pg_recover(c->history->conn))
        return history_explain(c->history, err);
    log_verbose("the session that records the deployment was ended: %s", err->message);
    error_clear(err);
    audit_forget(c->audit);
    talloc_free(c->history->conn);
    c->sent = c->kept;
    return connect(c, err) && write(c, err);
}

/* ---- the beginning ---- */

static bool check_version(PgConn *conn, Error *err)
{
    if (pg_version(conn) >= OLDEST_VERSION)
        return true;
    error_set(err, ERR_CONFIG, "deployments are recorded on servers from version %d on; this one is version %d",
              OLDEST_VERSION / 10000, pg_version(conn) / 10000);
    error_hint(err, "deploy without --record, and without `record: true` in pgwright.yaml");
    return false;
}

/* A name that was another one before would let files run again that ran already. */
static void tell_others(const Chronicle *c, const FileHistoryState *state)
{
    if (state->files == 0 && *state->others != '\0')
        log_warn("nothing is recorded here of project %s, but of: %s. If it is one of these, say `project: NAME` in "
                 "pgwright.yaml", c->project, state->others);
}

/* What it committed is not among the files: deploy.sql may run it once more. */
static bool tell_left(const Chronicle *c, const FileHistoryState *state, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    LastDeployment last;
    if (!state->left_parts)
        return true;
    if (!file_history_last(scratch, c->history->conn, c->project, audit_deployment(c->audit), &last, err))
        return false;
    log_warn("deployment %s of %s, begun at %s by %s, %s; it had committed: %s. pgwright_file_history_view has none of it",
             last.id, c->project, last.started_at, last.by, last.outcome == DEPLOYMENT_FAILED ? "failed" : "came to no end",
             *last.committed != '\0' ? last.committed : "nothing, as far as is known");
    return true;
}

/* What the template "advanced" wrote down before anything was recorded here. */
static bool adopt(Chronicle *c, const FileHistoryState *state, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    long n = 0;
    if (state->files > 0 || !state->has_script_log)
        return true;
    if (!file_history_adopt(c->history, c->audit, c->project, &c->files, &n, err))
        return error_wrap(err, "taking over the log of the schema internal");
    note(c, "adopt", mem_printf(scratch, "%ld files, from internal.deployment_script_execution_log", n));
    log_info("Took over what internal.deployment_script_execution_log tells of %ld file%s", n, n == 1 ? "" : "s");
    return audit_flush(c->audit, err);
}

static bool write_beginning(Chronicle *c, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    FileHistoryState state;
    note(c, "start", "deploy");
    if (!audit_flush(c->audit, err) || !file_history_state(scratch, c->history, c->audit, c->project, &state, err))
        return false;
    tell_others(c, &state);
    return tell_left(c, &state, err) && adopt(c, &state, err) && pg_wait(c->history->conn, err);
}

static bool begin(Chronicle *c, Error *err)
{
    if (!connect(c, err) || !history_create(c->history, err))
        return false;
    c->audit = audit_begin(c, c->history, c->options->command, err);
    if (c->audit == NULL || write_beginning(c, err))
        return c->audit != NULL;
    pg_recover(c->history->conn);
    return history_explain(c->history, err);
}

static const char *driver_checksum(const FileStateList *files)
{
    size_t i = 0;
    while (strcmp(files->v[i].path, "./" FILE_HISTORY_DRIVER) != 0)
        i++;
    return files->v[i].checksum;
}

Chronicle *chronicle_begin(const void *ctx, PgConn *conn, const Folder *folder, const char *project,
                           const ChronicleOptions *options, Error *err)
{
    if (!check_version(conn, err))
        return NULL;
    Chronicle *c = mem_new(ctx, Chronicle);
    *c = (Chronicle){.options = options, .deploying = conn, .project = project};
    file_states(c, folder, &c->files);
    c->driver_sha256 = driver_checksum(&c->files);
    if (begin(c, err))
        return c;
    error_wrap(err, "recording the deployment, before it began");
    if (c->audit != NULL)
        chronicle_end(c, err);
    talloc_free(c);
    return NULL;
}

const char *chronicle_deployment(const Chronicle *c)
{
    return audit_deployment(c->audit);
}

/* ---- meanwhile ---- */

static void note_committed(Chronicle *c)
{
    for (; c->sent < c->committed.n; c->sent++)
        note(c, "statement", c->committed.v[c->sent]);
}

/* The reply to what was sent last has long come when there is more to send: waiting for it costs nothing. */
static bool write_committed(Chronicle *c, Error *err)
{
    if (!pg_wait(c->history->conn, err))
        return false;
    c->kept = c->sent;
    note_committed(c);
    return audit_flush(c->audit, err) && pg_sync(c->history->conn, err) && pg_flush(c->history->conn, err);
}

bool chronicle_commit(Chronicle *c, const char *what, Error *err)
{
    list_push(c, &c->committed, mem_strdup(c, what));
    return write_surely(c, write_committed, err) || error_wrap(err, "recording what is committed: %s", what);
}

/* ---- the end ---- */

static bool write_done(Chronicle *c, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    note_committed(c);
    note(c, "deploy", mem_printf(scratch, "%zu files", c->files.n - 1));
    return file_history_save(c->history, c->audit, c->project, &c->files, err) && audit_flush(c->audit, err) &&
           audit_end(c->audit, "done", err) && pg_wait(c->history->conn, err);
}

static bool save_state(Chronicle *c, Error *err)
{
    if (c->options->save_state(c->options->arg, c->history, c->audit, err) && pg_wait(c->history->conn, err))
        return true;
    error_hint(err, "the deployment came to its end and is recorded; `pgwright drift` compares with an earlier one");
    return error_wrap(err, "recording what the schema looks like now");
}

static bool write_failed(Chronicle *c, Error *err)
{
    note_committed(c);
    note(c, "fail", c->failure);
    return audit_flush(c->audit, err) && audit_end(c->audit, "failed", err) && pg_wait(c->history->conn, err);
}

static void end_failed(Chronicle *c, const Error *failure)
{
    Error second = {0};
    c->failure = redact(c, failure->message);
    if (!write_surely(c, write_failed, &second))
        log_warn("that deployment %s failed could not be recorded: %s", audit_deployment(c->audit), second.message);
    error_clear(&second);
}

/* Takes in what came. A signal, or the end of the time, is told to each session once; from then on it may clean up. */
static void settle(Chronicle *c, Error *stopped)
{
    PgConn *conn = c->history->conn;
    if (pg_wait(conn, stopped) || (pg_alive(conn) && *stopped->sqlstate == '\0'))
        c->kept = c->sent;
    if (error_is_set(stopped))
        pg_recover(conn);
    c->sent = c->kept;
}

bool chronicle_end(Chronicle *c, Error *err)
{
    Error stopped = {0};
    settle(c, &stopped);
    bool stops = pg_stopping(c->history->conn);
    if (error_is_set(err))
        end_failed(c, err);
    else if (!write_surely(c, write_done, err))
        error_wrap(err, "recording the deployment, which came to its end");
    else if (stops)
        error_move(err, &stopped);
    else
        save_state(c, err);
    error_clear(&stopped);
    return !error_is_set(err);
}
