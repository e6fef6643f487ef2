/* pg/conn.h: one session with a server, and the one way SQL is sent over it.
 *
 * Statements are queued and their replies handled as they come (libpq's pipeline mode, manual 34.5): a thousand
 * changes cost the network a few round trips, and the reply of each statement still finds whoever queued it. What fails
 * stops the queue: the statements behind it up to the next sync point are skipped by the server, and the call that
 * notices returns false with the first error.
 *
 *     pg_queue(c, &(PgStatement){.sql = "SELECT …", .reply = take_row, .arg = &x}, err)
 *     pg_sync(c, err)     a sync point: ends an implicit transaction, as a simple query's end does
 *     pg_wait(c, err)     waits for everything that was queued
 *
 * SIGINT and SIGTERM: the first asks the server to cancel what runs, and the run ends with ERR_INTERRUPTED; the second
 * leaves at once. Works on servers 12 to 18. */
#ifndef PG_CONN_H
#define PG_CONN_H

#include "base/error.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct PgConn PgConn;

/* What to connect to. Everything may be NULL or 0: libpq then asks its environment, service file and password file
 * (manual 34.1.2, 34.15 to 34.17). */
typedef struct PgTarget {
    const char *host, *port, *user, *dbname;
    const char *url;              /* URI or "key=value" string; the fields above win over it */
    int64_t lock_timeout_ms;      /* 0: the server's own */
    int64_t statement_timeout_ms; /* 0: the server's own */
    int64_t deadline_ms;          /* on clock_ms(): when the whole run must have ended; 0: never */
    int oldest_version;           /* of a server that will do, as pg_version() tells it; 0: 12 */
} PgTarget;

/* Opens a session. ERR_CONNECTION naming where it tried, with the SQLSTATE (pg/failure.h tells whether trying again may help);
 * ERR_CONFIG for a server that is too old; ERR_TIMEOUT past the deadline. A session behind a pooler in transaction mode is refused, for
 * locks and settings would go astray. Closed when freed with `ctx`; the target's texts must last as long. */
PgConn *pg_open(const void *ctx, const PgTarget *target, Error *err);

/* Frees the connection and waits until the server's process is gone, for a second at most: DROP DATABASE sleeps for a tenth of one
 * where it still sees that. */
void pg_end(PgConn *conn);

/* Another session with the same target, for work that two can share. */
PgConn *pg_open_second(const void *ctx, const PgConn *conn, Error *err);

/* 150007 for 15.7. */
int pg_version(const PgConn *conn);

/* The server process, as pg_locks and pg_stat_activity number it. */
long pg_backend_pid(const PgConn *conn);

/* What pg_open() set lock_timeout to; 0: the server's own. */
int64_t pg_lock_timeout(const PgConn *conn);

/* Where we are: "shop on /run/postgresql:5432 as bob". Never holds a secret. Owned by the connection. */
const char *pg_where(const PgConn *conn);
const char *pg_dbname(const PgConn *conn);
const char *pg_host(const PgConn *conn);
const char *pg_user(const PgConn *conn);

/* Handles one finished statement: rows or command, or the error when the status is PGRES_FATAL_ERROR. On an error it
 * fills `err` (pg_result_error() gives the plain form) and returns false; it may return false of its own accord. */
typedef bool (*PgReply)(void *arg, const PGresult *result, Error *err);

typedef struct PgStatement {
    const char *sql;             /* one statement; or the name of a prepared one when `prepared` */
    int params_count;
    const char *const *params;   /* text values; NULL is null */
    bool prepared;
    PgReply reply;               /* NULL: nothing to be done on success, pg_result_error() on failure */
    void *arg;
} PgStatement;

/* Queues a statement; its texts may go once this returns. False also when an earlier statement is found to have
 * failed. */
bool pg_queue(PgConn *conn, const PgStatement *statement, Error *err);

/* Queues a statement without parameters or reply. */
bool pg_queue_sql(PgConn *conn, const char *sql, Error *err);

/* Queues the preparation of `name` (static text), once per session: further calls with this name do nothing. */
bool pg_prepare(PgConn *conn, const char *name, const char *sql, Error *err);

/* What the server calls a statement that pg_prepare() made, for EXECUTE. */
const char *pg_prepared_name(const PgConn *conn, const char *name);

/* A statement was queued that takes prepared ones away: those that pg_prepare() made are prepared again when needed. */
void pg_forget_prepared(PgConn *conn);

/* Queues SET lock_timeout and SET statement_timeout as the target asks: done by pg_open(), and again after RESET ALL. */
bool pg_queue_timeouts(PgConn *conn, Error *err);

bool pg_sync(PgConn *conn, Error *err);
bool pg_wait(PgConn *conn, Error *err);

/* Waits for everything that was queued in two sessions, whose servers work at the same time. */
bool pg_wait_both(PgConn *a, PgConn *b, Error *err);

/* Asks for the replies of what was queued so far without a sync point, so that progress is seen as it happens. */
bool pg_flush(PgConn *conn, Error *err);

/* Does nothing for a while. False when the run must end, also when that was told before. */
bool pg_pause(PgConn *conn, int64_t ms, Error *err);

/* After a failure: takes in what the server still says, so that statements can be queued again. An open transaction is
 * left open, failed. False when the session is gone. */
bool pg_recover(PgConn *conn);

/* One statement at once, waiting for its rows, owned by `ctx`. NULL on failure. */
PGresult *pg_query(const void *ctx, PgConn *conn, const char *sql, int params_count, const char *const *params,
                   Error *err);

/* Statements separated by semicolons as one simple query: one implicit transaction unless they say otherwise. Waits. */
bool pg_script(PgConn *conn, const char *sql, Error *err);

/* Gives the next piece of COPY data; *len = 0 ends it. */
typedef bool (*PgCopySource)(void *arg, const char **data, size_t *len, Error *err);
/* Takes one piece of COPY data. */
typedef bool (*PgCopySink)(void *arg, const char *data, size_t len, Error *err);

/* Several statements as one simple query, and what they ask for. */
typedef struct PgSimple {
    const char *sql;
    PgReply reply;       /* gets the outcome of each statement in turn; NULL: only failures count */
    void *arg;           /* of `reply` */
    bool rows;           /* `reply` gets all rows of a query; else they are thrown away as they come, and it gets none */
    PgCopySource source; /* data of each COPY … FROM STDIN in turn; NULL: there is none, and it fails at once */
    PgCopySink sink;     /* takes what COPY … TO STDOUT gives; NULL: it is thrown away */
    void *data_arg;      /* of both */
} PgSimple;

/* Everything queued before is waited for first. Once something has failed the replies to what follows are only taken in. Never
 * recorded. */
bool pg_simple(PgConn *conn, const PgSimple *simple, Error *err);

/* COPY … FROM STDIN and COPY … TO STDOUT. Everything queued before is waited for first. The reply handler of `statement`
 * gets the outcome. */
bool pg_copy_in(PgConn *conn, const PgStatement *statement, PgCopySource source, void *arg, Error *err);
bool pg_copy_out(PgConn *conn, const PgStatement *statement, PgCopySink sink, void *arg, Error *err);

/* Fills `err` from a failed result: class, SQLSTATE, message, detail, hint, the function's context. Returns false. */
bool pg_result_error(const PGresult *result, Error *err);

/* The server's "P" field: position in characters within the statement, 1-based; 0 for none. */
long pg_result_position(const PGresult *result);

/* The verifier of a password as the server would store it (SCRAM, or what password_encryption says), owned by `ctx`. The
 * password itself does not travel. */
char *pg_encrypt_password(const void *ctx, PgConn *conn, const char *user, const char *password, Error *err);

/* Is a transaction open, failed or not? Known when nothing is queued: behind pg_wait() and pg_recover(). */
bool pg_in_transaction(const PgConn *conn);

/* Is the session usable? False after its connection broke. */
bool pg_alive(const PgConn *conn);

/* Was the run told to stop, by a signal or its deadline? Statements may still be queued then, to clean up. */
bool pg_stopping(const PgConn *conn);

/* Called whenever a reply has been waited for and nothing has come for `ms`, so that somebody may look what it is that takes so long.
 * It must not use this session. NULL: nobody. */
typedef void (*PgWaiting)(void *arg);
void pg_on_waiting(PgConn *conn, int64_t ms, PgWaiting waiting, void *arg);

/* Takes the server's messages as they come, instead of the log. */
typedef void (*PgNotice)(void *arg, const PGresult *message);
void pg_on_notice(PgConn *conn, PgNotice notice, void *arg);

/* Notices go to the log with this before them: the change that runs. NULL: nothing. Borrowed. */
void pg_notice_prefix(PgConn *conn, const char *prefix);

#endif
