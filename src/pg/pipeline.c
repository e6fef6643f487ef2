/* pg/pipeline.c: the queue of statements and their replies; see conn.h.
 *
 * libpq's pipeline mode gives results in the order of the statements: for each its result and then NULL, for a sync
 * point one result and no NULL (manual 34.5.1.2). The ring buffer `queue` holds who waits for what. The socket never
 * blocks; where we must wait, replies are taken in while the rest is still being sent, so that neither side's buffers
 * can fill up and stand still (manual 34.5.1.1). */
#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "pg/internal.h"
#include "pg/record.h"
#include "pg/signals.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

enum {
    QUEUE_MAX = 512,          /* entries in flight */
    BYTES_MAX = 1024 * 1024,  /* of statements in flight */
    POLL_MS = 200,            /* how soon a signal that came between two polls is seen */
    CANCEL_GRACE_MS = 10000,  /* how long the server may take to obey a cancel request */
    CONNS_MAX = 2,            /* that are waited for together */
};

bool pg_broken(PgConn *conn, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    View message = view_trim(view_of(PQerrorMessage(conn->pq)));
    error_set(err, ERR_CONNECTION, "the connection to %s was lost: %s", conn->where,
              message.len > 0 ? mem_strndup(scratch, message.p, message.len) : "no reason given");
    error_hint(err, "run the same command again: it continues from what was committed");
    conn->failed = true;
    return false;
}

/* Notes that the run must end, and asks the server to give up what it does. */
static void begin_stop(PgConn *conn, PgStop why)
{
    char reason[256];
    conn->stop = why;
    conn->stop_at = clock_ms();
    if (conn->count > 0 || PQtransactionStatus(conn->pq) == PQTRANS_ACTIVE)
        PQcancel(conn->cancel, reason, sizeof reason);
}

static void check_stop(PgConn *conn)
{
    if (conn->stop != STOP_NO)
        return;
    if (signals_count() > 0)
        begin_stop(conn, STOP_SIGNAL);
    else if (conn->target.deadline_ms != 0 && clock_ms() >= conn->target.deadline_ms)
        begin_stop(conn, STOP_DEADLINE);
}

static bool stop_error(PgConn *conn, Error *err)
{
    conn->stop_told = true;
    return conn->stop == STOP_SIGNAL ? error_set(err, ERR_INTERRUPTED, "interrupted")
                                     : error_set(err, ERR_TIMEOUT, "out of time (--timeout)");
}

/* Tells once that the run must end; afterwards nothing stands in the way of cleaning up. */
static bool may_go_on(PgConn *conn, Error *err)
{
    check_stop(conn);
    return conn->stop == STOP_NO || conn->stop_told || stop_error(conn, err);
}

/* Does the server still end its statements soon after it was asked to? */
static bool obeys_stop(PgConn *conn, Error *err)
{
    check_stop(conn);
    if (conn->stop == STOP_NO || clock_ms() - conn->stop_at <= CANCEL_GRACE_MS)
        return true;
    conn->failed = true;
    stop_error(conn, err);
    error_detail(err, "the server did not end the statement within %d s of being asked to", CANCEL_GRACE_MS / 1000);
    return false;
}

/* How long to wait at most before something else must be looked at. */
static int poll_ms(PgConn *const *conns, nfds_t n)
{
    int ms = POLL_MS;
    for (nfds_t i = 0; i < n; i++)
        if (conns[i]->waiting != NULL && conns[i]->waiting_ms < ms)
            ms = (int)conns[i]->waiting_ms;
    return ms;
}

/* Nothing has come for so long. */
static void tell_waiting(PgConn *conn, int64_t ms)
{
    conn->quiet_ms += ms;
    if (conn->waiting == NULL || conn->quiet_ms < conn->waiting_ms)
        return;
    conn->quiet_ms = 0;
    conn->waiting(conn->waiting_arg);
}

/* Waits until one of some sockets can be used. */
static bool wait_sockets(PgConn *const *conns, const bool *for_write, nfds_t n, Error *err)
{
    struct pollfd p[CONNS_MAX];
    for (nfds_t i = 0; i < n; i++) {
        p[i] = (struct pollfd){.fd = PQsocket(conns[i]->pq), .events = (short)(POLLIN | (for_write[i] ? POLLOUT : 0))};
        if (!obeys_stop(conns[i], err) || (p[i].fd < 0 && !pg_broken(conns[i], err)))
            return false;
    }
    int ms = poll_ms(conns, n), ready = poll(p, n, ms);
    for (nfds_t i = 0; i < n; i++) {
        if (ready == 0)
            tell_waiting(conns[i], ms);
        else if ((p[i].revents & (POLLIN | POLLERR | POLLHUP)) == 0)
            continue;
        else if (!PQconsumeInput(conns[i]->pq))
            return pg_broken(conns[i], err);
        else
            conns[i]->quiet_ms = 0;
    }
    return true;
}

bool pg_wait_socket(PgConn *conn, bool for_write, Error *err)
{
    return wait_sockets(&conn, &for_write, 1, err);
}

static PgPending *queue_front(PgConn *conn)
{
    return &conn->queue[conn->first];
}

static void queue_push(PgConn *conn, PgPending entry)
{
    if (conn->queue == NULL) {
        conn->capacity = QUEUE_MAX + 64;
        conn->queue = mem_array(conn, PgPending, conn->capacity);
    }
    conn->queue[(conn->first + conn->count++) % conn->capacity] = entry;
}

static void queue_pop(PgConn *conn)
{
    conn->first = (conn->first + 1) % conn->capacity;
    conn->count--;
    conn->front_replied = false;
}

void pg_classify_stop(PgConn *conn, Error *err)
{
    if (strcmp(err->sqlstate, "57014") != 0 || conn->stop == STOP_NO)
        return;
    err->class = conn->stop == STOP_SIGNAL ? ERR_INTERRUPTED : ERR_TIMEOUT;
    conn->stop_told = true;
}

/* Hands one result to whoever waits for it. */
static bool deliver(PgConn *conn, const PgPending *entry, const PGresult *result, Error *err)
{
    ExecStatusType status = PQresultStatus(result);
    bool done = status != PGRES_PIPELINE_ABORTED && status != PGRES_FATAL_ERROR;
    if (entry->prepares != NULL && !done)
        map_remove(conn->prepared, entry->prepares);
    if (conn->discarding || status == PGRES_PIPELINE_ABORTED)
        return true;
    bool ok = entry->reply != NULL            ? entry->reply(entry->arg, result, err)
              : status == PGRES_FATAL_ERROR ? pg_result_error(result, err)
                                            : true;
    if (!ok) {
        conn->failed = true;
        pg_classify_stop(conn, err);
    }
    return ok;
}

/* NULL ends the results of the oldest statement. One that ends nothing means that libpq and we disagree. */
static bool take_null(PgConn *conn, Error *err)
{
    if (conn->front_replied) {
        queue_pop(conn);
        return true;
    }
    if (!pg_alive(conn))
        return pg_broken(conn, err);
    conn->failed = true;
    return error_set(err, ERR_INTERNAL, "libpq has no result for %zu statements that were queued", conn->count);
}

static bool take_result(PgConn *conn, const PGresult *result, Error *err)
{
    if (conn->front_replied) /* in an aborted pipeline libpq leaves NULLs out (pqAppendCmdQueueEntry) */
        queue_pop(conn);
    if (!pg_alive(conn))
        return conn->discarding || pg_broken(conn, err);
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        queue_pop(conn);
        return true;
    }
    conn->front_replied = true;
    return deliver(conn, queue_front(conn), result, err);
}

/* Takes in all results that have arrived. False at the first failure; what comes after it stays for pg_recover(). */
static bool take_arrived(PgConn *conn, Error *err)
{
    while (conn->count > 0 && !PQisBusy(conn->pq)) {
        PGresult *result = PQgetResult(conn->pq);
        bool ok = result == NULL ? take_null(conn, err) : take_result(conn, result, err);
        PQclear(result);
        if (!ok || !pg_alive(conn))
            return false;
    }
    return true;
}

/* Sends and receives until at most `leave` entries are in flight in each session. */
static bool pump_all(PgConn *const *conns, nfds_t n, size_t leave, Error *err)
{
    bool unsent[CONNS_MAX];
    for (;;) {
        bool done = true;
        for (nfds_t i = 0; i < n; i++) {
            int left = PQflush(conns[i]->pq);
            if (left < 0)
                return pg_broken(conns[i], err);
            if (!take_arrived(conns[i], err))
                return false;
            unsent[i] = left > 0;
            done = done && conns[i]->count <= leave && left == 0;
        }
        if (done)
            return true;
        if (!wait_sockets(conns, unsent, n, err))
            return false;
    }
}

static bool pump(PgConn *conn, size_t leave, Error *err)
{
    conn->bytes = 0;
    return pump_all(&conn, 1, leave, err);
}

static bool send_failed(PgConn *conn, Error *err)
{
    return pg_alive(conn) ? error_set(err, ERR_INTERNAL, "libpq would not queue: %s", PQerrorMessage(conn->pq))
                          : pg_broken(conn, err);
}

/* Everything that is queued passes here: may we, did libpq take it, is there too much in flight? */
static bool queued(PgConn *conn, int sent, PgPending entry, size_t bytes, Error *err)
{
    if (sent != 1)
        return send_failed(conn, err);
    queue_push(conn, entry);
    conn->unsynced = !entry.is_sync;
    conn->bytes += bytes;
    if (conn->count < QUEUE_MAX && conn->bytes < BYTES_MAX)
        return true;
    if (PQsendFlushRequest(conn->pq) != 1)
        return send_failed(conn, err);
    return pump(conn, QUEUE_MAX / 2, err);
}

/* libpq forgets that rows were asked for one by one when it goes from one entry of its queue to the next, and not when it enters
 * pipeline mode (pqPipelineProcessQueue): so there is one before the first that has rows. */
static bool end_row_by_row(PgConn *conn, Error *err)
{
    conn->row_by_row = false;
    return queued(conn, PQpipelineSync(conn->pq), (PgPending){.is_sync = true}, 0, err);
}

static bool may_queue(PgConn *conn, Error *err)
{
    if (!may_go_on(conn, err))
        return false;
    if (conn->failed)
        return error_set(err, ERR_INTERNAL, "a statement was queued after a failure");
    if (!pg_alive(conn))
        return pg_broken(conn, err);
    return !conn->row_by_row || end_row_by_row(conn, err);
}

void pg_tell_sql(const char *sql)
{
    log_debug("sql: %s", sql);
}

bool pg_queue(PgConn *conn, const PgStatement *s, Error *err)
{
    if (pg_recording(conn))
        return record_statement(conn, s);
    if (!may_queue(conn, err))
        return false;
    pg_tell_sql(s->sql);
    int sent = s->prepared
                   ? PQsendQueryPrepared(conn->pq, map_get(conn->prepared, s->sql), s->params_count, s->params, NULL, NULL, 0)
                   : PQsendQueryParams(conn->pq, s->sql, s->params_count, NULL, s->params, NULL, NULL, 0);
    return queued(conn, sent, (PgPending){.reply = s->reply, .arg = s->arg}, strlen(s->sql), err);
}

bool pg_queue_sql(PgConn *conn, const char *sql, Error *err)
{
    return pg_queue(conn, &(PgStatement){.sql = sql}, err);
}

bool pg_prepare(PgConn *conn, const char *name, const char *sql, Error *err)
{
    if (pg_recording(conn))
        return record_prepare(conn, name, sql);
    if (conn->prepared == NULL)
        conn->prepared = map_new(conn);
    if (map_has(conn->prepared, name))
        return true;
    char *own = mem_printf(conn, "%s_%u", name, conn->generation);
    map_set(conn->prepared, name, own);
    pg_tell_sql(sql);
    return may_queue(conn, err) &&
           queued(conn, PQsendPrepare(conn->pq, own, sql, 0, NULL), (PgPending){.prepares = name}, strlen(sql), err);
}

const char *pg_prepared_name(const PgConn *conn, const char *name)
{
    return map_get(conn->prepared, name);
}

void pg_forget_prepared(PgConn *conn)
{
    if (pg_recording(conn)) {
        record_forget(conn);
        return;
    }
    conn->prepared = map_new(conn);
    conn->generation++;
}

bool pg_sync(PgConn *conn, Error *err)
{
    if (pg_recording(conn))
        return true;
    return may_queue(conn, err) && queued(conn, PQpipelineSync(conn->pq), (PgPending){.is_sync = true}, 0, err);
}

bool pg_wait(PgConn *conn, Error *err)
{
    if (pg_recording(conn))
        return may_go_on(conn, err);
    if (conn->unsynced && !pg_sync(conn, err))
        return false;
    return pump(conn, 0, err) && may_go_on(conn, err);
}

bool pg_wait_both(PgConn *a, PgConn *b, Error *err)
{
    PgConn *const both[] = {a, b};
    a->bytes = b->bytes = 0;
    return (!a->unsynced || pg_sync(a, err)) && (!b->unsynced || pg_sync(b, err)) && pump_all(both, CONNS_MAX, 0, err) &&
           may_go_on(a, err) && may_go_on(b, err);
}

bool pg_flush(PgConn *conn, Error *err)
{
    if (pg_recording(conn))
        return true;
    if (!may_queue(conn, err))
        return false;
    if (PQsendFlushRequest(conn->pq) != 1 || PQflush(conn->pq) < 0)
        return send_failed(conn, err);
    struct pollfd p = {.fd = PQsocket(conn->pq), .events = POLLIN};
    if (poll(&p, 1, 0) > 0 && !PQconsumeInput(conn->pq))
        return pg_broken(conn, err);
    return take_arrived(conn, err);
}

bool pg_pause(PgConn *conn, int64_t ms, Error *err)
{
    for (int64_t left, until = clock_ms() + ms; (left = until - clock_ms()) > 0;) {
        check_stop(conn);
        if (conn->stop != STOP_NO)
            return stop_error(conn, err);
        poll(NULL, 0, left < POLL_MS ? (int)left : POLL_MS);
    }
    return true;
}

bool pg_recover(PgConn *conn)
{
    Error ignored = {0};
    conn->discarding = true;
    if (pg_alive(conn) && (!conn->unsynced || PQpipelineSync(conn->pq) == 1)) {
        if (conn->unsynced)
            queue_push(conn, (PgPending){.is_sync = true});
        conn->unsynced = false;
        pump(conn, 0, &ignored);
    }
    bool usable = pg_alive(conn) && conn->count == 0;
    conn->discarding = false;
    conn->failed = !usable;
    error_clear(&ignored);
    return usable;
}

/* Keeps the rows of pg_query(). */
static bool keep_result(void *arg, const PGresult *result, Error *err)
{
    PGresult **kept = arg;
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        return pg_result_error(result, err);
    *kept = PQcopyResult(result, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES);
    return true;
}

static int result_free(PGresult **holder)
{
    PQclear(*holder);
    return 0;
}

PGresult *pg_query(const void *ctx, PgConn *conn, const char *sql, int params_count, const char *const *params,
                   Error *err)
{
    if (pg_recording(conn)) {
        error_set(err, ERR_INTERNAL, "a recorded session was asked for rows");
        return NULL;
    }
    PGresult **holder = mem_new(ctx, PGresult *);
    talloc_set_destructor(holder, result_free);
    PgStatement s = {.sql = sql, .params_count = params_count, .params = params, .reply = keep_result, .arg = holder};
    if (pg_queue(conn, &s, err) && pg_wait(conn, err))
        return *holder;
    pg_recover(conn);
    return NULL;
}
