/* schema/load.c: see load.h. */
#include "schema/load.h"

#include "base/log.h"
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

/* What a query gave, or will. */
typedef struct Answer {
    const void *ctx; /* owns its texts */
    Rows rows;
} Answer;

typedef struct Loader {
    PgConn *conn, *second; /* that share the work; no second one: it is done by the first */
    const TextList *schemas;
    const char *path;      /* search path: names are rendered relative to it */
    bool within;           /* the transaction that is open */
    LIST(Answer) answers;  /* in the order of the model's rows */
} Loader;

/* ---- sessions ---- */

static bool queue_begin(PgConn *conn, Error *err)
{
    return pg_queue_sql(conn, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
}

/* The settings that renderings depend on, until the transaction ends. */
static bool queue_settings(PgConn *conn, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return pg_queue_sql(conn, mem_printf(scratch, "SET LOCAL search_path = %s", path), err) &&
           pg_queue_sql(conn, "SET LOCAL quote_all_identifiers = off", err) &&
           pg_queue_sql(conn, "SET LOCAL DateStyle = 'ISO, MDY'", err) &&
           pg_queue_sql(conn, "SET LOCAL IntervalStyle = 'postgres'", err) &&
           pg_queue_sql(conn, "SET LOCAL TimeZone = 'UTC'", err) &&
           pg_queue_sql(conn, "SET LOCAL extra_float_digits = 3", err) &&
           pg_queue_sql(conn, "SET LOCAL bytea_output = 'hex'", err) && pg_queue_sql(conn, "SET LOCAL jit = off", err);
}

/* A second session that sees what the first does. */
static PgConn *join_snapshot(const void *ctx, PgConn *conn, const char *snapshot, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    PgConn *second = pg_open_second(ctx, conn, err);
    const char *sql = mem_printf(scratch, "SET TRANSACTION SNAPSHOT %s", sql_literal(scratch, snapshot));
    if (second == NULL || (queue_begin(second, err) && pg_queue_sql(second, sql, err) && pg_wait(second, err)))
        return second;
    talloc_free(second);
    return NULL;
}

/* Reading keeps a server process busy, and the client hardly: where there is much to read two of them share it. A server that has
 * no session to spare does without. */
static bool open_second(Loader *l, const void *ctx, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Error refused = {0};
    PGresult *r = pg_query(scratch, l->conn, schema_snapshot_sql, 0, NULL, err);
    if (r == NULL)
        return false;
    if (!PQgetisnull(r, 0, 0) && (l->second = join_snapshot(ctx, l->conn, PQgetvalue(r, 0, 0), &refused)) == NULL)
        log_verbose("one session reads the schema: %s", refused.message);
    error_clear(&refused);
    return true;
}

static bool begin_within(Loader *l, Error *err)
{
    return pg_queue_sql(l->conn, "SAVEPOINT _pgwright_schema", err) &&
           pg_queue_sql(l->conn, "SET LOCAL SESSION AUTHORIZATION DEFAULT", err) &&
           pg_queue_sql(l->conn, "SET LOCAL ROLE TO DEFAULT", err) && queue_settings(l->conn, l->path, err);
}

/* One state for all queries. */
static bool begin(Loader *l, const void *ctx, Error *err)
{
    if (l->within)
        return begin_within(l, err);
    return queue_begin(l->conn, err) && open_second(l, ctx, err) && queue_settings(l->conn, l->path, err) &&
           (l->second == NULL || queue_settings(l->second, l->path, err));
}

static bool end(Loader *l, Error *err)
{
    if (l->within)
        return pg_queue_sql(l->conn, "ROLLBACK TO SAVEPOINT _pgwright_schema", err) &&
               pg_queue_sql(l->conn, "RELEASE SAVEPOINT _pgwright_schema", err) && pg_wait(l->conn, err);
    if (l->second == NULL)
        return pg_queue_sql(l->conn, "COMMIT", err) && pg_wait(l->conn, err);
    return pg_queue_sql(l->conn, "COMMIT", err) && pg_queue_sql(l->second, "COMMIT", err) && pg_wait_both(l->conn, l->second, err);
}

/* ---- queries ---- */

static bool take_rows(void *arg, const PGresult *result, Error *err)
{
    Answer *answer = arg;
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return pg_result_error(result, err);
    answer->rows = rows_of_result(answer->ctx, result, KIND_COLUMNS);
    return true;
}

static bool queue_query(Loader *l, PgConn *conn, const char *head, const char *sql, Answer *answer, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    const char *condition = schema_condition(scratch, l->schemas);
    int major = pg_version(conn) / 10000;
    add_query(&text, head, major, condition, l->schemas->n == 0);
    add_query(&text, sql, major, condition, l->schemas->n == 0);
    return pg_queue(conn, &(PgStatement){.sql = text.text, .reply = take_rows, .arg = answer}, err);
}

static bool queue_kinds(Loader *l, Error *err)
{
    for (size_t i = 0; i < kinds_count; i++) {
        PgConn *conn = l->second != NULL && kinds[i].opens_tables ? l->second : l->conn;
        if (!queue_query(l, conn, schema_head_sql, kinds[i].query, &l->answers.v[i], err))
            return false;
    }
    return true;
}

/* What hangs on objects of all kinds. */
static bool queue_extras(Loader *l, Error *err)
{
    Answer *answers = l->answers.v + kinds_count;
    return queue_query(l, l->conn, "", schema_comments_sql, &answers[0], err) &&
           queue_query(l, l->conn, "", schema_labels_sql, &answers[1], err) &&
           queue_query(l, l->conn, schema_head_sql, schema_privileges_sql, &answers[2], err) &&
           queue_query(l, l->conn, "", schema_dependencies_sql, &answers[3], err);
}

/* Names are rendered relative to the search path. */
static Model *load(const void *ctx, PgConn *conn, const TextList *schemas, const char *path, bool within, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    void *owner = mem_new(ctx, char);
    Loader l = {.conn = conn, .schemas = schemas, .path = path, .within = within};
    RowsList rows = {0};
    for (size_t i = 0; i < kinds_count + MODEL_EXTRA_ROWS; i++)
        list_push(scratch, &l.answers, (Answer){.ctx = owner});
    if (!begin(&l, scratch, err) || !queue_kinds(&l, err) || !queue_extras(&l, err) || !end(&l, err)) {
        pg_recover(conn); /* replies still come, and the answers are gone */
        error_wrap(err, "reading the schema");
        return NULL;
    }
    for (size_t i = 0; i < l.answers.n; i++)
        list_push(owner, &rows, l.answers.v[i].rows);
    Model *m = model_new(ctx, &rows, schemas, pg_version(conn), pg_user(conn));
    talloc_steal(m, owner);
    return m;
}

static const char *path_for(const void *ctx, const TextList *schemas)
{
    return schemas->n == 1 ? sql_ident(ctx, schemas->v[0]) : "''";
}

Model *schema_load(const void *ctx, PgConn *conn, const TextList *schemas, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return load(ctx, conn, schemas, path_for(scratch, schemas), false, err);
}

Model *schema_load_here(const void *ctx, PgConn *conn, const TextList *schemas, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return load(ctx, conn, schemas, path_for(scratch, schemas), true, err);
}

Model *schema_load_qualified(const void *ctx, PgConn *conn, const TextList *schemas, Error *err)
{
    return load(ctx, conn, schemas, "''", false, err);
}
