/* schema/desired.c: see desired.h. */
#include "schema/desired.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "schema/cache.h"
#include "schema/desired_files.h"
#include "schema/diff.h"
#include "schema/load.h"
#include "schema/scratch.h"
#include "sql/quote.h"

#include <string.h>

typedef struct Wanting {
    const DesiredOptions *options;
    WantedFiles *files;
    Scratch *scratch;
    PgConn *conn;     /* the session in the throwaway database */
    bool surrounded;  /* the target's other schemas and extensions were put there */
} Wanting;

/* ---- running statements ---- */

static bool take_outcome(void *arg, const PGresult *result, Error *err)
{
    WantedStatement *s = arg;
    (void)err;
    error_clear(s->failure);
    s->is_done = PQresultStatus(result) != PGRES_FATAL_ERROR;
    if (!s->is_done) {
        pg_result_error(result, s->failure);
        s->position = pg_result_position(result);
    }
    return true;
}

/* All that are not done yet, each in a transaction of its own; settings are made anew in each round, so that what is tried again
 * finds them. */
static bool run_round(Wanting *w, size_t *done, Error *err)
{
    size_t before = 0, after = 0;
    for (size_t i = 0; i < w->files->statements.n; i++)
        before += w->files->statements.v[i].is_done;
    for (size_t i = 0; i < w->files->statements.n; i++) {
        WantedStatement *s = &w->files->statements.v[i];
        if (s->is_done && s->kind != SQL_SET)
            continue;
        if (!pg_queue(w->conn, &(PgStatement){.sql = s->sql, .reply = take_outcome, .arg = s}, err) || !pg_sync(w->conn, err))
            return false;
    }
    if (!pg_wait(w->conn, err))
        return false;
    for (size_t i = 0; i < w->files->statements.n; i++)
        after += w->files->statements.v[i].is_done;
    *done = after - before;
    return true;
}

static bool is_state(const WantedStatement *s, const char *sqlstate)
{
    return strcmp(s->failure->sqlstate, sqlstate) == 0;
}

/* May it succeed once other statements have? */
static bool may_come(const WantedStatement *s)
{
    static const char *const states[] = {
        "42P01", /* undefined_table */
        "42883", /* undefined_function */
        "42704", /* undefined_object */
        "42703", /* undefined_column */
        "3F000", /* invalid_schema_name */
        "42809", /* wrong_object_type */
        "42P17", /* invalid_object_definition: a partition before its parent's key */
        "42830", /* invalid_foreign_key: the key that it refers to is to come */
        "55000", /* object_not_in_prerequisite_state */
        "2BP01", /* dependent_objects_still_exist */
    };
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (is_state(s, states[i]))
            return true;
    return false;
}

static WantedStatement *first_failure(Wanting *w, bool (*which)(const WantedStatement *))
{
    for (size_t i = 0; i < w->files->statements.n; i++) {
        WantedStatement *s = &w->files->statements.v[i];
        if (!s->is_done && (which == NULL || which(s)))
            return s;
    }
    return NULL;
}

static bool is_final(const WantedStatement *s)
{
    return !may_come(s);
}

/* ---- what the files take for granted ---- */

/* The name in `role "x" does not exist`, which the session has in English. */
static char *missing_role(const void *ctx, const WantedStatement *s)
{
    static const char head[] = "role \"", tail[] = "\" does not exist";
    const char *message = s->failure->message;
    if (!is_state(s, "42704") || !text_starts(message, head) || !text_ends(message, tail))
        return NULL;
    return mem_strndup(ctx, message + sizeof head - 1, strlen(message) - (sizeof head - 1) - (sizeof tail - 1));
}

/* What they may do here is of no account. */
static bool make_roles(Wanting *w, bool *made, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Map *seen = map_new(scratch);
    for (size_t i = 0; i < w->files->statements.n; i++) {
        WantedStatement *s = &w->files->statements.v[i];
        const char *role = s->is_done ? NULL : missing_role(scratch, s);
        if (role == NULL || map_has(seen, role))
            continue;
        map_set(seen, role, s);
        if (!scratch_role(w->scratch, role, err))
            return false;
        *made = true;
    }
    return true;
}

/* What the files speak of: objects of the schemas that are managed, but for those that are ignored there. */
static bool is_managed(const DesiredOptions *o, const Object *object)
{
    const char *schema = object_is(object, KIND_SCHEMA) ? object->name : object->schema;
    for (; object->parent != NULL; object = object->parent)
        schema = object->parent->schema;
    bool managed = o->schemas.n == 0;
    for (size_t i = 0; i < o->schemas.n; i++)
        managed |= schema != NULL && strcmp(o->schemas.v[i], schema) == 0;
    const Object *there = managed ? model_find(o->target_model, object->kind, object->key) : NULL;
    return there != NULL && !there->is_external;
}

static bool ignore_failure(void *arg, const PGresult *result, Error *err)
{
    (void)err;
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        log_debug("not there for planning: %s (%s)", (const char *)arg, PQresultErrorMessage(result));
    return true;
}

/* The target's extensions and the schemas that are not managed, as far as they can be had here. */
static bool put_surroundings(Wanting *w, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const DesiredOptions *o = w->options;
    TextList all = {0};
    Model *target = schema_load(scratch, o->target, &all, err);
    if (target == NULL)
        return false;
    StatementList statements = schema_diff(scratch, model_empty(scratch, target), target, &(DiffOptions){.without_owners = true});
    for (size_t i = 0; i < statements.n; i++) {
        const Statement *s = &statements.v[i];
        if (is_managed(o, s->object) && !object_is(s->object, KIND_EXTENSION))
            continue;
        PgStatement statement = {.sql = s->sql, .reply = ignore_failure, .arg = (void *)s->sql};
        if (!pg_queue(w->conn, &statement, err) || !pg_sync(w->conn, err))
            return false;
    }
    return pg_wait(w->conn, err);
}

/* ---- the database ---- */

static bool queue_schemas(Wanting *w, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const TextList *schemas = &w->options->schemas;
    if (!pg_queue_sql(w->conn, "SET client_min_messages = error", err) || !pg_queue_sql(w->conn, "SET lc_messages = 'C'", err))
        return false;
    for (size_t i = 0; i < schemas->n; i++)
        if (!pg_queue_sql(w->conn, mem_printf(scratch, "CREATE SCHEMA IF NOT EXISTS %s", sql_ident(scratch, schemas->v[i])), err))
            return false;
    const char *path = schemas->n == 0 ? "public" : sql_ident(scratch, schemas->v[0]);
    return pg_queue_sql(w->conn, mem_printf(scratch, "SET search_path = %s, public", path), err) &&
           pg_queue_sql(w->conn, "SET check_function_bodies = off", err) && pg_sync(w->conn, err) && pg_wait(w->conn, err);
}

static bool begin_database(Wanting *w, const void *ctx, Error *err)
{
    size_t n = w->files->statements.n;
    Error *failures = mem_array(ctx, Error, n + 1);
    for (size_t i = 0; i < n; i++) {
        w->files->statements.v[i].is_done = false;
        w->files->statements.v[i].failure = &failures[i];
    }
    w->conn = scratch_database(ctx, w->scratch, w->options->target, err);
    if (w->conn == NULL || (w->surrounded && !pg_queue_sql(w->conn, "SET check_function_bodies = off", err)) ||
        (w->surrounded && !put_surroundings(w, err)))
        return false;
    return queue_schemas(w, err);
}

/* An extension that cannot be had here is left out: what needs it will say so. */
static bool leave_out_extensions(Wanting *w)
{
    bool found = false;
    for (size_t i = 0; i < w->files->statements.n; i++) {
        WantedStatement *s = &w->files->statements.v[i];
        bool missing = !s->is_done && (is_state(s, "0A000") || is_state(s, "58P01")) && strstr(s->failure->message, "extension") != NULL;
        if (!missing)
            continue;
        log_warn("%s:%ld: %s; the plan is made without it", s->place.file, s->place.line, s->failure->message);
        s->is_done = found = true;
    }
    return found;
}

static bool tell_failures(Wanting *w, Error *err)
{
    enum { TOLD_MAX = 20 };
    size_t told = 0;
    /* what is missing may be so because of those that can never succeed */
    bool only_final = first_failure(w, is_final) != NULL;
    for (size_t i = 0; i < w->files->statements.n && told < TOLD_MAX; i++) {
        WantedStatement *s = &w->files->statements.v[i];
        if (s->is_done || (only_final && !is_final(s)))
            continue;
        if (s->failure->hint == NULL && (is_state(s, "42704") || is_state(s, "42883")))
            error_hint(s->failure, "is an extension missing here? Name a server that has it with --plan-url");
        wanted_error(s, err);
        told++;
    }
    return false;
}

/* Rounds until all is done or nothing moves any more. */
static bool run_files(Wanting *w, const void *ctx, Error *err)
{
    if (!begin_database(w, ctx, err))
        return false;
    for (;;) {
        size_t done;
        bool made = false;
        if (!run_round(w, &done, err))
            return false;
        if (first_failure(w, NULL) == NULL)
            return true;
        made = leave_out_extensions(w);
        if (!make_roles(w, &made, err))
            return false;
        if (made || done > 0)
            continue;
        if (w->surrounded || first_failure(w, is_final) != NULL)
            return tell_failures(w, err);
        w->surrounded = true;
        if (!begin_database(w, ctx, err))
            return false;
    }
}

/* ---- states that were read before ---- */

/* Everything that the outcome depends on. */
static char *cache_path(const void *ctx, const Wanting *w)
{
    const DesiredOptions *o = w->options;
    SCRATCH void *scratch = mem_scratch();
    if (o->cache == NULL)
        return NULL;
    Digest *d = digest_new(scratch, DIGEST_SHA256);
    char hex[DIGEST_HEX_MAX];
    Str text = str_new(scratch);
    str_addf(&text, "%s %d %s %s", w->files->digest, pg_version(o->target) / 10000, pg_user(o->target), o->server_url ? o->server_url : "");
    for (size_t i = 0; i < o->schemas.n; i++)
        str_addf(&text, " %s", sql_ident(scratch, o->schemas.v[i]));
    for (size_t i = 0; i < o->target_model->objects.n; i++)
        if (object_is(o->target_model->objects.v[i], KIND_EXTENSION))
            str_addf(&text, " %s", object_value(o->target_model->objects.v[i], "definition"));
    digest_add(d, text.text, text.len);
    digest_hex(d, hex);
    return mem_printf(ctx, "%s/state-%.32s", o->cache, hex);
}

static void keep(const Wanting *w, const Model *m, const char *path)
{
    Error ignored = {0};
    /* other schemas of the target may change, and this would not be noticed */
    if (path != NULL && !w->surrounded && !model_save(m, path, &ignored))
        log_debug("%s", ignored.message);
    error_clear(&ignored);
}

static bool run_all(Wanting *w, const void *ctx, Error *err)
{
    const DesiredOptions *o = w->options;
    w->scratch = scratch_open(ctx, o->project, o->server_url, o->target, err);
    return w->scratch != NULL && run_files(w, ctx, err);
}

Model *desired_load(const void *ctx, const DesiredOptions *options, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Wanting w = {.options = options, .files = options->files};
    if (w.files->rows_skipped > 0)
        log_warn("%s: rows of COPY are no part of a schema and are left out", path_shown(w.files->main));
    const char *path = cache_path(scratch, &w);
    Model *m = path == NULL ? NULL : model_restore(ctx, path);
    if (m != NULL)
        return m;
    if (!run_all(&w, scratch, err))
        return NULL;
    m = schema_load(ctx, w.conn, &options->schemas, err);
    if (m != NULL)
        keep(&w, m, path);
    return m;
}

static void add_statements(WantedFiles *files, const StatementList *statements)
{
    static const SqlPlace place = {"(the database)", 1, 1};
    for (size_t i = 0; i < statements->n; i++) {
        const Statement *s = &statements->v[i];
        list_push(files, &files->statements, (WantedStatement){.sql = s->sql, .place = place, .kind = SQL_OTHER});
    }
}

Model *desired_after(const void *ctx, const DesiredOptions *options, const Model *model, const StatementList *statements, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    WantedFiles *files = mem_new(scratch, WantedFiles);
    StatementList all = schema_diff(files, model_empty(scratch, model), model, &(DiffOptions){.without_owners = true});
    Wanting w = {.options = options, .files = files};
    add_statements(files, &all);
    if (!run_all(&w, scratch, err)) {
        error_wrap(err, "copying the database's schema to plan on");
        return NULL;
    }
    for (size_t i = 0; statements != NULL && i < statements->n; i++)
        if (!pg_queue_sql(w.conn, statements->v[i].sql, err))
            return NULL;
    if (!pg_sync(w.conn, err) || !pg_wait(w.conn, err))
        return NULL;
    return schema_load(ctx, w.conn, &options->schemas, err);
}

bool desired_is_foreign(const DesiredOptions *options, bool *is_foreign, Error *err)
{
    int major = options->server_url != NULL ? 0 : scratch_major(options->project, options->target, err);
    *is_foreign = major > 0 && major != pg_version(options->target) / 10000;
    return major >= 0;
}
