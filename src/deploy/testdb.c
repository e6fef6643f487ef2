/* deploy/testdb.c: see testdb.h. */
#include "deploy/testdb.h"

#include "sql/quote.h"

#include <poll.h>
#include <string.h>

enum { LEAVE_POLLS = 50 }; /* milliseconds */

static const char MADE[] = "made by pgwright test --prefix ";
static const char KEPT[] = "kept by pgwright test --prefix ";

PgConn *testdb_open(const void *ctx, const PgTarget *target, Error *err)
{
    PgTarget unlimited = *target;
    unlimited.lock_timeout_ms = unlimited.statement_timeout_ms = unlimited.deadline_ms = 0;
    return pg_open(ctx, &unlimited, err);
}

bool testdb_reserve(PgConn *admin, const char *prefix, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PGresult *r = pg_query(scratch, admin,
                           "SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtext('pgwright test'),"
                           "                                       pg_catalog.hashtext($1))",
                           1, &prefix, err);
    if (r == NULL || PQgetvalue(r, 0, 0)[0] == 't')
        return r != NULL;
    error_set(err, ERR_LOCKED, "another test runs on this server with databases named %s…", prefix);
    error_hint(err, "wait for it, or choose another name with --prefix");
    return false;
}

/* The first statement after an interruption is refused so that the run ends; what cleans up insists. */
static bool insist(PgConn *admin, const char *sql, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (pg_query(scratch, admin, sql, 0, NULL, err) != NULL)
        return true;
    if (err->class != ERR_INTERRUPTED)
        return false;
    error_clear(err);
    return pg_query(scratch, admin, sql, 0, NULL, err) != NULL;
}

/* A session that was closed is seen by the server for a moment yet, and to drop or copy its database the server would
 * then sleep for a tenth of a second. */
static bool wait_until_left(PgConn *admin, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *sql = mem_printf(scratch, "SELECT FROM pg_catalog.pg_stat_activity WHERE datname = %s LIMIT 1",
                           sql_literal(scratch, name));
    for (int i = 0; i < LEAVE_POLLS; i++) {
        PGresult *r = pg_query(scratch, admin, sql, 0, NULL, err);
        if (r == NULL || PQntuples(r) == 0)
            return r != NULL;
        poll(NULL, 0, 1);
    }
    return true;
}

bool testdb_drop(PgConn *admin, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    wait_until_left(admin, name, &ignored);
    error_clear(&ignored);
    bool can_force = pg_version(admin) >= 130000;
    char *end_sessions = mem_printf(scratch,
                                    "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity"
                                    " WHERE datname = %s", sql_literal(scratch, name));
    return (can_force || insist(admin, end_sessions, err)) &&
           insist(admin, mem_printf(scratch, "DROP DATABASE IF EXISTS %s%s", sql_ident(scratch, name),
                                    can_force ? " WITH (FORCE)" : ""), err);
}

static bool comment(PgConn *admin, const char *name, const char *mark, const char *prefix, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *text = sql_literal(scratch, mem_printf(scratch, "%s%s", mark, prefix));
    return insist(admin, mem_printf(scratch, "COMMENT ON DATABASE %s IS %s", sql_ident(scratch, name), text), err);
}

/* The comment of the database of this name; "" when it has none, NULL when there is no such database. */
static bool read_comment(const void *ctx, PgConn *admin, const char *name, const char **text, Error *err)
{
    PGresult *r = pg_query(ctx, admin,
                           "SELECT coalesce(pg_catalog.shobj_description(oid, 'pg_database'), '')"
                           "  FROM pg_catalog.pg_database WHERE datname = $1",
                           1, &name, err);
    *text = r != NULL && PQntuples(r) > 0 ? PQgetvalue(r, 0, 0) : NULL;
    return r != NULL;
}

static bool make_room(PgConn *admin, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *text;
    if (!read_comment(scratch, admin, name, &text, err) || text == NULL)
        return !error_is_set(err);
    if (text_starts(text, MADE) || text_starts(text, KEPT))
        return testdb_drop(admin, name, err);
    error_set(err, ERR_REFUSED, "there is a database %s that no test made", name);
    error_hint(err, "choose another name for test databases with --prefix");
    return false;
}

/* Where the server syncs nothing, to copy the files takes half the time of writing every page to the log as well, which
 * is what it does unless told otherwise since version 15. Elsewhere the checkpoints of a copy would cost more. */
static const char *strategy(PgConn *admin, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (pg_version(admin) < 150000)
        return "";
    PGresult *r = pg_query(scratch, admin, "SELECT pg_catalog.current_setting('fsync')", 0, NULL, err);
    return r != NULL && strcmp(PQgetvalue(r, 0, 0), "off") == 0 ? " STRATEGY file_copy" : "";
}

bool testdb_create(PgConn *admin, const char *prefix, const char *name, const char *original, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    if (!make_room(admin, name, err) || (original != NULL && !wait_until_left(admin, original, err)))
        return false;
    char *sql = mem_printf(scratch, "CREATE DATABASE %s TEMPLATE %s%s", sql_ident(scratch, name),
                           sql_ident(scratch, original != NULL ? original : "template0"), strategy(admin, err));
    if (error_is_set(err))
        return false;
    bool made = pg_query(scratch, admin, sql, 0, NULL, err) != NULL;
    if (made && comment(admin, name, MADE, prefix, err))
        return true;
    /* without its mark nobody would ever drop it; an interruption may have come too late to stop its making */
    if (made || err->class == ERR_INTERRUPTED || err->class == ERR_TIMEOUT)
        testdb_drop(admin, name, &ignored);
    error_clear(&ignored);
    return false;
}

bool testdb_keep(PgConn *admin, const char *prefix, const char *name, Error *err)
{
    return comment(admin, name, KEPT, prefix, err);
}

static PGresult *list(const void *ctx, PgConn *admin, const char *prefix, Error *err)
{
    const char *params[] = {mem_printf(ctx, "%s%s", MADE, prefix)};
    return pg_query(ctx, admin,
                    "SELECT datname FROM pg_catalog.pg_database"
                    " WHERE pg_catalog.shobj_description(oid, 'pg_database') = $1",
                    1, params, err);
}

bool testdb_sweep(PgConn *admin, const char *prefix, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PGresult *r = list(scratch, admin, prefix, err);
    if (r == NULL && err->class == ERR_INTERRUPTED) {
        error_clear(err);
        r = list(scratch, admin, prefix, err);
    }
    bool ok = r != NULL;
    for (int i = 0; ok && i < PQntuples(r); i++)
        ok = testdb_drop(admin, PQgetvalue(r, i, 0), err);
    return ok;
}
