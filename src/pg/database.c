/* pg/database.c: see database.h. */
#include "pg/database.h"

#include "base/digest.h"
#include "pg_sql.h"
#include "sql/quote.h"

#include <stdarg.h>
#include <string.h>

enum { FORCE_VERSION = 130000, DROP_TRIES = 20, DROP_PAUSE_MS = 100, NAME_HASH_LENGTH = 16 };

/* What a replacement is called until it is in its place: of the name's hash, for the name may be as long as names can be. */
static char *replacement_name(const void *ctx, const char *name)
{
    char hex[DIGEST_HEX_MAX];
    digest_of(DIGEST_SHA256, name, strlen(name), hex);
    return mem_printf(ctx, "pgwright_replacement_%.*s", NAME_HASH_LENGTH, hex);
}

static bool run(PgConn *conn, Error *err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static bool run(PgConn *conn, Error *err, const char *fmt, ...)
{
    SCRATCH void *scratch = mem_scratch();
    va_list args;
    va_start(args, fmt);
    char *sql = mem_vprintf(scratch, fmt, args);
    va_end(args);
    return pg_query(scratch, conn, sql, 0, NULL, err) != NULL;
}

static bool is_true(const PGresult *r, int row, int column)
{
    return PQgetvalue(r, row, column)[0] == 't';
}

bool database_state(PgConn *maintenance, const char *name, DatabaseState *state, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *params[] = {name, replacement_name(scratch, name)};
    PGresult *r = pg_query(scratch, maintenance, pg_database_state_sql, 2, params, err);
    if (r == NULL)
        return false;
    *state = (DatabaseState){.there = is_true(r, 0, 0),
                             .is_template = is_true(r, 0, 1),
                             .replacement = is_true(r, 0, 2),
                             .may_create = is_true(r, 0, 3)};
    text_to_long(PQgetvalue(r, 0, 4), 1, 0x7fffffff, &state->deploying);
    return true;
}

static bool try_lock(PgConn *conn, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    static const char sql[] =
        "SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended('pgmi.deploy.' || $1::text, 0))";
    PGresult *r = pg_query(scratch, conn, sql, 1, &name, err);
    if (r == NULL || is_true(r, 0, 0))
        return r != NULL;
    return error_set(err, ERR_LOCKED, "another run is at work on database %s", name);
}

bool database_lock(PgConn *maintenance, const char *name, Error *err)
{
    return try_lock(maintenance, name, err);
}

bool database_lock_deployment(PgConn *conn, Error *err)
{
    return try_lock(conn, pg_dbname(conn), err);
}

static bool put_in_place(PgConn *maintenance, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return run(maintenance, err, "ALTER DATABASE %s RENAME TO %s", replacement_name(scratch, name), sql_ident(scratch, name));
}

bool database_create(PgConn *maintenance, const char *name, const DatabaseState *state, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (state->replacement ? put_in_place(maintenance, name, err)
                           : run(maintenance, err, "CREATE DATABASE %s", sql_ident(scratch, name)))
        return true;
    if (strcmp(err->sqlstate, "42P04") == 0 || strcmp(err->sqlstate, "23505") == 0)
        err->class = ERR_LOCKED;
    if (strcmp(err->sqlstate, "42501") == 0)
        error_hint(err, "make the database by hand, or connect as a role with CREATEDB");
    return false;
}

/* Makes the replacement with all that it takes over. */
static bool make_replacement(PgConn *maintenance, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *params[] = {name, replacement_name(scratch, name)};
    PGresult *r = pg_query(scratch, maintenance, pg_database_copy_sql, 2, params, err);
    for (int i = 0; r != NULL && i < PQntuples(r); i++)
        if (!run(maintenance, err, "%s", PQgetvalue(r, i, 0))) {
            error_detail(err, "in: %s", PQgetvalue(r, i, 1)); /* without the value, which may be a secret */
            if (strcmp(err->sqlstate, "42501") == 0)
                error_hint(err, "connect as a role that may set all that the database has, or take that back before");
            return error_wrap(err, "making a database like %s to replace it; nothing was dropped", name);
        }
    return r != NULL;
}

/* Servers older than 13 do not end sessions by themselves: nobody new is let in, and the others are ended. */
static bool drop_without_force(PgConn *maintenance, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *quoted = sql_ident(scratch, name);
    if (!run(maintenance, err, "ALTER DATABASE %s ALLOW_CONNECTIONS false", quoted))
        return false;
    for (int i = 0; i < DROP_TRIES; i++) {
        error_clear(err);
        bool ended = run(maintenance, err,
                         "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = %s",
                         sql_literal(scratch, name));
        if (ended && run(maintenance, err, "DROP DATABASE %s", quoted))
            return true;
        if (!ended || strcmp(err->sqlstate, "55006") != 0 || !pg_pause(maintenance, DROP_PAUSE_MS, err))
            break;
    }
    Error ignored = {0};
    run(maintenance, &ignored, "ALTER DATABASE %s ALLOW_CONNECTIONS true", quoted);
    error_clear(&ignored);
    return false;
}

static bool drop(PgConn *maintenance, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (pg_version(maintenance) < FORCE_VERSION)
        return drop_without_force(maintenance, name, err);
    return run(maintenance, err, "DROP DATABASE %s WITH (FORCE)", sql_ident(scratch, name));
}

static bool drop_replacement(PgConn *maintenance, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return run(maintenance, err, "DROP DATABASE %s", replacement_name(scratch, name));
}

/* After a failure: but if the old one is gone all the same, the next run needs it. */
static void drop_unused_replacement(PgConn *maintenance, const char *name)
{
    Error ignored = {0};
    DatabaseState state;
    if (pg_alive(maintenance) && run(maintenance, &ignored, "RESET ROLE") &&
        database_state(maintenance, name, &state, &ignored) && state.there && state.replacement)
        drop_replacement(maintenance, name, &ignored);
    error_clear(&ignored);
}

/* Another one may have been left by a run that ended before it dropped anything: it is not known to be whole. */
bool database_replace(PgConn *maintenance, const char *name, const DatabaseState *state, Error *err)
{
    if (state->replacement && !drop_replacement(maintenance, name, err))
        return false;
    if (make_replacement(maintenance, name, err) && drop(maintenance, name, err))
        return put_in_place(maintenance, name, err);
    drop_unused_replacement(maintenance, name);
    return false;
}
