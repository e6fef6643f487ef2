/* pg/conn.c: opening a session; see conn.h.
 *
 * The session is in pipeline mode from its first statement to its last, but for COPY and pg_script(). What its queue does
 * is in pipeline.c. */
#include "pg/conn.h"

#include "base/clock.h"
#include "base/log.h"
#include "pg/failure.h"
#include "pg/internal.h"
#include "pg/record.h"
#include "pg/signals.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_PARAMETERS = 16, OLDEST_VERSION = 120000 };

static int conn_free(PgConn *conn)
{
    PQfreeCancel(conn->cancel);
    PQfinish(conn->pq);
    return 0;
}

/* The server leaves its end of the socket to be closed by the end of its process (pqcomm.c, socket_close()). */
void pg_end(PgConn *conn)
{
    enum { PATIENCE_MS = 1000 };
    char rest[256];
    struct pollfd end = {.fd = conn == NULL ? -1 : dup(PQsocket(conn->pq)), .events = POLLIN};
    talloc_free(conn);
    while (end.fd >= 0 && poll(&end, 1, PATIENCE_MS) > 0 && read(end.fd, rest, sizeof rest) > 0)
        ;
    if (end.fd >= 0)
        close(end.fd);
}

/* Server messages: warnings always, notices by default, the rest when asked for. */
static void on_notice(void *arg, const PGresult *result)
{
    const PgConn *conn = arg;
    if (conn->notice != NULL) {
        conn->notice(conn->notice_arg, result);
        return;
    }
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (text == NULL)
        return;
    LogLevel level = LOG_VERBOSE;
    if (severity != NULL && strcmp(severity, "WARNING") == 0)
        level = LOG_WARN;
    else if (severity != NULL && (strcmp(severity, "NOTICE") == 0 || strcmp(severity, "INFO") == 0))
        level = LOG_INFO;
    const char *label = level == LOG_WARN ? "" : "notice: ";
    if (conn->notice_prefix != NULL)
        log_at(level, "%s%s: %s", label, conn->notice_prefix, text);
    else
        log_at(level, "%s%s", label, text);
}

typedef struct Parameters {
    const char *keys[MAX_PARAMETERS], *values[MAX_PARAMETERS];
    int n;
} Parameters;

static void add_parameter(Parameters *p, const char *key, const char *value)
{
    if (value == NULL)
        return;
    p->keys[p->n] = key;
    p->values[p->n++] = value;
}

/* A URL or connection string comes as `dbname`, which libpq expands; what is named apart from it wins by coming later. */
static Parameters parameters_of(const PgTarget *target)
{
    Parameters p = {0};
    const char *passphrase = getenv("PGSSLPASSWORD"); /* which libpq does not know; that of a connection string wins */
    add_parameter(&p, "sslpassword", passphrase != NULL && *passphrase != '\0' ? passphrase : NULL);
    add_parameter(&p, "dbname", target->url);
    add_parameter(&p, "host", target->host);
    add_parameter(&p, "port", target->port);
    add_parameter(&p, "user", target->user);
    add_parameter(&p, "dbname", target->dbname);
    add_parameter(&p, "client_encoding", "UTF8");
    add_parameter(&p, "fallback_application_name", "pgwright");
    return p;
}

/* connect_timeout is libpq's blocking calls' affair; 0 for none. */
static int64_t connect_timeout(PGconn *pq)
{
    long seconds = 0;
    PQconninfoOption *options = PQconninfo(pq);
    for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
        if (strcmp(o->keyword, "connect_timeout") == 0 && o->val != NULL)
            text_to_long(o->val, 1, 86400, &seconds);
    PQconninfoFree(options);
    return seconds * 1000;
}

/* Milliseconds left until `at` on the clock, at most a second; 0 stands for never. */
static int64_t time_left(int64_t at)
{
    int64_t left = at == 0 ? 1000 : at - clock_ms();
    return left < 1000 ? left : 1000;
}

static bool no_answer(PGconn *pq, int64_t ms, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return failure_set_text(mem_printf(scratch, "%s%sno answer within %lld s", PQhost(pq), *PQhost(pq) != '\0' ? ": " : "",
                                       (long long)(ms / 1000)), err);
}

/* Connects without blocking, so that a signal or the deadline can end it. */
static bool connect_poll(PGconn *pq, const PgTarget *target, Error *err)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    int64_t limit = connect_timeout(pq), patience = limit == 0 ? 0 : clock_ms() + limit;
    while (state != PGRES_POLLING_OK) {
        if (state == PGRES_POLLING_FAILED)
            return failure_set(pq, err);
        if (signals_count() > 0)
            return error_set(err, ERR_INTERRUPTED, "interrupted while connecting");
        int64_t left = time_left(target->deadline_ms), wait = time_left(patience);
        if (left <= 0)
            return error_set(err, ERR_TIMEOUT, "out of time while connecting");
        if (wait <= 0)
            return no_answer(pq, limit, err);
        struct pollfd p = {.fd = PQsocket(pq), .events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        if (poll(&p, 1, (int)(left < wait ? left : wait)) > 0)
            state = PQconnectPoll(pq);
    }
    return true;
}

static PGconn *connect_to(const PgTarget *target, Error *err)
{
    Parameters p = parameters_of(target);
    PGconn *pq = PQconnectStartParams(p.keys, p.values, 1);
    if (pq == NULL) {
        error_set(err, ERR_CONNECTION, "cannot connect: out of memory");
        return NULL;
    }
    failure_expect(pq);
    bool ok = PQstatus(pq) != CONNECTION_BAD ? connect_poll(pq, target, err) : failure_set(pq, err);
    PQsetErrorVerbosity(pq, PQERRORS_DEFAULT);
    redact_value(PQpass(pq));
    if (!ok) {
        PQfinish(pq);
        return NULL;
    }
    return pq;
}

/* Behind a pooler the process that answers is not the one that the connection's cancel key names. */
static long backend_pid(PgConn *conn, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PGresult *r = pg_query(scratch, conn, "SELECT pg_catalog.pg_backend_pid()", 0, NULL, err);
    long pid = -1;
    return r != NULL && text_to_long(PQgetvalue(r, 0, 0), 0, 0x7fffffff, &pid) ? pid : -1;
}

/* A second client that is given the backend that the first, idle one was just answered by: the pooler lends its backends
 * from transaction to transaction. */
static bool lends_backends(const PgTarget *target, long pid)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    PgConn *second = pg_attach(scratch, connect_to(target, &ignored), target);
    bool lends = second != NULL && backend_pid(second, &ignored) == pid;
    error_clear(&ignored);
    return lends;
}

static bool check_pooler(PgConn *conn, const PgTarget *target, Error *err)
{
    long pid = backend_pid(conn, err);
    if (pid < 0)
        return false;
    conn->backend_pid = pid;
    if (pid == PQbackendPID(conn->pq) || !lends_backends(target, pid))
        return true;
    error_set(err, ERR_CONNECTION, "%s goes through a pooler in transaction mode", pg_where(conn));
    error_detail(err, "such a pooler gives each transaction another server session: locks, settings and statements "
                      "outside transactions would go astray");
    error_hint(err, "connect to the server itself, or to a pool in session mode (often another port)");
    return false;
}

static char *describe(PgConn *conn)
{
    const char *host = PQhost(conn->pq), *port = PQport(conn->pq);
    return mem_printf(conn, "%s on %s%s%s as %s", PQdb(conn->pq), host != NULL && *host != '\0' ? host : "local socket",
                      port != NULL && *port != '\0' ? ":" : "", port != NULL ? port : "", PQuser(conn->pq));
}

PgConn *pg_attach(const void *ctx, PGconn *pq, const PgTarget *target)
{
    if (pq == NULL)
        return NULL;
    PgConn *conn = mem_new(ctx, PgConn);
    conn->pq = pq;
    conn->target = *target;
    conn->cancel = PQgetCancel(pq);
    conn->where = describe(conn);
    talloc_set_destructor(conn, conn_free);
    PQsetNoticeReceiver(pq, on_notice, conn);
    PQsetnonblocking(pq, 1);
    PQenterPipelineMode(pq);
    return conn;
}

static bool set_timeout(PgConn *conn, const char *name, int64_t ms, Error *err)
{
    if (ms == 0)
        return true;
    SCRATCH void *scratch = mem_scratch();
    return pg_queue_sql(conn, mem_printf(scratch, "SET %s = %lld", name, (long long)ms), err);
}

bool pg_queue_timeouts(PgConn *conn, Error *err)
{
    /* psql need not be told UTF8 by its environment; RESET ALL takes it back */
    if (pg_recording(conn) && !pg_queue_sql(conn, "SET client_encoding TO 'UTF8'", err))
        return false;
    return set_timeout(conn, "lock_timeout", conn->target.lock_timeout_ms, err) &&
           set_timeout(conn, "statement_timeout", conn->target.statement_timeout_ms, err);
}

PgConn *pg_open(const void *ctx, const PgTarget *target, Error *err)
{
    signals_install();
    PgConn *conn = pg_attach(ctx, connect_to(target, err), target);
    if (conn == NULL)
        return NULL;
    int oldest = target->oldest_version != 0 ? target->oldest_version : OLDEST_VERSION;
    if (PQserverVersion(conn->pq) < oldest) {
        error_set(err, ERR_CONFIG, "the server is version %d; %d is the oldest that works", PQserverVersion(conn->pq) / 10000,
                  oldest / 10000);
    } else if (pg_queue_timeouts(conn, err) && check_pooler(conn, target, err)) {
        return conn;
    }
    talloc_free(conn);
    return NULL;
}

PgConn *pg_open_second(const void *ctx, const PgConn *conn, Error *err)
{
    PgConn *second = pg_attach(ctx, connect_to(&conn->target, err), &conn->target);
    if (second == NULL || pg_queue_timeouts(second, err))
        return second;
    talloc_free(second);
    return NULL;
}

int pg_version(const PgConn *conn)
{
    return PQserverVersion(conn->pq);
}

long pg_backend_pid(const PgConn *conn)
{
    return conn->backend_pid;
}

int64_t pg_lock_timeout(const PgConn *conn)
{
    return conn->target.lock_timeout_ms;
}

const char *pg_where(const PgConn *conn)
{
    return conn->where;
}

const char *pg_dbname(const PgConn *conn)
{
    return PQdb(conn->pq);
}

const char *pg_host(const PgConn *conn)
{
    return PQhost(conn->pq);
}

const char *pg_user(const PgConn *conn)
{
    return PQuser(conn->pq);
}

bool pg_in_transaction(const PgConn *conn)
{
    PGTransactionStatusType status = PQtransactionStatus(conn->pq);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

bool pg_alive(const PgConn *conn)
{
    return PQstatus(conn->pq) == CONNECTION_OK;
}

bool pg_stopping(const PgConn *conn)
{
    return conn->stop != STOP_NO;
}

void pg_on_waiting(PgConn *conn, int64_t ms, PgWaiting waiting, void *arg)
{
    conn->waiting = waiting;
    conn->waiting_arg = arg;
    conn->waiting_ms = ms;
    conn->quiet_ms = 0;
}

void pg_on_notice(PgConn *conn, PgNotice notice, void *arg)
{
    conn->notice = notice;
    conn->notice_arg = arg;
}

void pg_notice_prefix(PgConn *conn, const char *prefix)
{
    conn->notice_prefix = prefix;
}
