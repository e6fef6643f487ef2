/* deploy/retry.c: see retry.h. */
#include "deploy/retry.h"

#include "base/clock.h"
#include "base/log.h"
#include "deploy/blockers.h"

#include <string.h>

/* Between two attempts: the first pause, doubled each time, and the longest. */
enum { PAUSE_MS = 250, PAUSE_MAX_MS = 30000 };

struct Retry {
    PgConn *conn;
    Blockers *blockers;
    long attempts, done;
    int64_t pause;
};

Retry *retry_new(const void *ctx, PgConn *conn, long attempts)
{
    Retry *r = mem_new(ctx, Retry);
    *r = (Retry){.conn = conn, .attempts = attempts, .pause = PAUSE_MS};
    r->blockers = blockers_watch(r, conn);
    return r;
}

/* Did it fail because of what others did at the same time? (manual, appendix A) */
static bool may_pass(const Error *err)
{
    static const char *const states[] = {"55P03", "40P01", "40001"}; /* lock not had in time; deadlock; serialization failure */
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(err->sqlstate, states[i]) == 0)
            return true;
    return false;
}

bool retry_wanted(const Retry *r, const Error *err)
{
    return may_pass(err) && r->done < r->attempts && pg_alive(r->conn) && !pg_stopping(r->conn);
}

bool retry_pause(Retry *r, const char *what, Error *err)
{
    const TextList *seen = blockers_seen(r->blockers);
    char time[CLOCK_DURATION_SIZE];
    int64_t pause = r->pause;
    clock_format_duration(pause, time);
    log_info("%s: %s; rolled back, trying again in %s (%ld of %ld)", what, err->message, time, ++r->done, r->attempts);
    for (size_t i = 0; i < seen->n; i++)
        log_info("    %s", seen->v[i]);
    if (seen->n == 0)
        blockers_hurry(r->blockers);
    error_clear(err);
    r->pause = pause * 2 < PAUSE_MAX_MS ? pause * 2 : PAUSE_MAX_MS;
    return pg_pause(r->conn, pause, err);
}

void retry_explain(const Retry *r, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    const TextList *seen = blockers_seen(r->blockers);
    if (!may_pass(err) || seen->n == 0)
        return;
    if (err->detail != NULL)
        str_addf(&text, "%s\n", err->detail);
    for (size_t i = 0; i < seen->n; i++)
        str_addf(&text, "%s%s", i > 0 ? "\n" : "", seen->v[i]);
    error_detail(err, "%s", text.text);
}
