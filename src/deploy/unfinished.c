/* deploy/unfinished.c: see unfinished.h. */
#include "deploy/unfinished.h"

#include "base/log.h"
#include "sql/inverse.h"

#include <string.h>

enum { TIDY_MS = 8000 }; /* for what shall be tidied up on the way out: less than a stopped run is given */

#define SQLSTATE_DUPLICATE_TABLE "42P07"

const char *unfinished_index(const void *ctx, const char *sql)
{
    static const char drop[] = "DROP INDEX CONCURRENTLY ";
    SqlInverse inverse = {0};
    bool known = sql_invert(ctx, sql, strlen(sql), &inverse) && inverse.revert.n == 1 && text_starts(inverse.revert.v[0], drop);
    return known ? inverse.revert.v[0] + sizeof drop - 1 : NULL;
}

IndexState unfinished_state(PgConn *conn, const char *index)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    bool is_told = pg_version(conn) >= 120000;
    PGresult *r = pg_query(scratch, conn,
                           is_told ? "SELECT i.indisvalid, EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p"
                                     "                             WHERE p.index_relid = i.indexrelid)"
                                     "  FROM pg_catalog.pg_index i WHERE i.indexrelid = pg_catalog.to_regclass($1)"
                                   : "SELECT i.indisvalid, false FROM pg_catalog.pg_index i"
                                     " WHERE i.indexrelid = pg_catalog.to_regclass($1)",
                           1, &index, &ignored);
    error_clear(&ignored);
    if (r == NULL || PQntuples(r) == 0)
        return INDEX_NONE;
    if (*PQgetvalue(r, 0, 0) == 't')
        return INDEX_VALID;
    return *PQgetvalue(r, 0, 1) == 't' ? INDEX_IN_BUILD : INDEX_INVALID;
}

static bool restore_timeouts(PgConn *conn, Error *err)
{
    return pg_queue_sql(conn, "RESET statement_timeout", err) && pg_queue_timeouts(conn, err) && pg_sync(conn, err) &&
           pg_wait(conn, err);
}

bool unfinished_drop(PgConn *conn, const char *sql, const Error *why)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    bool is_theirs = strcmp(why->sqlstate, SQLSTATE_DUPLICATE_TABLE) == 0;
    const char *index = is_theirs || !pg_alive(conn) ? NULL : unfinished_index(scratch, sql);
    if (index == NULL || unfinished_state(conn, index) != INDEX_INVALID)
        return true;
    bool ok = pg_queue_sql(conn, mem_printf(scratch, "SET statement_timeout = %d", TIDY_MS), &ignored) && pg_sync(conn, &ignored) &&
              pg_queue_sql(conn, mem_printf(scratch, "DROP INDEX CONCURRENTLY %s", index), &ignored) && pg_sync(conn, &ignored) &&
              restore_timeouts(conn, &ignored);
    if (ok)
        log_info("index %s could not be finished and was dropped again", index);
    else
        log_warn("index %s could not be finished and is left invalid; the next run drops it: %s", index, ignored.message);
    if (!ok && pg_recover(conn))
        restore_timeouts(conn, &ignored);
    error_clear(&ignored);
    return ok;
}
