/* history/history.c: what all formats share; see history.h. */
#include "history/formats.h"

#include "base/clock.h"
#include "base/log.h"
#include "history_sql.h"
#include "pg/record.h"
#include "sql/quote.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    LOCK_POLL_MS = 100,
    LAST_AT_COLUMN = 8, /* of the load queries */
};

const HistoryFormat *history_format(const char *name)
{
    for (size_t i = 0; i < history_formats_count; i++)
        if (strcmp(history_formats[i]->name, name) == 0)
            return history_formats[i];
    return NULL;
}

char *history_sql(const void *ctx, const History *h, const char *sql)
{
    static const char mark[] = "@schema@";
    char *schema = sql_ident(ctx, h->schema);
    Str out = str_new(ctx);
    for (const char *at; (at = strstr(sql, mark)) != NULL; sql = at + sizeof mark - 1) {
        str_add_n(&out, sql, (size_t)(at - sql));
        str_add(&out, schema);
    }
    str_add(&out, sql);
    return out.text;
}

void history_array_add(Str *array, const char *text)
{
    str_add(array, array->len == 0 ? "{\"" : ",\"");
    for (size_t n; *text != '\0'; text += n) {
        if (*text == '"' || *text == '\\')
            str_add_char(array, '\\');
        n = 1 + strcspn(text + 1, "\"\\");
        str_add_n(array, text, n);
    }
    str_add_char(array, '"');
}

const char *history_array_end(Str *array)
{
    str_add(array, array->len == 0 ? "{}" : "}");
    return array->text;
}

const char *history_array(const void *ctx, const TextList *list)
{
    Str out = str_new(ctx);
    for (size_t i = 0; i < list->n; i++)
        history_array_add(&out, list->v[i]);
    return history_array_end(&out);
}

char *history_lock_key(const void *ctx, const History *h)
{
    char hex[DIGEST_HEX_MAX];
    char *text = mem_printf(ctx, "pgwright run lock: %s", h->schema);
    digest_of(DIGEST_SHA256, text, strlen(text), hex);
    hex[15] = '\0'; /* 60 bits: a positive bigint */
    return mem_printf(ctx, "%lld", strtoll(hex, NULL, 16));
}

/* Sqitch's own key: whoever runs it is kept apart from us (its source, engine pg). */
static const char SQITCH_LOCK_KEY[] = "75474063";

static bool is_true(const PGresult *r, int column)
{
    return PQgetvalue(r, 0, column)[0] == 't';
}

static void explain_denied(History *h, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    const char *params[] = {h->schema};
    PGresult *r = pg_query(scratch, h->conn, history_owners_sql, 1, params, &ignored);
    if (r != NULL && PQntuples(r) > 0)
        error_hint(err, "the history (schema %s) belongs to %s: run this as that role, or have it grant: %s",
                   PQgetvalue(r, 0, 0), PQgetvalue(r, 0, 1), PQgetvalue(r, 0, 2));
    error_clear(&ignored);
}

bool history_explain(History *h, Error *err)
{
    if (strcmp(err->sqlstate, "42501") == 0)
        explain_denied(h, err);
    /* undefined_column, undefined_table */
    if (strcmp(err->sqlstate, "42703") == 0 || strcmp(err->sqlstate, "42P01") == 0) {
        err->class = ERR_CONFIG;
        error_hint(err, "the tables in this schema are not of history %s, or of another version; --history-schema names another",
                   h->format->name);
    }
    return false;
}

static bool probe(History *h, bool lock, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *params[] = {h->schema, history_lock_key(scratch, h), lock ? "true" : "false", h->format->table};
    PGresult *r = pg_query(scratch, h->conn, history_probe_sql, 4, params, err);
    if (r == NULL) {
        error_wrap(err, "looking at the history in %s", pg_where(h->conn));
        return history_explain(h, err);
    }
    h->exists = is_true(r, 0);
    h->has_audit = is_true(r, 1);
    h->has_sqitch = is_true(r, 2);
    h->has_additions = is_true(r, 3);
    h->unique_script_hash = is_true(r, 4);
    h->is_standby = is_true(r, 5);
    text_to_long(PQgetvalue(r, 0, 6), 0, 0x7fffffffffffffff, &h->lock_slots);
    h->locked = is_true(r, 7);
    return true;
}

static History *make(const void *ctx, PgConn *conn, const HistoryFormat *format, const char *schema)
{
    History *h = mem_new(ctx, History);
    h->format = format;
    h->schema = mem_strdup(h, schema != NULL ? schema : format->default_schema);
    h->conn = conn;
    h->identity = (Identity){.name = pg_user(conn), .email = ""};
    return h;
}

History *history_open(const void *ctx, PgConn *conn, const HistoryFormat *format, const char *schema, Error *err)
{
    History *h = make(ctx, conn, format, schema);
    return probe(h, false, err) ? h : NULL;
}

static bool locked_error(History *h, const char *key, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    PGresult *r = pg_query(scratch, h->conn, history_lock_holder_sql, 1, &key, &ignored);
    error_clear(&ignored);
    error_set(err, ERR_LOCKED, "another run holds the lock on %s", pg_dbname(h->conn));
    if (r != NULL && PQntuples(r) == 1)
        error_detail(err, "process %s (%s), connected since %s", PQgetvalue(r, 0, 0), PQgetvalue(r, 0, 1),
                     PQgetvalue(r, 0, 2));
    error_hint(err, "wait for it, or look at it in pg_stat_activity");
    return false;
}

/* Asks for one lock again and again until it is had, time is up, or we are told to stop. */
static bool poll_lock(History *h, const char *key, int64_t deadline, Error *err)
{
    static const struct timespec pause = {.tv_nsec = LOCK_POLL_MS * 1000000L};
    bool told = false;
    for (;;) {
        SCRATCH void *scratch = mem_scratch();
        PGresult *r = pg_query(scratch, h->conn, "SELECT pg_catalog.pg_try_advisory_lock($1::bigint)", 1, &key, err);
        if (r == NULL)
            return false;
        if (is_true(r, 0))
            return true;
        Error holder = {0};
        locked_error(h, key, &holder);
        if (clock_ms() >= deadline) {
            error_move(err, &holder);
            return false;
        }
        if (!told)
            log_info("waiting: %s%s%s", holder.message, holder.detail != NULL ? ": " : "",
                     holder.detail != NULL ? holder.detail : "");
        told = true;
        error_clear(&holder);
        nanosleep(&pause, NULL);
    }
}

static bool take_lock(History *h, int64_t deadline, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (!probe(h, true, err))
        return false;
    if (!h->locked) {
        if (!poll_lock(h, history_lock_key(scratch, h), deadline, err) || !probe(h, false, err))
            return false;
        h->locked = true;
    }
    return !h->has_sqitch || poll_lock(h, SQITCH_LOCK_KEY, deadline, err);
}

History *history_open_locked(const void *ctx, PgConn *conn, const HistoryFormat *format, const char *schema, int64_t wait_ms,
                             Error *err)
{
    History *h = make(ctx, conn, format, schema);
    return take_lock(h, clock_ms() + wait_ms, err) ? h : NULL;
}

static bool lock_kept(void *arg, const PGresult *result, Error *err)
{
    const History *h = arg;
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        return pg_result_error(result, err);
    if (is_true(result, 0))
        return true;
    error_set(err, ERR_LOCKED, "a script gave up the lock on %s, and another run has it now", pg_dbname(h->conn));
    error_hint(err, "look for DISCARD ALL and pg_advisory_unlock_all() in the scripts");
    return false;
}

static bool queue_lock(History *h, const char *key, Error *err)
{
    return pg_queue(h->conn,
                    &(PgStatement){.sql = "SELECT pg_catalog.pg_try_advisory_lock($1::bigint)",
                                   .params_count = 1, .params = &key, .reply = lock_kept, .arg = h},
                    err);
}

bool history_keep_lock(History *h, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return !h->locked || pg_recording(h->conn) ||
           (queue_lock(h, history_lock_key(scratch, h), err) && (!h->has_sqitch || queue_lock(h, SQITCH_LOCK_KEY, err)));
}

/* The list in one field, split at US. */
static TextList split_field(const void *ctx, const char *text)
{
    TextList list = {0};
    while (*text != '\0') {
        size_t n = strcspn(text, "\x1f");
        list_push(ctx, &list, mem_strndup(ctx, text, n));
        text += n + (text[n] != '\0');
    }
    return list;
}

static Deployed *read_row(History *h, const void *ctx, const PGresult *r, int row)
{
    Deployed *d = mem_new(ctx, Deployed);
    d->project = mem_strdup(ctx, PQgetvalue(r, row, 0));
    d->name = mem_strdup(ctx, PQgetvalue(r, row, 1));
    d->change_id = mem_strdup(ctx, PQgetvalue(r, row, 2));
    d->script_hash = mem_strdup(ctx, PQgetvalue(r, row, 3));
    d->at = mem_strdup(ctx, PQgetvalue(r, row, 4));
    d->by = mem_strdup(ctx, PQgetvalue(r, row, 5));
    d->requires = split_field(ctx, PQgetvalue(r, row, 6));
    d->tags = split_field(ctx, PQgetvalue(r, row, 7));
    d->key = h->format->identity_by_id ? d->change_id : mem_printf(ctx, "%s:%s", d->project, d->name);
    d->position = (size_t)row;
    return d;
}

/* pgpm's own tables lack what we add to them: the query takes an empty name and an empty table there. */
static char *load_query(const void *ctx, const History *h)
{
    static const char no_tags[] =
        "(SELECT '' AS package, '' AS change_name, '' AS tag, pg_catalog.now() AS deployed_at WHERE false) none";
    Str out = str_new(ctx);
    for (const char *p = h->format->load; *p != '\0';) {
        if (text_starts(p, "@deployed_by@")) {
            str_add(&out, h->has_additions ? "coalesce(c.deployed_by, '')" : "''");
            p += strlen("@deployed_by@");
        } else if (text_starts(p, "@tags@")) {
            str_add(&out, h->has_additions ? "@schema@.tags" : no_tags);
            p += strlen("@tags@");
        } else {
            str_add_char(&out, *p++);
        }
    }
    return history_sql(ctx, h, out.text);
}

static bool take_unsettled(void *arg, const PGresult *r, Error *err)
{
    History *h = arg;
    if (PQresultStatus(r) == PGRES_FATAL_ERROR) {
        pg_result_error(r, err);
        return error_wrap(err, "reading the audit log");
    }
    for (int i = 0; i < PQntuples(r); i++)
        list_push(h, &h->unsettled,
                  (Unsettled){.project = mem_strdup(h, PQgetvalue(r, i, 0)),
                              .change = mem_strdup(h, PQgetvalue(r, i, 1)),
                              .action = mem_strdup(h, PQgetvalue(r, i, 2)),
                              .statement = mem_strdup(h, PQgetvalue(r, i, 3)),
                              .since = mem_strdup(h, PQgetvalue(r, i, 4))});
    return true;
}

/* One pool for all rows: ten thousand of them cost a few allocations. */
static void *row_pool(const History *h, int rows)
{
    return talloc_pool(h, (size_t)(rows > 0 ? rows : 1) * 512);
}

static void index_row(History *h, Deployed *d)
{
    SCRATCH void *scratch = mem_scratch();
    map_set(h->by_key, d->key, d);
    if (h->format->identity_by_id) /* else the key is the name */
        map_set(h->by_name, mem_printf(scratch, "%s:%s", d->project, d->name), d);
    for (size_t i = 0; i < d->tags.n; i++)
        map_set(h->by_name, mem_printf(scratch, "%s:@%s", d->project, d->tags.v[i]), d);
}

static bool take_deployed(void *arg, const PGresult *r, Error *err)
{
    History *h = arg;
    if (PQresultStatus(r) == PGRES_FATAL_ERROR) {
        pg_result_error(r, err);
        return error_wrap(err, "reading the history in schema %s", h->schema);
    }
    void *pool = row_pool(h, PQntuples(r));
    for (int i = 0; i < PQntuples(r); i++) {
        Deployed *d = read_row(h, pool, r, i);
        list_push(h, &h->deployed, d);
        index_row(h, d);
    }
    long at = 0;
    if (h->deployed.n > 0 && text_to_long(PQgetvalue(r, PQntuples(r) - 1, LAST_AT_COLUMN), 1, INT64_MAX, &at))
        h->last_at = at;
    return true;
}

/* Both queries go at once: the server is at the second while the rows of the first are taken in. */
static bool queue_load(History *h, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PgStatement deployed = {.sql = load_query(scratch, h), .reply = take_deployed, .arg = h};
    PgStatement unsettled = {.sql = history_audit_unsettled_sql, .params_count = 1, .params = &h->format->name,
                             .reply = take_unsettled, .arg = h};
    return (!h->exists || pg_queue(h->conn, &deployed, err)) && (!h->has_audit || pg_queue(h->conn, &unsettled, err)) &&
           pg_flush(h->conn, err);
}

static bool load_failed(History *h, Error *err)
{
    h->is_asked = false;
    pg_recover(h->conn);
    return history_explain(h, err);
}

bool history_ask(History *h, Error *err)
{
    h->deployed = (DeployedList){0};
    h->unsettled = (UnsettledList){0};
    h->last_at = 0;
    h->by_key = map_new(h);
    h->by_name = map_new(h);
    h->is_asked = true;
    return queue_load(h, err) || load_failed(h, err);
}

bool history_load(History *h, Error *err)
{
    if (!h->is_asked && !history_ask(h, err))
        return false;
    h->is_asked = false;
    return pg_wait(h->conn, err) || load_failed(h, err);
}

char *history_key(const void *ctx, const HistoryFormat *format, const Change *change)
{
    return format->identity_by_id ? mem_strdup(ctx, change->id)
                                  : mem_printf(ctx, "%s:%s", change->module->name, change->instance);
}

Deployed *history_find(const History *h, const Change *change)
{
    SCRATCH void *scratch = mem_scratch();
    return map_get(h->by_key, history_key(scratch, h->format, change));
}

Deployed *history_find_foreign(const History *h, const Dependency *dependency)
{
    SCRATCH void *scratch = mem_scratch();
    const Reference *ref = &dependency->ref;
    if (ref->id != NULL)
        return map_get(h->by_key, ref->id);
    if (ref->project == NULL)
        return NULL;
    if (ref->change != NULL)
        return map_get(h->format->identity_by_id ? h->by_name : h->by_key,
                       mem_printf(scratch, "%s:%s", ref->project, ref->change));
    return ref->tag == NULL ? NULL : map_get(h->by_name, mem_printf(scratch, "%s:@%s", ref->project, ref->tag));
}

void history_match(History *h, Workspace *ws)
{
    for (size_t m = 0; m < ws->modules.n; m++) {
        const ChangeList *changes = &ws->modules.v[m]->changes;
        for (size_t i = 0; i < changes->n; i++) {
            Deployed *d = history_find(h, changes->v[i]);
            if (d != NULL)
                d->change = changes->v[i];
        }
    }
}

void history_change_id(const HistoryFormat *format, const Change *change, const char *script_hash,
                       char id[DIGEST_HEX_MAX])
{
    SCRATCH void *scratch = mem_scratch();
    char *text = format->identity_by_id ? NULL
                                        : mem_printf(scratch, "%s%s%s", change->module->name, change->instance, script_hash);
    if (text != NULL)
        digest_of(DIGEST_SHA256, text, strlen(text), id);
    else
        memcpy(id, change->id, sizeof change->id);
}

/* Runs what is missing as one transaction. */
static bool create_missing(History *h, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str script = str_new(scratch);
    str_add(&script, h->in_transaction ? "" : "BEGIN;\n");
    str_add(&script, "SET LOCAL client_min_messages = warning;\n");
    if (!h->has_audit)
        str_add(&script, history_audit_create_sql);
    for (size_t i = 0; !h->exists && i < sizeof h->format->create / sizeof h->format->create[0]; i++)
        str_add(&script, h->format->create[i] == NULL ? "" : history_sql(scratch, h, h->format->create[i]));
    str_add(&script, "SET LOCAL client_min_messages TO DEFAULT;\n");
    str_add(&script, h->in_transaction ? "" : "COMMIT;\n");
    if (pg_script(h->conn, script.text, err)) {
        h->exists = h->has_audit = true;
        return true;
    }
    Error ignored = {0};
    if (pg_alive(h->conn))
        pg_script(h->conn, "ROLLBACK", &ignored);
    error_clear(&ignored);
    if (h->has_audit)
        history_explain(h, err);
    else if (strcmp(err->sqlstate, "42501") == 0)
        error_hint(err, "the role needs CREATE on the database once: GRANT CREATE ON DATABASE %s TO %s",
                   sql_ident(scratch, pg_dbname(h->conn)), sql_ident(scratch, pg_user(h->conn)));
    return error_wrap(err, "making the history tables in %s", pg_dbname(h->conn));
}

bool history_create(History *h, Error *err)
{
    if (h->is_standby) {
        error_set(err, ERR_SQL, "%s is a standby: it can only be read", pg_where(h->conn));
        error_hint(err, "connect to the primary");
        return false;
    }
    if ((!h->exists || !h->has_audit) && !create_missing(h, err))
        return false;
    return h->format->setup == NULL || h->format->setup(h, err) || history_explain(h, err);
}

bool history_queue(History *h, const char *name, const char *sql, int params_count, const char *const *params,
                   Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (!pg_prepare(h->conn, name, history_sql(scratch, h, sql), err))
        return false;
    return pg_queue(h->conn,
                    &(PgStatement){.sql = name, .params_count = params_count, .params = params, .prepared = true}, err);
}

bool history_accept(History *h, const Deployed *deployed, const char *script_hash, Error *err)
{
    const char *params[] = {deployed->change_id, script_hash};
    return history_queue(h, "pgwright_accept", h->format->accept, 2, params, err);
}

void history_requires(const void *ctx, const History *h, const Change *change, TextList *out)
{
    for (size_t i = 0; i < change->dependencies.n; i++) {
        const Dependency *d = &change->dependencies.v[i];
        const Deployed *foreign = d->target == NULL ? history_find_foreign(h, d) : NULL;
        if (d->conflict)
            continue;
        if (d->target != NULL)
            list_push(ctx, out, mem_printf(ctx, "%s:%s", d->target->module->name, d->target->instance));
        else if (foreign != NULL)
            list_push(ctx, out, mem_printf(ctx, "%s:%s", foreign->project, foreign->name));
        else
            list_push(ctx, out, mem_strdup(ctx, d->ref.text));
    }
}
