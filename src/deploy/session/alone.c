/* deploy/session/alone.c: see alone.h. */
#include "deploy/session/alone.h"

#include "base/file.h"
#include "base/log.h"
#include "deploy/session/marks.h"
#include "deploy/session/statements.h"
#include "deploy/unfinished.h"
#include "sql/quote.h"

#include <jansson.h>
#include <string.h>

typedef struct Alone {
    PgConn *conn;
    const Fault *fault;
    const FolderFile *file;
    View content;
    StatementSpans statements;
    size_t next;        /* index of the statement that comes next */
    bool marked;        /* a preview watches */
    bool begun;         /* an earlier run was cut off within it */
    const char *row;    /* condition of its row in pgwright.session_files */
} Alone;

/* ---- what was handed over ---- */

const char *alone_path(const void *ctx, const char *message)
{
    json_t *o = json_loads(message, 0, NULL);
    const char *path = json_string_value(json_object_get(o, "path"));
    path = path == NULL ? NULL : mem_strdup(ctx, path);
    json_decref(o);
    return path;
}

static bool take_over(const void *ctx, Alone *a, const char *message, Error *err)
{
    json_t *o = json_loads(message, 0, NULL);
    const char *path = json_string_value(json_object_get(o, "path"));
    const char *key = json_string_value(json_object_get(o, "sort_key"));
    json_int_t call = json_integer_value(json_object_get(o, "call"));
    json_int_t next = json_integer_value(json_object_get(o, "statement"));
    a->file = path == NULL || key == NULL ? NULL : fault_file(a->fault->folder, path, strlen(path));
    if (a->file != NULL && next >= 1) {
        a->row = mem_printf(ctx, "call = %lld AND sort_key = %s AND path = %s", (long long)call, sql_literal(ctx, key),
                            sql_literal(ctx, path));
        a->next = (size_t)next - 1;
        a->begun = json_is_true(json_object_get(o, "begun"));
    }
    json_decref(o);
    return a->row != NULL ||
           error_set(err, ERR_INTERNAL, "pgwright_deploy_files() has handed over no file of the project: %s", message);
}

/* ---- the row ---- */

/* Statement number `next` comes next (0: none does), and begins now or not. */
static const char *note(const void *ctx, const Alone *a, size_t next, bool begins)
{
    return mem_printf(ctx, "UPDATE pgwright.session_files SET statement = NULLIF(%zu, 0), begun = %s, "
                           "committed_at = pg_catalog.clock_timestamp(), committed_by = session_user WHERE %s",
                      next, begins ? "true" : "false", a->row);
}

static bool write_note(const Alone *a, size_t next, bool begins, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return pg_script(a->conn, note(scratch, a, next, begins), err) ||
           error_wrap(err, "writing down how far %s is", a->file->path);
}

/* Statement number `done` has ended; 0: none has yet. */
static bool mark(const Alone *a, size_t done, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str sql = str_new(scratch);
    if (!a->marked)
        return true;
    marks_write(&sql, a->file - a->fault->folder->files.v + 1, (long)done, done == a->statements.n);
    return pg_script(a->conn, sql.text, err);
}

/* ---- a statement ---- */

static View text_of(const Alone *a, size_t i)
{
    const Statement *s = &a->statements.v[i];
    return (View){a->content.p + s->from, s->to - s->from};
}

/* Of what a CALL or a DO does nobody knows. */
static bool takes_transaction(const Alone *a, size_t i)
{
    const Statement *s = &a->statements.v[i];
    return !statement_wants_no_transaction(a->content, s) && strcmp(s->facts.command, "CALL") != 0;
}

static bool ends_transaction(const Statement *s)
{
    return s->facts.kind == SQL_COMMIT || s->facts.kind == SQL_ROLLBACK;
}

static bool take_result(void *arg, const PGresult *result, Error *err)
{
    const Alone *a = arg;
    if (PQresultStatus(result) != PGRES_FATAL_ERROR)
        return true;
    return fault_tell_statement(a->fault, a->file, a->content, &a->statements.v[a->next], result, err);
}

static bool send(Alone *a, const char *sql, Error *err)
{
    return pg_simple(a->conn, &(PgSimple){.sql = sql, .reply = take_result, .arg = a}, err);
}

/* The number of what comes behind the statement at hand; 0: nothing. */
static size_t number_behind(const Alone *a)
{
    return a->next + 1 < a->statements.n ? a->next + 2 : 0;
}

/* It and its note are one transaction, unless it ends one of the file's own: then the note goes with the next statement. */
static bool run_with_note(Alone *a, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    View text = text_of(a, a->next);
    const Statement *s = &a->statements.v[a->next];
    if (ends_transaction(s) || s->facts.kind == SQL_BEGIN) {
        const char *noted = note(scratch, a, number_behind(a), false);
        const char *first = ends_transaction(s) && pg_in_transaction(a->conn) ? noted : "";
        return send(a, mem_printf(scratch, "%s;%.*s", first, (int)text.len, text.p), err);
    }
    return send(a, mem_printf(scratch, "%.*s\n;%s", (int)text.len, text.p, note(scratch, a, number_behind(a), false)), err);
}

/* CREATE INDEX CONCURRENTLY IF NOT EXISTS is content with what an earlier attempt left behind. */
static bool check_index(const Alone *a, const char *sql, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *index = unfinished_index(scratch, sql);
    if (index == NULL || unfinished_state(a->conn, index) != INDEX_INVALID)
        return true;
    error_set(err, ERR_VERIFY, "index %s is invalid: it was not built to its end", index);
    fault_place_statement(a->fault, a->file, a->content, &a->statements.v[a->next], err);
    error_hint(err, "DROP INDEX CONCURRENTLY %s, then deploy again", index);
    return false;
}

/* What it did cannot be taken back, nor be noted with it. */
static bool run_bare(Alone *a, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    View text = text_of(a, a->next);
    const char *sql = mem_strndup(scratch, text.p, text.len);
    Error ignored = {0};
    if (!write_note(a, a->next + 1, true, err))
        return false;
    if (send(a, sql, err))
        return check_index(a, sql, err) && write_note(a, number_behind(a), false, err);
    if (err->sqlstate[0] != '\0' && pg_recover(a->conn) && unfinished_drop(a->conn, sql, err))
        write_note(a, a->next + 1, false, &ignored);
    error_clear(&ignored);
    return false;
}

/* ---- going on where an earlier run was cut off ---- */

/* True when the index that it was building is there, so that the statement is done; one that is not finished is dropped. */
static bool settle_index(const Alone *a, const char *index, bool *done, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    switch (unfinished_state(a->conn, index)) {
    case INDEX_IN_BUILD:
        error_set(err, ERR_LOCKED, "the server still builds index %s for a deployment that was cut off", index);
        fault_place_statement(a->fault, a->file, a->content, &a->statements.v[a->next], err);
        error_hint(err, "wait until it is done (pg_stat_progress_create_index), then deploy again");
        return false;
    case INDEX_INVALID:
        log_info("%s: index %s is left over from a deployment that was cut off, and not finished: "
                 "it is dropped and built again",
                 a->file->path, index);
        return pg_script(a->conn, mem_printf(scratch, "DROP INDEX CONCURRENTLY %s", index), err) ||
               error_wrap(err, "dropping what was left over");
    case INDEX_VALID:
        log_info("%s: index %s was finished by a deployment that was cut off", a->file->path, index);
        *done = true;
        return true;
    case INDEX_NONE:
    default:
        return true;
    }
}

/* The statement may have taken effect, or not. */
static bool settle(Alone *a, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    View text = text_of(a, a->next);
    const char *index = unfinished_index(scratch, mem_strndup(scratch, text.p, text.len));
    bool done = false;
    if (index == NULL)
        log_warn("%s: a deployment was cut off in statement %zu (%s), and whether it took effect is not known; it is run again",
                 a->file->path, a->next + 1, a->statements.v[a->next].facts.command);
    else if (!settle_index(a, index, &done, err))
        return false;
    a->next += done;
    return true;
}

static void hint_settle(const Alone *a, Error *err)
{
    if (err->sqlstate[0] != '\0')
        error_hint(err, "a deployment was cut off in this statement; if it had taken effect, say so and deploy again: "
                        "UPDATE pgwright.session_files SET statement = %zu, begun = false WHERE %s",
                   a->next + 2, a->row);
}

/* ---- the file ---- */

static bool check_end(const Alone *a, Error *err)
{
    if (!pg_in_transaction(a->conn))
        return true;
    const Statement *open = statements_open(&a->statements);
    error_set(err, ERR_SQL, "the file ends within a transaction that it began: nothing behind its BEGIN was kept");
    fault_place_statement(a->fault, a->file, a->content, open, err);
    error_hint(err, "end it with COMMIT");
    return false;
}

/* active_sql_transaction, invalid_transaction_termination: its words did not say so. */
static bool refuses_transaction(const Error *err)
{
    return strcmp(err->sqlstate, "25001") == 0 || strcmp(err->sqlstate, "2D000") == 0;
}

static bool run_statement(Alone *a, Error *err)
{
    bool within = pg_in_transaction(a->conn);
    if (!takes_transaction(a, a->next))
        return run_bare(a, err);
    if (run_with_note(a, err) || within || !refuses_transaction(err) || !pg_recover(a->conn))
        return !error_is_set(err);
    error_clear(err);
    return run_bare(a, err);
}

static bool run_statements(Alone *a, Error *err)
{
    bool settled = a->begun && a->next < a->statements.n;
    size_t at = a->next;
    if ((settled && !settle(a, err)) || !mark(a, 0, err))
        return false;
    for (; a->next < a->statements.n; a->next++)
        if (!run_statement(a, err)) {
            if (settled && a->next == at)
                hint_settle(a, err);
            return false;
        } else if (!mark(a, a->next + 1, err)) {
            return false;
        }
    return check_end(a, err) && write_note(a, 0, false, err);
}

bool alone_run(PgConn *conn, const char *message, bool marked, const Fault *fault, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Alone a = {.conn = conn, .fault = fault, .marked = marked};
    if (!take_over(scratch, &a, message, err) || !folder_content(scratch, fault->folder, a.file, &a.content, err))
        return false;
    statements_find(scratch, a.content, &a.statements);
    return run_statements(&a, err);
}
