/* pg/simple.c: what libpq's pipeline mode cannot do: COPY, and several statements in one string; see conn.h.
 *
 * The queue is emptied, pipeline mode is left for the time of the command and entered again. */
#include "pg/internal.h"
#include "pg/record.h"

#include <string.h>

/* Sends what is buffered and waits until a result is there. */
static bool wait_result(PgConn *conn, Error *err)
{
    for (;;) {
        int unsent = PQflush(conn->pq);
        if (unsent < 0)
            return pg_broken(conn, err);
        if (unsent == 0 && !PQisBusy(conn->pq))
            return true;
        if (!pg_wait_socket(conn, unsent > 0, err))
            return false;
    }
}

/* The first failure is told; what comes behind it is only taken in. */
static bool report(PgConn *conn, const PgSimple *simple, const PGresult *result, Error *err)
{
    bool failed = PQresultStatus(result) == PGRES_FATAL_ERROR;
    bool ok = simple->reply != NULL ? simple->reply(simple->arg, result, err) : !failed || pg_result_error(result, err);
    if (!ok)
        pg_classify_stop(conn, err);
    return ok;
}

/* Sends all that libpq holds back. Without it COPY data would pile up there, for a session that does not block refuses
 * none. */
static bool send_held(PgConn *conn, Error *err)
{
    for (int unsent; (unsent = PQflush(conn->pq)) != 0;) {
        if (unsent < 0)
            return pg_broken(conn, err);
        if (!pg_wait_socket(conn, true, err))
            return false;
    }
    return true;
}

static bool put_data(PgConn *conn, const char *data, size_t len, Error *err)
{
    while (len > 0) {
        int piece = len > 65536 ? 65536 : (int)len;
        if (PQputCopyData(conn->pq, data, piece) != 1)
            return pg_broken(conn, err);
        if (!send_held(conn, err))
            return false;
        data += piece;
        len -= (size_t)piece;
    }
    return true;
}

static bool feed(PgConn *conn, const PgSimple *simple, Error *err)
{
    const char *data;
    size_t len;
    do {
        if (!simple->source(simple->data_arg, &data, &len, err) || !put_data(conn, data, len, err))
            return false;
    } while (len > 0);
    return true;
}

static bool put_end(PgConn *conn, const char *reason, Error *err)
{
    for (int sent; (sent = PQputCopyEnd(conn->pq, reason)) != 1;) {
        if (sent < 0)
            return pg_broken(conn, err);
        if (PQflush(conn->pq) < 0 || !pg_wait_socket(conn, true, err))
            return false;
    }
    return true;
}

/* Data for COPY. When there is none, or no more is wanted, the server is told to give up. */
static bool copy_in(PgConn *conn, const PgSimple *simple, bool wanted, Error *err)
{
    if (wanted && simple->source == NULL) /* the server's answer to the end is the error that is told */
        return put_end(conn, "there is no data to copy", err);
    bool fed = wanted && feed(conn, simple, err);
    Error ignored = {0};
    bool ended = pg_alive(conn) && put_end(conn, fed ? NULL : "the data cannot be read", fed ? err : &ignored);
    error_clear(&ignored);
    return fed && ended;
}

/* Rows to the sink until the server has no more; once the sink fails they are only read, for the server sends them all. */
static bool copy_out(PgConn *conn, const PgSimple *simple, bool wanted, Error *err)
{
    bool ok = true;
    for (;;) {
        char *row = NULL;
        int n = PQgetCopyData(conn->pq, &row, 1);
        if (n > 0 && wanted && simple->sink != NULL)
            ok = ok && simple->sink(simple->data_arg, row, (size_t)n, err);
        PQfreemem(row);
        if (n < 0)
            return ok;
        if (n == 0 && !pg_wait_socket(conn, false, err))
            return false;
    }
}

/* What one result asks for; `wanted` until something has failed. */
static bool take(PgConn *conn, const PgSimple *simple, const PGresult *result, bool wanted, Error *err)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COPY_IN)
        return copy_in(conn, simple, wanted, err);
    if (status == PGRES_COPY_OUT)
        return copy_out(conn, simple, wanted, err);
    return status == PGRES_SINGLE_TUPLE || !wanted || report(conn, simple, result, err);
}

/* Takes the results to their end. */
static bool take_results(PgConn *conn, const PgSimple *simple, Error *err)
{
    bool ok = true;
    Error ignored = {0};
    for (;;) {
        if (!wait_result(conn, ok ? err : &ignored)) {
            ok = false;
            break;
        }
        PGresult *result = PQgetResult(conn->pq);
        if (result == NULL)
            break;
        ok = take(conn, simple, result, ok, ok ? err : &ignored) && ok;
        PQclear(result);
        if (!pg_alive(conn)) {
            ok = ok && pg_broken(conn, err);
            break;
        }
    }
    error_clear(&ignored);
    return ok;
}

bool pg_simple(PgConn *conn, const PgSimple *simple, Error *err)
{
    if (!pg_wait(conn, err))
        return false;
    pg_tell_sql(simple->sql);
    if (PQexitPipelineMode(conn->pq) != 1 || PQsendQuery(conn->pq, simple->sql) != 1)
        return pg_broken(conn, err);
    conn->row_by_row = !simple->rows;
    if (conn->row_by_row)
        PQsetSingleRowMode(conn->pq);
    bool ok = take_results(conn, simple, err);
    if (pg_alive(conn))
        PQenterPipelineMode(conn->pq);
    return ok;
}

bool pg_script(PgConn *conn, const char *sql, Error *err)
{
    return pg_recording(conn) ? record_text(conn, sql) : pg_simple(conn, &(PgSimple){.sql = sql}, err);
}

bool pg_copy_in(PgConn *conn, const PgStatement *s, PgCopySource source, void *arg, Error *err)
{
    PgSimple simple = {.sql = s->sql, .reply = s->reply, .arg = s->arg, .source = source, .data_arg = arg};
    return pg_recording(conn) ? record_copy(conn, s->sql, source, arg, err) : pg_simple(conn, &simple, err);
}

bool pg_copy_out(PgConn *conn, const PgStatement *s, PgCopySink sink, void *arg, Error *err)
{
    PgSimple simple = {.sql = s->sql, .reply = s->reply, .arg = s->arg, .sink = sink, .data_arg = arg};
    return pg_recording(conn) ? record_statement(conn, s) : pg_simple(conn, &simple, err);
}

char *pg_encrypt_password(const void *ctx, PgConn *conn, const char *user, const char *password, Error *err)
{
    if (!pg_wait(conn, err) || PQexitPipelineMode(conn->pq) != 1)
        return NULL;
    PQsetnonblocking(conn->pq, 0); /* libpq asks the server for password_encryption by a blocking call */
    char *encrypted = PQencryptPasswordConn(conn->pq, password, user, NULL);
    PQsetnonblocking(conn->pq, 1);
    PQenterPipelineMode(conn->pq);
    char *copy = mem_strdup(ctx, encrypted);
    PQfreemem(encrypted);
    if (copy == NULL)
        error_set(err, ERR_SQL, "cannot encrypt the password: %s", PQerrorMessage(conn->pq));
    return copy;
}
