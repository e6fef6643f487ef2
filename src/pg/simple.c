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

static bool report(const PgStatement *s, const PGresult *result, Error *err)
{
    if (s->reply != NULL)
        return s->reply(s->arg, result, err);
    return PQresultStatus(result) != PGRES_FATAL_ERROR || pg_result_error(result, err);
}

/* Takes the results of the command to its end; the first failure is told. */
static bool take_results(PgConn *conn, const PgStatement *s, Error *err)
{
    bool ok = true;
    for (;;) {
        if (!wait_result(conn, err))
            return false;
        PGresult *result = PQgetResult(conn->pq);
        if (result == NULL)
            break;
        bool failed = PQresultStatus(result) == PGRES_FATAL_ERROR;
        if (ok && (failed || PQresultStatus(result) == PGRES_COMMAND_OK))
            ok = report(s, result, err);
        PQclear(result);
        if (!pg_alive(conn))
            return ok && pg_broken(conn, err);
    }
    return ok;
}

/* Leaves pipeline mode and sends the command. */
static bool begin_simple(PgConn *conn, const char *sql, Error *err)
{
    if (!pg_wait(conn, err))
        return false;
    if (PQexitPipelineMode(conn->pq) != 1 || PQsendQuery(conn->pq, sql) != 1)
        return pg_broken(conn, err);
    return true;
}

static bool end_simple(PgConn *conn, bool ok)
{
    if (pg_alive(conn))
        PQenterPipelineMode(conn->pq);
    return ok;
}

bool pg_script(PgConn *conn, const char *sql, Error *err)
{
    if (pg_recording(conn))
        return record_text(conn, sql);
    if (!begin_simple(conn, sql, err))
        return false;
    return end_simple(conn, take_results(conn, &(PgStatement){.sql = sql}, err));
}

static bool put_data(PgConn *conn, const char *data, size_t len, Error *err)
{
    while (len > 0) {
        int piece = len > 65536 ? 65536 : (int)len;
        int sent = PQputCopyData(conn->pq, data, piece);
        if (sent < 0)
            return pg_broken(conn, err);
        if (sent == 0) {
            if (PQflush(conn->pq) < 0)
                return pg_broken(conn, err);
            if (!pg_wait_socket(conn, true, err))
                return false;
            continue;
        }
        data += piece;
        len -= (size_t)piece;
    }
    return true;
}

/* Waits for the server to agree to COPY in this direction; a refusal is reported and leaves nothing to copy. */
static bool copy_agreed(PgConn *conn, const PgStatement *s, ExecStatusType wanted, Error *err)
{
    if (!wait_result(conn, err))
        return false;
    PGresult *result = PQgetResult(conn->pq);
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == wanted;
    if (status == PGRES_FATAL_ERROR)
        report(s, result, err);
    else if (!ok)
        error_set(err, ERR_SQL, "the server did not take this as COPY: %s", PQresStatus(status));
    PQclear(result);
    if (!ok)
        take_results(conn, &(PgStatement){.sql = s->sql}, err);
    return ok;
}

static bool feed(PgConn *conn, PgCopySource source, void *arg, Error *err)
{
    const char *data;
    size_t len;
    do {
        if (!source(arg, &data, &len, err) || !put_data(conn, data, len, err))
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

bool pg_copy_in(PgConn *conn, const PgStatement *s, PgCopySource source, void *arg, Error *err)
{
    if (pg_recording(conn))
        return record_copy(conn, s->sql, source, arg, err);
    if (!begin_simple(conn, s->sql, err))
        return false;
    if (!copy_agreed(conn, s, PGRES_COPY_IN, err))
        return end_simple(conn, false);
    bool fed = feed(conn, source, arg, err);
    Error ignored = {0};
    bool ended = pg_alive(conn) && put_end(conn, fed ? NULL : "the data cannot be read", fed ? err : &ignored) &&
                 take_results(conn, s, fed ? err : &ignored);
    error_clear(&ignored);
    return end_simple(conn, fed && ended);
}

/* Rows to the sink until the server has no more; once the sink fails they are only read, for the server sends them all. */
static bool drain_rows(PgConn *conn, PgCopySink sink, void *arg, Error *err)
{
    bool ok = true;
    for (;;) {
        char *row = NULL;
        int n = PQgetCopyData(conn->pq, &row, 1);
        if (n > 0)
            ok = ok && sink(arg, row, (size_t)n, err);
        PQfreemem(row);
        if (n < 0)
            return ok;
        if (n == 0 && !pg_wait_socket(conn, false, err))
            return false;
    }
}

bool pg_copy_out(PgConn *conn, const PgStatement *s, PgCopySink sink, void *arg, Error *err)
{
    if (pg_recording(conn))
        return record_statement(conn, s);
    if (!begin_simple(conn, s->sql, err))
        return false;
    if (!copy_agreed(conn, s, PGRES_COPY_OUT, err))
        return end_simple(conn, false);
    bool sunk = drain_rows(conn, sink, arg, err);
    Error ignored = {0};
    bool ended = pg_alive(conn) && take_results(conn, s, sunk ? err : &ignored);
    error_clear(&ignored);
    return end_simple(conn, sunk && ended);
}

char *pg_encrypt_password(const void *ctx, PgConn *conn, const char *user, const char *password, Error *err)
{
    if (!pg_wait(conn, err) || PQexitPipelineMode(conn->pq) != 1)
        return NULL;
    PQsetnonblocking(conn->pq, 0); /* libpq asks the server for password_encryption by a blocking call */
    char *encrypted = PQencryptPasswordConn(conn->pq, password, user, NULL);
    PQsetnonblocking(conn->pq, 1);
    end_simple(conn, true);
    char *copy = mem_strdup(ctx, encrypted);
    PQfreemem(encrypted);
    if (copy == NULL)
        error_set(err, ERR_SQL, "cannot encrypt the password: %s", PQerrorMessage(conn->pq));
    return copy;
}
