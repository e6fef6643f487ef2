/* pg/internal.h: what the files of pg/ share. Not for others. */
#ifndef PG_INTERNAL_H
#define PG_INTERNAL_H

#include "base/map.h"
#include "pg/conn.h"

/* Why a run must end early. */
typedef enum PgStop { STOP_NO, STOP_SIGNAL, STOP_DEADLINE } PgStop;

/* An entry of the queue: a statement whose reply is awaited, or a sync point. */
typedef struct PgPending {
    PgReply reply;
    void *arg;
    const char *prepares; /* name of the statement that it prepares; NULL */
    bool is_sync;
} PgPending;

typedef struct PgRecord PgRecord;

struct PgConn {
    PGconn *pq;
    PgRecord *record;    /* what is queued is written down (record.h); NULL: it is sent */
    PGcancel *cancel;
    PgTarget target;
    const char *where;
    const char *notice_prefix;
    PgNotice notice;     /* takes the server's messages; NULL: they go to the log */
    void *notice_arg;
    PgWaiting waiting;   /* called after each `waiting_ms` in which nothing came; NULL: nobody */
    void *waiting_arg;
    int64_t waiting_ms, quiet_ms;
    long backend_pid;
    Map *prepared;       /* prepared statements: our name → the server's */
    unsigned generation; /* of these names: new after each pg_forget_prepared(), for the old ones may still be there */

    PgPending *queue;    /* ring buffer, oldest at `first` */
    size_t first, count, capacity;
    bool unsynced;       /* something was queued since the last sync point */
    size_t bytes;        /* queued since the last wait: bounds what piles up unsent and unread */
    bool failed;         /* a statement failed and pg_recover() has not been called yet */
    bool discarding;     /* replies are read and thrown away */
    bool row_by_row;     /* libpq still gives the rows of the next result one by one (pg_simple()) */
    bool front_replied;  /* the oldest entry has had its reply; libpq's NULL that ends it is to come */

    PgStop stop;
    int64_t stop_at;     /* when the cancel request was sent */
    bool stop_told;      /* its error was returned: what is queued from now on is clean-up */
};

/* Takes over an open connection. NULL for NULL. */
PgConn *pg_attach(const void *ctx, PGconn *pq, const PgTarget *target);

/* What pg_queue(), pg_prepare(), pg_script() and pg_copy_in() do in a session that is recorded. True, but for a source that
 * fails. */
bool record_statement(PgConn *conn, const PgStatement *statement);
bool record_prepare(PgConn *conn, const char *name, const char *sql);
void record_forget(PgConn *conn); /* what was prepared is gone, or is taken away */
bool record_text(PgConn *conn, const char *sql);
bool record_copy(PgConn *conn, const char *sql, PgCopySource source, void *arg, Error *err);

/* For --debug: what is sent. */
void pg_tell_sql(const char *sql);

/* The connection broke: fills `err` with libpq's words. Returns false. */
bool pg_broken(PgConn *conn, Error *err);

/* A failure that our own cancel request brought about is told as what it is. */
void pg_classify_stop(PgConn *conn, Error *err);

/* Waits until the socket can be read (or also written); handles signals and the deadline by a cancel request. False when
 * the wait must end: the server did not obey a cancel request in time, or the connection broke. */
bool pg_wait_socket(PgConn *conn, bool for_write, Error *err);

#endif
