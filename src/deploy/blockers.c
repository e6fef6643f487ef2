/* deploy/blockers.c: see blockers.h. */
#include "deploy/blockers.h"

#include "deploy_sql.h"

#include <stdio.h>
#include <talloc.h>

enum {
    LOOK_MS = 1000,    /* after so long without a reply, and then as often */
    LOOK_MIN_MS = 20,
};

struct Blockers {
    PgConn *conn, *second;
    bool blind;        /* there is no second session to be had */
    void *found;       /* owns the lines */
    TextList lines;
    bool was_empty;    /* nobody was found by the last look */
};

static bool open_second(Blockers *b)
{
    Error ignored = {0};
    if (b->second == NULL && !b->blind)
        b->second = pg_open_second(b, b->conn, &ignored);
    b->blind = b->second == NULL;
    error_clear(&ignored);
    return !b->blind;
}

/* One look at nobody may have come when the wait had just been given up; a second one says that it was over before. */
static void take(Blockers *b, const PGresult *r)
{
    bool empty = PQntuples(r) == 0, keep = empty && !b->was_empty;
    b->was_empty = empty;
    if (keep)
        return;
    b->lines = (TextList){0};
    talloc_free(b->found);
    b->found = talloc_new(b);
    for (int i = 0; i < PQntuples(r); i++)
        list_push(b->found, &b->lines, mem_strdup(b->found, PQgetvalue(r, i, 0)));
}

static void look(void *arg)
{
    SCRATCH void *scratch = mem_scratch();
    Blockers *b = arg;
    Error ignored = {0};
    char pid[24];
    const char *const params[] = {pid};
    if (pg_stopping(b->conn) || !open_second(b))
        return;
    snprintf(pid, sizeof pid, "%ld", pg_backend_pid(b->conn));
    PGresult *r = pg_query(scratch, b->second, deploy_blockers_sql, 1, params, &ignored);
    b->blind = r == NULL;
    if (r != NULL)
        take(b, r);
    error_clear(&ignored);
}

static void look_every(Blockers *b, int64_t ms)
{
    pg_on_waiting(b->conn, ms, look, b);
}

void blockers_hurry(Blockers *b)
{
    open_second(b);
    look_every(b, LOOK_MIN_MS);
}

static int stop_looking(Blockers *b)
{
    pg_on_waiting(b->conn, 0, NULL, NULL);
    return 0;
}

Blockers *blockers_watch(const void *ctx, PgConn *conn)
{
    Blockers *b = mem_new(ctx, Blockers);
    int64_t half = pg_lock_timeout(conn) / 2;
    *b = (Blockers){.conn = conn};
    look_every(b, half <= 0 || half > LOOK_MS ? LOOK_MS : half < LOOK_MIN_MS ? LOOK_MIN_MS : half);
    talloc_set_destructor(b, stop_looking);
    return b;
}

const TextList *blockers_seen(const Blockers *blockers)
{
    return &blockers->lines;
}
