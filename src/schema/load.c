/* schema/load.c: see load.h. */
#include "schema/load.h"

#include "sql/quote.h"

#include "schema_sql.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

char *schema_condition(const void *ctx, const TextList *schemas)
{
    if (schemas->n == 0)
        return mem_strdup(ctx, "nspname <> 'pgwright'");
    Str s = str_new(ctx);
    str_add(&s, "nspname IN (");
    for (size_t i = 0; i < schemas->n; i++)
        str_addf(&s, "%s%s", i > 0 ? ", " : "", sql_literal(ctx, schemas->v[i]));
    str_add(&s, ")");
    return s.text;
}

/* Does the mark hold on this server? "15+", "<15". */
static bool mark_holds(const char *mark, int major)
{
    if (*mark == '<')
        return major < strtol(mark + 1, NULL, 10);
    return major >= strtol(mark, NULL, 10);
}

/* Removes the line's marks from its end; false when one does not hold. */
static bool take_marks(const char *line, size_t *len, int major)
{
    bool holds = true;
    for (;;) {
        while (*len > 0 && line[*len - 1] == ' ')
            (*len)--;
        size_t word = *len;
        while (word > 0 && line[word - 1] != ' ')
            word--;
        bool is_mark = *len - word >= 4 && memcmp(line + word, "--", 2) == 0 &&
                       (line[word + 2] == '<' || isdigit((unsigned char)line[word + 2]));
        if (!is_mark)
            return holds;
        holds = holds && mark_holds(line + word + 2, major);
        *len = word;
    }
}

/* Puts texts for {names}, and leaves out what is not for this server, and comments. */
static void add_query(Str *out, const char *sql, int major, const char *schemas, bool all)
{
    static const char schemas_mark[] = "{schemas}", wide_mark[] = "{database_wide}";
    for (const char *line = sql; *line != '\0';) {
        const char *end = strchr(line, '\n');
        size_t len = (size_t)(end - line);
        const char *mark;
        if (len >= 2 && memcmp(line, "--", 2) == 0) {
            /* a comment */
        } else if (take_marks(line, &len, major)) {
            if ((mark = memmem(line, len, schemas_mark, sizeof schemas_mark - 1)) != NULL) {
                str_add_n(out, line, (size_t)(mark - line));
                str_add(out, schemas);
                mark += sizeof schemas_mark - 1;
            } else if ((mark = memmem(line, len, wide_mark, sizeof wide_mark - 1)) != NULL) {
                str_add_n(out, line, (size_t)(mark - line));
                str_add(out, all ? "true" : "false");
                mark += sizeof wide_mark - 1;
            } else {
                mark = line;
            }
            str_add_n(out, mark, len - (size_t)(mark - line));
            str_add_char(out, '\n');
        }
        line = end + 1;
    }
}

typedef struct Loader {
    const void *ctx;
    RowsList rows;
} Loader;

static bool take_rows(void *arg, const PGresult *result, Error *err)
{
    Loader *l = arg;
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return pg_result_error(result, err);
    list_push(l->ctx, &l->rows, rows_of_result(l->ctx, result));
    return true;
}

static bool queue_query(Loader *l, PgConn *conn, const char *head, const char *sql, const TextList *schemas, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    const char *condition = schema_condition(scratch, schemas);
    int major = pg_version(conn) / 10000;
    add_query(&text, head, major, condition, schemas->n == 0);
    add_query(&text, sql, major, condition, schemas->n == 0);
    return pg_queue(conn, &(PgStatement){.sql = text.text, .reply = take_rows, .arg = l}, err);
}

/* The settings that renderings depend on, until the transaction ends. */
static bool queue_settings(PgConn *conn, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return pg_queue_sql(conn, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", err) &&
           pg_queue_sql(conn, mem_printf(scratch, "SET LOCAL search_path = %s", path), err) &&
           pg_queue_sql(conn, "SET LOCAL quote_all_identifiers = off", err) &&
           pg_queue_sql(conn, "SET LOCAL DateStyle = 'ISO, MDY'", err) &&
           pg_queue_sql(conn, "SET LOCAL IntervalStyle = 'postgres'", err) &&
           pg_queue_sql(conn, "SET LOCAL TimeZone = 'UTC'", err) &&
           pg_queue_sql(conn, "SET LOCAL extra_float_digits = 3", err) &&
           pg_queue_sql(conn, "SET LOCAL bytea_output = 'hex'", err) && pg_queue_sql(conn, "SET LOCAL jit = off", err);
}

static bool queue_all(Loader *l, PgConn *conn, const TextList *schemas, const char *path, Error *err)
{
    if (!queue_settings(conn, path, err))
        return false;
    for (size_t i = 0; i < kinds_count; i++)
        if (!queue_query(l, conn, schema_head_sql, kinds[i].query, schemas, err))
            return false;
    return queue_query(l, conn, "", schema_comments_sql, schemas, err) &&
           queue_query(l, conn, "", schema_labels_sql, schemas, err) &&
           queue_query(l, conn, schema_head_sql, schema_privileges_sql, schemas, err) &&
           queue_query(l, conn, "", schema_dependencies_sql, schemas, err) && pg_queue_sql(conn, "COMMIT", err);
}

/* Names are rendered relative to the search path. */
static Model *load(const void *ctx, PgConn *conn, const TextList *schemas, const char *path, Error *err)
{
    void *owner = mem_new(ctx, char);
    Loader l = {.ctx = owner};
    if (!queue_all(&l, conn, schemas, path, err) || !pg_sync(conn, err) || !pg_wait(conn, err)) {
        error_wrap(err, "reading the schema");
        return NULL;
    }
    Model *m = model_new(ctx, &l.rows, schemas, pg_version(conn), pg_user(conn));
    talloc_steal(m, owner);
    return m;
}

Model *schema_load(const void *ctx, PgConn *conn, const TextList *schemas, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return load(ctx, conn, schemas, schemas->n == 1 ? sql_ident(scratch, schemas->v[0]) : "''", err);
}

Model *schema_load_qualified(const void *ctx, PgConn *conn, const TextList *schemas, Error *err)
{
    return load(ctx, conn, schemas, "''", err);
}
