/* deploy/roles.c: see roles.h. */
#include "deploy/roles.h"

#include "base/config.h"
#include "base/log.h"
#include "sql/quote.h"

#include <string.h>

/* A role as it shall be. */
typedef struct RoleWish {
    const char *name;
    bool login, bypassrls;
    const char *password; /* of a new role; NULL for none */
} RoleWish;

static json_t *config_of(const Workspace *ws)
{
    return ws == NULL ? NULL : ws->config;
}

/* "anonymous" as this workspace calls it. */
static const char *role_name(const void *ctx, const Workspace *ws, const char *role)
{
    return config_text(config_of(ws), mem_printf(ctx, "db.roles.%s", role), role);
}

/* The verifier that the server would store, so that the password itself is never sent, logged or seen in
 * pg_stat_activity. */
static char *verifier(const void *ctx, PgConn *conn, const RoleWish *wish, Error *err)
{
    redact_value(wish->password);
    char *encrypted = pg_encrypt_password(ctx, conn, wish->name, wish->password, err);
    return encrypted == NULL ? NULL : sql_literal(ctx, encrypted);
}

static bool create_role(PgConn *conn, const RoleWish *wish, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str sql = str_new(scratch);
    str_addf(&sql, "CREATE ROLE %s %s%s", sql_ident(scratch, wish->name), wish->login ? "LOGIN" : "NOLOGIN",
             wish->bypassrls ? " BYPASSRLS" : "");
    if (wish->password != NULL) {
        char *secret = verifier(scratch, conn, wish, err);
        if (secret == NULL)
            return false;
        str_addf(&sql, " PASSWORD %s", secret);
    }
    return pg_query(scratch, conn, sql.text, 0, NULL, err) != NULL || error_wrap(err, "making role %s", wish->name);
}

/* Attributes of a role that is there, where they are not as they shall be. */
static bool alter_role(PgConn *conn, const RoleWish *wish, const PGresult *now, Error *err)
{
    static const char *const attributes[] = {"LOGIN", "SUPERUSER", "CREATEDB", "CREATEROLE", "REPLICATION", "BYPASSRLS"};
    const bool wanted[] = {wish->login, false, false, false, false, wish->bypassrls};
    SCRATCH void *scratch = mem_scratch();
    Str sql = str_new(scratch);
    str_addf(&sql, "ALTER ROLE %s", sql_ident(scratch, wish->name));
    size_t before = sql.len;
    for (int i = 0; i < (int)(sizeof attributes / sizeof attributes[0]); i++)
        if ((PQgetvalue(now, 0, i)[0] == 't') != wanted[i])
            str_addf(&sql, " %s%s", wanted[i] ? "" : "NO", attributes[i]);
    return sql.len == before || pg_query(scratch, conn, sql.text, 0, NULL, err) != NULL ||
           error_wrap(err, "setting the attributes of role %s", wish->name);
}

static bool ensure_role(const void *ctx, PgConn *conn, const RoleWish *wish, TextList *made, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PGresult *now = pg_query(scratch, conn,
                             "SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
                             "  FROM pg_catalog.pg_roles WHERE rolname = $1",
                             1, &wish->name, err);
    if (now == NULL)
        return false;
    if (PQntuples(now) > 0)
        return wish->login || alter_role(conn, wish, now, err);
    if (!create_role(conn, wish, err))
        return false;
    list_push(ctx, made, mem_strdup(ctx, wish->name));
    return true;
}

/* Grants where the membership is not there, for granting again needs rights that may be gone. */
static bool ensure_member(PgConn *conn, const char *role, const char *member, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *params[] = {role, member};
    PGresult *r = pg_query(scratch, conn,
                           "SELECT 1 FROM pg_catalog.pg_auth_members m"
                           "  JOIN pg_catalog.pg_roles r ON r.oid = m.roleid JOIN pg_catalog.pg_roles u ON u.oid = m.member"
                           " WHERE r.rolname = $1 AND u.rolname = $2",
                           2, params, err);
    if (r == NULL || PQntuples(r) > 0)
        return r != NULL;
    char *sql = mem_printf(scratch, "GRANT %s TO %s", sql_ident(scratch, role), sql_ident(scratch, member));
    if (pg_query(scratch, conn, sql, 0, NULL, err) != NULL)
        return true;
    if (strcmp(err->sqlstate, "42704") == 0)
        error_hint(err, "make the project's roles first: pgwright roles bootstrap");
    return error_wrap(err, "granting %s to %s", role, member);
}

/* All of it or nothing; another session that makes the same roles at the same time waits behind this lock. */
static bool begin(PgConn *conn, Error *err)
{
    return pg_queue_sql(conn, "BEGIN", err) &&
           pg_queue_sql(conn, "SELECT pg_catalog.pg_advisory_xact_lock(42, pg_catalog.hashtext('pgwright roles'))", err) &&
           pg_wait(conn, err);
}

static bool end(PgConn *conn, bool ok, Error *err)
{
    Error ignored = {0};
    if (ok)
        return pg_queue_sql(conn, "COMMIT", err) && pg_wait(conn, err);
    if (pg_recover(conn) && pg_queue_sql(conn, "ROLLBACK", &ignored))
        pg_wait(conn, &ignored);
    error_clear(&ignored);
    return false;
}

/* Set only where it is not, as the attributes are. */
static bool ensure_timeout(PgConn *conn, const char *role, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PGresult *r = pg_query(scratch, conn,
                           "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1 AND 'statement_timeout=15s' = ANY (rolconfig)",
                           1, &role, err);
    if (r == NULL || PQntuples(r) > 0)
        return r != NULL;
    char *sql = mem_printf(scratch, "ALTER ROLE %s SET statement_timeout = '15s'", sql_ident(scratch, role));
    return pg_query(scratch, conn, sql, 0, NULL, err) != NULL;
}

static bool ensure_client(const void *ctx, PgConn *conn, const Workspace *ws, TextList *made, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    RoleWish wish = {.name = config_text(config_of(ws), "db.roles.authenticatedClient", "authenticated_client")};
    return ensure_role(ctx, conn, &wish, made, err) &&
           ensure_member(conn, role_name(scratch, ws, "authenticated"), wish.name, err) &&
           ensure_timeout(conn, wish.name, err);
}

bool roles_bootstrap(const void *ctx, PgConn *conn, const Workspace *ws, bool client, TextList *made, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const RoleWish wishes[] = {{.name = role_name(scratch, ws, "anonymous")},
                               {.name = role_name(scratch, ws, "authenticated")},
                               {.name = role_name(scratch, ws, "administrator"), .bypassrls = true}};
    bool ok = begin(conn, err);
    for (size_t i = 0; ok && i < sizeof wishes / sizeof wishes[0]; i++)
        ok = ensure_role(ctx, conn, &wishes[i], made, err);
    ok = ok && (!client || ensure_client(ctx, conn, ws, made, err));
    return end(conn, ok, err);
}

static bool add_user(const void *ctx, PgConn *conn, const Workspace *ws, const RoleWish *wish, TextList *made, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return ensure_role(ctx, conn, wish, made, err) &&
           ensure_member(conn, role_name(scratch, ws, "anonymous"), wish->name, err) &&
           ensure_member(conn, role_name(scratch, ws, "authenticated"), wish->name, err);
}

bool roles_add(const void *ctx, PgConn *conn, const Workspace *ws, const char *name, const char *password, TextList *made,
               Error *err)
{
    RoleWish wish = {.name = name, .login = true, .password = password};
    bool ok = begin(conn, err) && add_user(ctx, conn, ws, &wish, made, err);
    return end(conn, ok, err);
}

static RoleWish test_user(const void *ctx, const Workspace *ws, const char *which, const char *user, const char *password)
{
    char *user_key = mem_printf(ctx, "db.connections.%s.user", which);
    char *password_key = mem_printf(ctx, "db.connections.%s.password", which);
    return (RoleWish){.name = config_text(config_of(ws), user_key, user),
                      .login = true,
                      .password = config_text(config_of(ws), password_key, password)};
}

bool roles_add_test(const void *ctx, PgConn *conn, const Workspace *ws, TextList *made, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    RoleWish app = test_user(scratch, ws, "app", "app_user", "app_password");
    RoleWish admin = test_user(scratch, ws, "admin", "app_admin", "admin_password");
    const char *administrator = role_name(scratch, ws, "administrator");
    bool ok = begin(conn, err) && add_user(ctx, conn, ws, &app, made, err) && ensure_role(ctx, conn, &admin, made, err) &&
              ensure_member(conn, role_name(scratch, ws, "anonymous"), administrator, err) &&
              ensure_member(conn, role_name(scratch, ws, "authenticated"), administrator, err) &&
              ensure_member(conn, administrator, admin.name, err);
    return end(conn, ok, err);
}

static bool drop_role(PgConn *conn, const Workspace *ws, const char *name, bool *was_there, Error *err)
{
    static const char *const rights[] = {"anonymous", "authenticated", "administrator"};
    SCRATCH void *scratch = mem_scratch();
    PGresult *r = pg_query(scratch, conn,
                           "SELECT r.rolname FROM pg_catalog.pg_roles u"
                           "  LEFT JOIN pg_catalog.pg_auth_members m ON m.member = u.oid"
                           "  LEFT JOIN pg_catalog.pg_roles r ON r.oid = m.roleid WHERE u.rolname = $1",
                           1, &name, err);
    if (r == NULL || PQntuples(r) == 0)
        return r != NULL;
    *was_there = true;
    for (int i = 0; i < PQntuples(r); i++)
        for (size_t k = 0; k < sizeof rights / sizeof rights[0]; k++)
            if (strcmp(PQgetvalue(r, i, 0), role_name(scratch, ws, rights[k])) == 0 &&
                pg_query(scratch, conn,
                         mem_printf(scratch, "REVOKE %s FROM %s", sql_ident(scratch, PQgetvalue(r, i, 0)),
                                    sql_ident(scratch, name)),
                         0, NULL, err) == NULL)
                return false;
    return pg_query(scratch, conn, mem_printf(scratch, "DROP ROLE %s", sql_ident(scratch, name)), 0, NULL, err) != NULL ||
           error_wrap(err, "dropping role %s", name);
}

bool roles_remove(PgConn *conn, const Workspace *ws, const char *name, bool *was_there, Error *err)
{
    bool ok = begin(conn, err) && drop_role(conn, ws, name, was_there, err);
    return end(conn, ok, err);
}

bool roles_remove_test(PgConn *conn, const Workspace *ws, bool *was_there, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    bool ok = begin(conn, err) &&
              drop_role(conn, ws, test_user(scratch, ws, "app", "app_user", "").name, was_there, err) &&
              drop_role(conn, ws, test_user(scratch, ws, "admin", "app_admin", "").name, was_there, err);
    return end(conn, ok, err);
}
