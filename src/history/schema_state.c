/* history/schema_state.c: see schema_state.h. */
#include "history/schema_state.h"

#include "history_sql.h"

const HistoryFormat history_declarative = {
    .name = "declarative",
    .default_schema = "pgwright",
    .table = "schema_states",
    .digest = DIGEST_SHA256,
    .create = {history_schema_state_create_sql},
};

bool schema_state_save(History *h, const Audit *audit, const char *schemas, const char *digest, const char *objects, Error *err)
{
    const char *params[] = {schemas, audit_deployment(audit), digest, objects};
    return history_queue(h, "pgwright_schema_state", history_schema_state_save_sql, 4, params, err);
}

bool schema_state_load(const void *ctx, PgConn *conn, const char *schemas, SchemaState *state, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    *state = (SchemaState){0};
    PGresult *r = pg_query(scratch, conn, "SELECT pg_catalog.to_regclass('pgwright.schema_states') IS NOT NULL", 0, NULL, err);
    if (r == NULL)
        return false;
    if (*PQgetvalue(r, 0, 0) != 't')
        return true;
    r = pg_query(scratch, conn, history_schema_state_load_sql, 1, &schemas, err);
    if (r == NULL || PQntuples(r) == 0)
        return r != NULL;
    *state = (SchemaState){.exists = true,
                           .digest = mem_strdup(ctx, PQgetvalue(r, 0, 0)),
                           .objects = mem_strdup(ctx, PQgetvalue(r, 0, 1)),
                           .applied_at = mem_strdup(ctx, PQgetvalue(r, 0, 2))};
    return true;
}
