/* madeup/server.c: see server.h. */
#include "server.h"

#include "madeup_sql.h"
#include "sql/quote.h"

#include <string.h>
#include <unistd.h>

bool server_make_roles(const Server *server, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    static const char *const roles[] = {MADEUP_ROLES};
    PgConn *conn = pg_open(scratch, &(PgTarget){.url = server->url}, err);
    if (conn == NULL)
        return false;
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        Error ignored = {0};
        if (pg_query(scratch, conn, mem_printf(scratch, "CREATE ROLE %s", roles[i]), 0, NULL, &ignored) == NULL && strcmp(ignored.sqlstate, "42710") != 0) {
            error_move(err, &ignored);
            return false;
        }
        error_clear(&ignored);
        pg_recover(conn);
    }
    return true;
}

static int drop_database(Database *db)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    pg_end(db->conn);
    pg_query(scratch, db->server->keeper, mem_printf(scratch, "DROP DATABASE IF EXISTS %s WITH (FORCE)", db->name), 0, NULL, &ignored);
    error_clear(&ignored);
    return 0;
}

Database *server_database(const void *ctx, const Server *server, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Database *db = mem_new(ctx, Database);
    *db = (Database){.server = server, .name = mem_printf(db, "%s_%s", server->prefix, name)};
    if (pg_query(scratch, server->keeper, mem_printf(scratch, "CREATE DATABASE %s TEMPLATE template0", db->name), 0, NULL, err) == NULL)
        return NULL;
    talloc_set_destructor(db, drop_database);
    db->conn = pg_open(db, &(PgTarget){.url = server->url, .dbname = db->name}, err);
    return db->conn == NULL ? NULL : db;
}

bool database_prepare(PgConn *conn, const Pair *pair, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (!pg_queue_sql(conn, "SET client_min_messages = error", err))
        return false;
    if (pair->schema != NULL) {
        const char *schema = sql_ident(scratch, pair->schema);
        if (!pg_queue_sql(conn, mem_printf(scratch, "CREATE SCHEMA IF NOT EXISTS %s", schema), err) ||
            !pg_queue_sql(conn, mem_printf(scratch, "SET search_path = %s, public", schema), err))
            return false;
    }
    return pg_sync(conn, err) && pg_wait(conn, err);
}

static bool take_outcome(void *arg, const PGresult *result, Error *err)
{
    bool *done = arg;
    (void)err;
    *done = PQresultStatus(result) != PGRES_FATAL_ERROR;
    return true;
}

/* What rows do when they are committed belongs to them. */
static bool queue_one(PgConn *conn, const char *sql, bool *done, Error *err)
{
    return pg_queue(conn, &(PgStatement){.sql = sql, .reply = take_outcome, .arg = done}, err) &&
           (!text_starts(sql, "INSERT ") ||
            pg_queue(conn, &(PgStatement){.sql = "SET CONSTRAINTS ALL IMMEDIATE", .reply = take_outcome, .arg = done}, err)) &&
           pg_sync(conn, err);
}

bool database_try(const void *ctx, PgConn *conn, TextList *statements, Error *err)
{
    bool *done = mem_array(ctx, bool, statements->n + 1);
    for (size_t i = 0; i < statements->n; i++)
        if (!queue_one(conn, statements->v[i], &done[i], err))
            return false;
    if (!pg_wait(conn, err))
        return false;
    size_t n = 0;
    for (size_t i = 0; i < statements->n; i++)
        if (done[i])
            statements->v[n++] = statements->v[i];
    statements->n = n;
    return true;
}

bool database_facts(const void *ctx, PgConn *conn, const char *schema, bool with_order, TextList *facts, Error *err)
{
    const char *params[] = {schema, with_order ? "true" : "false"};
    SCRATCH void *scratch = mem_scratch();
    /* that many unions are compiled for longer than a second where the server has a compiler */
    if (!pg_script(conn, "SET search_path = pg_catalog; SET jit = off", err))
        return false;
    PGresult *r = pg_query(scratch, conn, madeup_facts_sql, 2, params, err);
    for (int i = 0; r != NULL && i < PQntuples(r); i++)
        list_push(ctx, facts, mem_strdup(ctx, PQgetvalue(r, i, 0)));
    return r != NULL;
}

char *facts_differ(const void *ctx, const TextList *wanted, const TextList *found)
{
    enum { SHOWN = 12 };
    Str out = str_new(ctx);
    size_t i = 0, k = 0, n = 0;
    while ((i < wanted->n || k < found->n) && n < SHOWN) {
        int order = i == wanted->n ? 1 : k == found->n ? -1 : strcmp(wanted->v[i], found->v[k]);
        if (order != 0) {
            str_addf(&out, "%c %s\n", order < 0 ? '-' : '+', order < 0 ? wanted->v[i] : found->v[k]);
            n++;
        }
        i += order <= 0;
        k += order >= 0;
    }
    return out.text;
}
