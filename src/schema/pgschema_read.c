/* schema/pgschema_read.c: see pgschema_read.h.
 *
 * Each query gives rows of a key and a JSON object with its fields in the document's order, null where a field is left
 * out. Here they find their place and have their texts cleaned. */
#include "schema/pgschema_read.h"

#include "schema/pgschema_clean.h"
#include "schema/pgschema_ignore.h"
#include "schema/pgschema_signature.h"
#include "sql/quote.h"

#include "schema_sql.h"

#include <string.h>

/* Under which search path a query is asked. */
typedef enum SearchPath {
    PATH_SESSION, /* the session's own */
    PATH_CATALOG, /* only the server's own names are short */
    PATH_SCHEMA,  /* so are the schema's */
    PATH_VIEW,    /* the same, said without quotes: a name that needs them is not found */
} SearchPath;

typedef char *(*CleanText)(const void *ctx, const char *text, const char *schema);

typedef struct Field {
    const char *name;
    CleanText clean;
} Field;

/* Does what is more than cleaning a text; gives the key. */
typedef const char *(*Finish)(const void *ctx, const char *key, json_t *object, const char *schema);

typedef struct Part {
    const char *list; /* of the document, or of the table or view that the object belongs to */
    bool belongs;
    SearchPath path;
    const char *sql;
    Field fields[3]; /* texts to be cleaned */
    Finish finish;   /* NULL: nothing */
} Part;

/* ---- what is more than cleaning a text ---- */

static void clean_field(const void *ctx, json_t *object, const Field *field, const char *schema)
{
    const char *text = json_string_value(json_object_get(object, field->name));
    if (text != NULL)
        json_object_set_new(object, field->name, json_string(field->clean(ctx, text, schema)));
}

static const char *finish_table(const void *ctx, const char *key, json_t *table, const char *schema)
{
    static const Field type = {"data_type", pgschema_clean_type}, value = {"default_value", pgschema_clean_default};
    size_t i;
    json_t *column;
    json_array_foreach(json_object_get(table, "columns"), i, column) {
        clean_field(ctx, column, &type, schema);
        clean_field(ctx, column, &value, schema);
    }
    json_object_set_new(table, "dependencies", json_null());
    return key;
}

static const char *finish_policy(const void *ctx, const char *key, json_t *policy, const char *schema)
{
    (void)schema;
    pgschema_clean_roles(ctx, json_object_get(policy, "roles"));
    return key;
}

static const char *finish_trigger(const void *ctx, const char *key, json_t *trigger, const char *schema)
{
    (void)ctx, (void)schema;
    if (*json_string_value(json_object_get(trigger, "condition")) == '\0')
        json_object_del(trigger, "condition");
    return key;
}

/* The dependencies were looked up by names and types of arguments, the functions stand under their types alone. */
static const char *finish_routine(const void *ctx, const char *key, json_t *routine, const char *schema)
{
    const char *name = json_string_value(json_object_get(routine, "name"));
    const char *signature = json_string_value(json_object_get(routine, "parameters"));
    char *types;
    json_t *parameters = pgschema_parameters(ctx, signature, schema, &types);
    json_object_set_new(routine, "parameters", parameters);
    if (json_array_size(parameters) == 0)
        json_object_del(routine, "parameters");
    const char *own = mem_printf(ctx, "%s(%s)", name, types);
    if (strcmp(own, key) != 0)
        json_object_del(routine, "dependencies");
    return own;
}

static const char *finish_domain(const void *ctx, const char *key, json_t *domain, const char *schema)
{
    static const Field definition = {"definition", pgschema_clean_domain_check};
    size_t i;
    json_t *check;
    json_array_foreach(json_object_get(domain, "constraints"), i, check)
        clean_field(ctx, check, &definition, schema);
    return key;
}

/* ---- the parts ---- */

/* Tables and views come before what belongs to them. Parts that ask under one path stand together. */
static const Part parts[] = {
    {"views", false, PATH_VIEW, schema_pgschema_view_sql, {{"definition", pgschema_clean_view}}, NULL},
    {"tables", false, PATH_CATALOG, schema_pgschema_table_sql, {{0}}, finish_table},
    {"indexes", true, PATH_CATALOG, schema_pgschema_index_sql, {{"where", pgschema_clean_predicate}}, NULL},
    {"constraints", true, PATH_SCHEMA, schema_pgschema_constraint_sql, {{"check_clause", pgschema_clean_check}}, NULL},
    {"triggers", true, PATH_SCHEMA, schema_pgschema_trigger_sql,
     {{"function", pgschema_clean_trigger_call}, {"condition", pgschema_clean_trigger_condition}},
     finish_trigger},
    {"policies", true, PATH_SCHEMA, schema_pgschema_policy_sql,
     {{"using", pgschema_clean_policy}, {"with_check", pgschema_clean_policy}},
     finish_policy},
    {"functions", false, PATH_SESSION, schema_pgschema_function_sql,
     {{"definition", pgschema_clean_body}, {"return_type", pgschema_return_type}, {"language", pgschema_clean_language}},
     finish_routine},
    {"procedures", false, PATH_SESSION, schema_pgschema_procedure_sql, {{"language", pgschema_clean_language}},
     finish_routine},
    {"aggregates", false, PATH_SESSION, schema_pgschema_aggregate_sql, {{0}}, NULL},
    {"sequences", false, PATH_SESSION, schema_pgschema_sequence_sql, {{0}}, NULL},
    {"types", false, PATH_SESSION, schema_pgschema_type_sql, {{0}}, NULL},
    {"types", false, PATH_SESSION, schema_pgschema_domain_sql, {{"default", pgschema_clean_domain_default}},
     finish_domain},
    {"default_privileges", false, PATH_SESSION, schema_pgschema_default_privilege_sql, {{0}}, NULL},
    {"privileges", false, PATH_SESSION, schema_pgschema_privilege_sql, {{0}}, NULL},
    {"column_privileges", false, PATH_SESSION, schema_pgschema_column_privilege_sql, {{0}}, NULL},
    {"revoked_default_privileges", false, PATH_SESSION, schema_pgschema_revoked_default_sql, {{0}}, NULL},
};
enum { PARTS = sizeof parts / sizeof *parts };

/* ---- taking the rows ---- */

typedef struct Reader {
    const char *schema;
    const IgnoreRules *rules;
    json_t *document;
    bool found; /* is there such a schema? */
} Reader;

typedef struct PartReader {
    Reader *reader;
    const Part *part;
} PartReader;

static void drop_nulls(json_t *value)
{
    void *next;
    const char *key;
    json_t *field;
    size_t i;
    json_object_foreach_safe(value, next, key, field) {
        if (json_is_null(field))
            json_object_del(value, key);
        else
            drop_nulls(field);
    }
    json_array_foreach(value, i, field)
        drop_nulls(field);
}

/* The list that an object goes to; NULL when what it belongs to is not there. */
static json_t *list_of(const Reader *r, const Part *part, const json_t *object)
{
    if (!part->belongs)
        return json_object_get(r->document, part->list);
    const char *name = json_string_value(json_object_get(object, "table"));
    json_t *table = json_object_get(json_object_get(r->document, "tables"), name);
    json_t *view = json_object_get(json_object_get(r->document, "views"), name);
    if (table == NULL && view == NULL && strcmp(part->list, "triggers") == 0) {
        table = pgschema_external_table(r->rules, r->schema, name);
        if (table != NULL)
            json_object_set_new(json_object_get(r->document, "tables"), name, table);
    }
    return json_object_get(table != NULL ? table : view, part->list);
}

/* Takes the object over. */
static void take_object(Reader *r, const Part *part, const char *key, json_t *object)
{
    SCRATCH void *scratch = mem_scratch();
    drop_nulls(object);
    for (const Field *f = part->fields; f < part->fields + 3 && f->name != NULL; f++)
        clean_field(scratch, object, f, r->schema);
    if (part->finish != NULL)
        key = part->finish(scratch, key, object, r->schema);
    json_t *list = pgschema_ignores(r->rules, part->list, object) ? NULL : list_of(r, part, object);
    if (json_is_array(list))
        json_array_append_new(list, object);
    else if (list != NULL)
        json_object_set_new(list, key, object);
    else
        json_decref(object);
}

static bool take_part(void *arg, const PGresult *result, Error *err)
{
    PartReader *p = arg;
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return pg_result_error(result, err);
    for (int i = 0; i < PQntuples(result); i++) {
        json_error_t at;
        json_t *object = json_loads(PQgetvalue(result, i, 1), 0, &at);
        if (object == NULL)
            return error_set(err, ERR_SQL, "%s: the server's JSON cannot be read: %s", p->part->list, at.text);
        take_object(p->reader, p->part, PQgetvalue(result, i, 0), object);
    }
    return true;
}

static bool take_schema(void *arg, const PGresult *result, Error *err)
{
    Reader *r = arg;
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return pg_result_error(result, err);
    r->found = PQntuples(result) == 1;
    return true;
}

/* ---- asking ---- */

static const char *search_path(const void *ctx, SearchPath path, const char *schema)
{
    switch (path) {
    case PATH_SESSION:
        break;
    case PATH_CATALOG:
        return "SELECT set_config('search_path', 'pg_catalog', true)";
    case PATH_SCHEMA:
        return mem_printf(ctx, "SELECT set_config('search_path', quote_ident(%s), true)", sql_literal(ctx, schema));
    case PATH_VIEW:
        return mem_printf(ctx, "SELECT set_config('search_path', %s || ', pg_catalog', true)", sql_literal(ctx, schema));
    }
    return "SET LOCAL search_path TO DEFAULT";
}

static bool queue_query(PgConn *conn, const char *sql, const char *schema, PgReply reply, void *arg, Error *err)
{
    PgStatement query = {.sql = sql, .params_count = 1, .params = &schema, .reply = reply, .arg = arg};
    return pg_queue(conn, &query, err);
}

static bool queue_parts(Reader *r, PartReader *readers, PgConn *conn, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (!pg_queue_sql(conn, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", err) ||
        !pg_queue_sql(conn, "SET LOCAL jit = off", err) ||
        !queue_query(conn, schema_pgschema_exists_sql, r->schema, take_schema, r, err))
        return false;
    for (size_t i = 0; i < PARTS; i++) {
        if ((i == 0 || parts[i].path != parts[i - 1].path) &&
            !pg_queue_sql(conn, search_path(scratch, parts[i].path, r->schema), err))
            return false;
        if (!queue_query(conn, parts[i].sql, r->schema, take_part, &readers[i], err))
            return false;
    }
    return pg_queue_sql(conn, "COMMIT", err);
}

/* ---- the whole ---- */

static json_t *new_document(const char *schema)
{
    return json_pack("{s:s, s:s, s:{}, s:{}, s:{}, s:{}, s:{}, s:{}, s:{}, s:[], s:[], s:[], s:[]}", "name", schema,
                     "owner", "", "tables", "views", "functions", "procedures", "aggregates", "sequences", "types",
                     "default_privileges", "privileges", "column_privileges", "revoked_default_privileges");
}

static void drop_empty(json_t *object, const char *field)
{
    const json_t *list = json_object_get(object, field);
    if (json_object_size(list) == 0 && json_array_size(list) == 0)
        json_object_del(object, field);
}

static void drop_empty_lists(json_t *document)
{
    const char *key;
    json_t *view;
    json_object_foreach(json_object_get(document, "views"), key, view) {
        drop_empty(view, "indexes");
        drop_empty(view, "triggers");
    }
    drop_empty(document, "default_privileges");
    drop_empty(document, "privileges");
    drop_empty(document, "column_privileges");
    drop_empty(document, "revoked_default_privileges");
}

/* The session can be used on, for a caller may do without a fingerprint. */
static void end_transaction(PgConn *conn)
{
    Error ignored = {0};
    if (pg_recover(conn) && pg_queue_sql(conn, "ROLLBACK", &ignored) && pg_sync(conn, &ignored))
        pg_wait(conn, &ignored);
    error_clear(&ignored);
}

json_t *pgschema_read(PgConn *conn, const char *schema, const IgnoreRules *rules, Error *err)
{
    if (pg_version(conn) < 140000) {
        error_set(err, ERR_REFUSED, "pgschema reads servers from PostgreSQL 14 on, this is %d", pg_version(conn) / 10000);
        return NULL;
    }
    Reader r = {.schema = schema, .rules = rules, .document = new_document(schema)};
    PartReader readers[PARTS];
    for (size_t i = 0; i < PARTS; i++)
        readers[i] = (PartReader){&r, &parts[i]};
    bool ok = queue_parts(&r, readers, conn, err) && pg_sync(conn, err) && pg_wait(conn, err);
    if (!ok)
        end_transaction(conn);
    else if (!r.found)
        ok = error_set(err, ERR_CONFIG, "schema '%s' does not exist in the database", schema);
    if (!ok) {
        json_decref(r.document);
        return NULL;
    }
    drop_empty_lists(r.document);
    return r.document;
}
