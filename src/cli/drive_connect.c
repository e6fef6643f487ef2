/* cli/drive_connect.c: a session deployment's database is connected to, and made or replaced before; see drive_target.h.
 *
 * The target is asked first: a role that may connect to it alone needs nothing else. Only when the server says that there is
 * no such database (3D000), or when it is to be replaced, the maintenance database comes in. */
#include "cli/drive_target.h"

#include "base/clock.h"
#include "base/log.h"
#include "pg/connstring.h"
#include "pg/database.h"
#include "pg/failure.h"
#include "pg/signals.h"
#include "ui/ui.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { RETRIES = 3, FIRST_PAUSE_MS = 100, PAUSE_SLICE_MS = 50, COUNTDOWN_SECONDS = 5 };

typedef struct Connecting {
    Invocation *inv;
    const DriveTarget *target;
    PgConn *maintenance;
    DatabaseState state;
} Connecting;

static void tell(const Connecting *c, const char *what)
{
    log_info("%s database \"%s\"", what, c->target->database);
}

/* What a cloud gave us goes behind the rest of the address, where it wins. */
static const char *address_with(const void *ctx, const char *address, const CloudSignIn *s)
{
    ConnString extra = {.ctx = ctx};
    connstring_set(&extra, "password", s->password);
    connstring_set(&extra, "host", s->host);
    connstring_set(&extra, "port", s->port);
    connstring_set(&extra, "sslmode", s->sslmode);
    connstring_set(&extra, "user", s->user);
    return mem_printf(ctx, "%s %s", address, connstring_text(&extra));
}

/* A token is for one session, and a relay lives as long as it: both belong to the connection's context. */
static PgConn *open_once(const void *ctx, const DriveTarget *t, const PgTarget *where, Error *err)
{
    CloudSignIn sign_in = {0};
    PgTarget there = *where;
    if (t->cloud.kind != CLOUD_NONE) {
        if (!cloud_sign_in(ctx, &t->cloud, &sign_in, err))
            return NULL;
        there.url = address_with(ctx, where->url, &sign_in);
    }
    return pg_open(ctx, &there, err);
}

/* 100, 200, 400 ms, a tenth more or less, so that many who were thrown out at once do not come back at once. False when the
 * run must end meanwhile: the attempt's own error stands then. */
static bool pause_before_retry(int attempt, int64_t deadline_ms)
{
    int64_t ms = (int64_t)FIRST_PAUSE_MS << attempt, until = clock_ms() + ms - ms / 10 + clock_us() % (ms / 5);
    while (clock_ms() < until) {
        if (signals_count() > 0 || (deadline_ms != 0 && clock_ms() >= deadline_ms))
            return false;
        poll(NULL, 0, PAUSE_SLICE_MS);
    }
    return true;
}

static PgConn *open_patiently(const Connecting *c, const PgTarget *where, Error *err)
{
    for (int attempt = 0;; attempt++) {
        PgConn *conn = open_once(c->inv, c->target, where, err);
        if (conn != NULL || attempt == RETRIES || !failure_is_passing(err) || !pause_before_retry(attempt, where->deadline_ms))
            return conn;
        log_verbose("%s; trying again", err->message);
        error_clear(err);
    }
}

static bool open_maintenance(Connecting *c, Error *err)
{
    c->maintenance = open_patiently(c, &c->target->maintenance, err);
    if (c->maintenance != NULL)
        return database_lock(c->maintenance, c->target->database, err) &&
               database_state(c->maintenance, c->target->database, &c->state, err);
    if (strcmp(err->sqlstate, "3D000") == 0)
        error_hint(err, "name one that is there as connection.maintenance_database, or in the connection string, and %s as "
                        "--database",
                   c->target->database);
    return error_wrap(err, "connecting to %s, from which %s is made", c->target->maintenance.dbname, c->target->database);
}

/* The lock of those who make databases is held until that of the deployment is had: nobody replaces it in between. */
static PgConn *open_made(Connecting *c, Error *err)
{
    PgConn *conn = open_patiently(c, &c->target->target, err);
    if (conn != NULL && !database_lock_deployment(conn, err)) {
        talloc_free(conn);
        conn = NULL;
    }
    talloc_free(c->maintenance);
    return conn;
}

static bool create(Connecting *c, Error *err)
{
    if (c->state.there) /* made since we asked */
        return true;
    if (!database_create(c->maintenance, c->target->database, &c->state, err))
        return error_wrap(err, "making database %s", c->target->database);
    tell(c, "Created");
    return true;
}

static bool count_down(Connecting *c, Error *err)
{
    const char *no_banner = getenv("PGMI_NO_BANNER");
    if (no_banner == NULL || *no_banner == '\0')
        log_warn("database %s on %s is dropped with all that is in it", c->target->database, pg_host(c->maintenance));
    for (int left = COUNTDOWN_SECONDS; left > 0; left--) {
        log_warn("%d s left to stop this with Ctrl-C", left);
        if (!pg_pause(c->maintenance, 1000, err))
            return error_wrap(err, "before anything was dropped");
    }
    return true;
}

static bool approve(Connecting *c, Error *err)
{
    const DriveTarget *t = c->target;
    if (t->force && ui_interactive())
        return count_down(c, err);
    if (t->force) {
        log_info("database %s is replaced without a question (--force)", t->database);
        return true;
    }
    if (!ui_interactive()) {
        error_set(err, ERR_REFUSED, "database %s is there, and nobody can be asked whether it may be dropped", t->database);
        error_hint(err, "say --force to drop it without a question");
        return false;
    }
    return ui_confirm_word(err, t->database, t->target.deadline_ms,
                           "Database %s on %s is dropped with all that is in it, and made anew.\nType its name to go on: ",
                           t->database, pg_host(c->maintenance));
}

/* All that can speak against it is found before anybody is asked. */
static bool check_replacing(const Connecting *c, Error *err)
{
    const char *database = c->target->database;
    if (c->state.is_template)
        return error_set(err, ERR_CONFIG, "%s is a template database: it is not replaced", database);
    if (c->state.deploying != 0) {
        error_set(err, ERR_LOCKED, "another run deploys to database %s", database);
        error_detail(err, "process %ld on the server", c->state.deploying);
        return false;
    }
    if (c->state.may_create)
        return true;
    error_set(err, ERR_SQL, "this role may not make databases, so that %s could be dropped but not be made anew", database);
    error_hint(err, "ALTER ROLE … CREATEDB");
    return false;
}

static bool replace(Connecting *c, Error *err)
{
    if (!c->state.there)
        return create(c, err);
    if (!check_replacing(c, err) || !approve(c, err))
        return false;
    if (!database_replace(c->maintenance, c->target->database, &c->state, err))
        return error_wrap(err, "replacing database %s", c->target->database);
    tell(c, "Recreated");
    return true;
}

static void tell_address(const DriveTarget *t)
{
    const CloudOptions *c = &t->cloud;
    log_verbose("database %s on %s:%s as %s, sslmode %s; made from %s", t->database, c->host != NULL ? c->host : "(service)",
                c->port != NULL ? c->port : "", c->user != NULL ? c->user : "(default)",
                c->sslmode != NULL ? c->sslmode : "(default)", t->maintenance.dbname);
}

PgConn *drive_connect(Invocation *inv, const DriveTarget *target, Error *err)
{
    Connecting c = {.inv = inv, .target = target};
    tell_address(target);
    if (!target->overwrite) {
        PgConn *conn = open_patiently(&c, &target->target, err);
        if (conn != NULL || target->as_is || strcmp(err->sqlstate, "3D000") != 0)
            return conn;
        error_clear(err);
    }
    if (open_maintenance(&c, err) && (target->overwrite ? replace(&c, err) : create(&c, err)))
        return open_made(&c, err);
    talloc_free(c.maintenance);
    return NULL;
}
