/* schema/scratch.c: see scratch.h. */
#include "schema/scratch.h"

#include "base/list.h"
#include "base/log.h"
#include "pg/sandbox.h"
#include "sql/quote.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct Scratch {
    const char *url;   /* of a database that is always there */
    bool is_sandbox;
    PgConn *keeper;    /* makes and drops databases */
    int made;
    TextList roles;    /* to be dropped */
};

/* Where the server's programs are, when it runs here and we may see it. */
static char *programs_of(const void *ctx, PgConn *near)
{
    Error ignored = {0};
    if (*pg_host(near) != '/' && strcmp(pg_host(near), "localhost") != 0 && strcmp(pg_host(near), "127.0.0.1") != 0)
        return NULL;
    PGresult *r = pg_query(ctx, near, "SELECT pg_catalog.pg_backend_pid()", 0, NULL, &ignored);
    error_clear(&ignored);
    char path[4096];
    if (r == NULL || PQntuples(r) != 1)
        return NULL;
    ssize_t n = readlink(mem_printf(ctx, "/proc/%s/exe", PQgetvalue(r, 0, 0)), path, sizeof path - 1);
    if (n <= 0)
        return NULL;
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL || strcmp(slash, "/postgres") != 0)
        return NULL;
    *slash = '\0';
    return mem_strdup(ctx, path);
}

static Sandbox *choose_sandbox(const void *ctx, const char *project, PgConn *near, Error *err)
{
    return sandbox_open_major(ctx, project, pg_version(near) / 10000, programs_of(ctx, near), err);
}

int scratch_major(const char *project, PgConn *near, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const Sandbox *sb = choose_sandbox(scratch, project, near, err);
    return sb == NULL ? -1 : sb->major;
}

static bool open_sandbox(Scratch *s, const char *project, PgConn *near, Error *err)
{
    int major = pg_version(near) / 10000;
    Sandbox *sb = choose_sandbox(s, project, near, err);
    if (sb == NULL || !sandbox_start(sb, err))
        return error_wrap(err, "starting the throwaway server that plans are made on");
    if (sb->major < major)
        log_warn("plans are made on PostgreSQL %d, for no server programs of %d or newer are installed here", sb->major, major);
    s->url = sandbox_url(s, sb, "postgres");
    s->is_sandbox = true;
    return true;
}

/* One that another run needs as well stays for that to drop. */
static int drop_roles(Scratch *s)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    for (size_t i = 0; i < s->roles.n && pg_recover(s->keeper); i++)
        (void)pg_query(scratch, s->keeper, mem_printf(scratch, "DROP ROLE IF EXISTS %s", sql_ident(scratch, s->roles.v[i])), 0, NULL, &ignored);
    error_clear(&ignored);
    return 0;
}

bool scratch_role(Scratch *s, const char *role, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (pg_query(scratch, s->keeper, mem_printf(scratch, "CREATE ROLE %s NOLOGIN", sql_ident(scratch, role)), 0, NULL, err) == NULL)
        return error_wrap(err, "making a stand-in for the role %s", role);
    if (!s->is_sandbox)
        list_push(s, &s->roles, mem_strdup(s, role));
    return true;
}

Scratch *scratch_open(const void *ctx, const char *project, const char *url, PgConn *near, Error *err)
{
    Scratch *s = mem_new(ctx, Scratch);
    s->url = mem_strdup(s, url);
    if (url == NULL && !open_sandbox(s, project, near, err))
        return NULL;
    s->keeper = pg_open(s, &(PgTarget){.url = s->url}, err);
    if (s->keeper == NULL) {
        error_wrap(err, "connecting to the server that plans are made on");
        return NULL;
    }
    talloc_set_destructor(s, drop_roles);
    int here = pg_version(s->keeper) / 10000, there = pg_version(near) / 10000;
    if (url != NULL && here != there) {
        error_set(err, ERR_CONFIG, "version mismatch: plan database is PostgreSQL %d, but target database is PostgreSQL %d", here, there);
        error_hint(err, "name a server of version %d, or leave it out to use the sandbox", there);
        return NULL;
    }
    return s;
}

typedef struct Made {
    Scratch *scratch;
    const char *name;
    PgConn *conn;
} Made;

/* The session is gone by then or ends with it; a database that stays behind is the sandbox's. */
static int drop_database(Made *made)
{
    Error ignored = {0};
    PgConn *keeper = made->scratch->keeper;
    pg_end(made->conn);
    if (pg_recover(keeper)) {
        pg_queue_sql(keeper, mem_printf(made, "DROP DATABASE IF EXISTS %s WITH (FORCE)", made->name), &ignored);
        pg_wait(keeper, &ignored);
    }
    error_clear(&ignored);
    return 0;
}

/* The role that objects will belong to, so that "the owner" is the same on both sides. */
static bool make_role(Scratch *s, const char *role, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *params[] = {role};
    PGresult *r = pg_query(scratch, s->keeper, "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = $1", 1, params, err);
    if (r == NULL)
        return false;
    if (PQntuples(r) > 0 && *PQgetvalue(r, 0, 0) == 't')
        return true;
    const char *sql = mem_printf(scratch, PQntuples(r) > 0 ? "ALTER ROLE %s SUPERUSER LOGIN" : "CREATE ROLE %s SUPERUSER LOGIN",
                                 sql_ident(scratch, role));
    return pg_query(scratch, s->keeper, sql, 0, NULL, err) != NULL;
}

static bool make_database(Scratch *s, const char *name, PgConn *near, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PGresult *r = pg_query(scratch, near, "SELECT pg_catalog.current_setting('server_encoding')", 0, NULL, err);
    if (r == NULL)
        return false;
    const char *encoding = PQgetvalue(r, 0, 0), *locale = strcmp(encoding, "UTF8") == 0 ? "" : " LC_COLLATE 'C' LC_CTYPE 'C'";
    const char *sql = mem_printf(scratch, "CREATE DATABASE %s TEMPLATE template0 ENCODING %s%s", name, sql_literal(scratch, encoding), locale);
    return pg_query(scratch, s->keeper, sql, 0, NULL, err) != NULL;
}

PgConn *scratch_database(const void *ctx, Scratch *s, PgConn *near, Error *err)
{
    Made *made = mem_new(ctx, Made);
    made->scratch = s;
    made->name = mem_printf(made, "pgwright_plan_%ld_%d", (long)getpid(), ++s->made);
    const char *role = s->is_sandbox ? pg_user(near) : NULL;
    if ((role != NULL && !make_role(s, role, err)) || !make_database(s, made->name, near, err)) {
        error_wrap(err, "making a throwaway database");
        return NULL;
    }
    talloc_set_destructor(made, drop_database);
    made->conn = pg_open(made, &(PgTarget){.url = s->url, .dbname = made->name, .user = role}, err);
    return made->conn;
}
