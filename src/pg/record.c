/* pg/record.c: see record.h. */
#include "pg/record.h"

#include "pg/internal.h"
#include "sql/quote.h"

#include <errno.h>
#include <string.h>

struct PgRecord {
    FILE *out;
    Map *prepared; /* names of statements that the script prepares */
    Map *values;   /* what stands among parameters for a variable of psql */
};

/* The end of a statement; a comment in its last line would swallow the semicolon. */
static const char *end_of(const char *sql)
{
    const char *line = strrchr(sql, '\n');
    return strstr(line != NULL ? line : sql, "--") != NULL ? "\n;\n" : ";\n";
}

static void write_statement(const PgRecord *r, const char *sql)
{
    if (sql[strspn(sql, " \t\r\n")] != '\0')
        fprintf(r->out, "%s%s", sql, end_of(sql));
}

static void write_prepare(const PgRecord *r, const char *name, const char *sql)
{
    fprintf(r->out, "PREPARE %s AS\n%s%s", name, sql, end_of(sql));
}

static void write_execute(const PgRecord *r, const char *name, int count, const char *const *params)
{
    SCRATCH void *scratch = mem_scratch();
    fprintf(r->out, "EXECUTE %s", name);
    for (int i = 0; i < count; i++)
        fprintf(r->out, "%s%s", i == 0 ? "(" : ", ",
                params[i] != NULL && map_has(r->values, params[i]) ? params[i] : sql_literal(scratch, params[i]));
    fputs(count > 0 ? ")" : "", r->out);
}

bool pg_record(PgConn *conn, FILE *out, Error *err)
{
    if (!pg_wait(conn, err))
        return false;
    conn->record = mem_new(conn, PgRecord);
    *conn->record = (PgRecord){.out = out, .prepared = map_new(conn->record), .values = map_new(conn->record)};
    return pg_queue_timeouts(conn, err);
}

bool pg_recording(const PgConn *conn)
{
    return conn->record != NULL;
}

bool record_statement(PgConn *conn, const PgStatement *s)
{
    static const char unnamed[] = "pgwright_unnamed";
    const PgRecord *r = conn->record;
    bool has_params = s->params_count > 0 && !s->prepared;
    if (!s->prepared && !has_params) {
        write_statement(r, s->sql);
        return true;
    }
    if (has_params)
        write_prepare(r, unnamed, s->sql);
    write_execute(r, has_params ? unnamed : s->sql, s->params_count, s->params);
    fputs(";\n", r->out);
    if (has_params)
        fprintf(r->out, "DEALLOCATE %s;\n", unnamed);
    return true;
}

bool record_prepare(PgConn *conn, const char *name, const char *sql)
{
    if (!map_has(conn->record->prepared, name))
        write_prepare(conn->record, name, sql);
    map_set(conn->record->prepared, name, conn);
    return true;
}

void record_forget(PgConn *conn)
{
    write_statement(conn->record, "DEALLOCATE ALL");
    conn->record->prepared = map_new(conn->record);
}

bool record_text(PgConn *conn, const char *sql)
{
    size_t len = strlen(sql);
    fprintf(conn->record->out, "%s%s", sql, len > 0 && sql[len - 1] == '\n' ? "" : ";\n");
    return true;
}

bool record_copy(PgConn *conn, const char *sql, PgCopySource source, void *arg, Error *err)
{
    FILE *out = conn->record->out;
    const char *data;
    char last = '\n';
    write_statement(conn->record, sql);
    for (size_t len = 1; len > 0;) {
        if (!source(arg, &data, &len, err))
            return false;
        if (memchr(data, '\0', len) != NULL)
            return error_set(err, ERR_CONFIG, "binary COPY data cannot stand in a script");
        fwrite(data, 1, len, out);
        last = len > 0 ? data[len - 1] : last;
    }
    fputs(last == '\n' ? "\\.\n" : "\n\\.\n", out);
    return true;
}

const char *pg_record_value(PgConn *conn, const char *sql, int count, const char *const *params, const char *column)
{
    static const char name[] = "pgwright_value";
    PgRecord *r = conn->record;
    char *value = mem_printf(r, ":'pgwright_%s'", column);
    map_set(r->values, value, r);
    write_prepare(r, name, sql);
    write_execute(r, name, count, params);
    fprintf(r->out, " \\gset pgwright_\nDEALLOCATE %s;\n", name);
    return value;
}

void pg_record_echo(PgConn *conn, const char *line)
{
    if (conn->record == NULL)
        return;
    fputs("\\echo '", conn->record->out);
    for (const char *p = line; *p != '\0' && *p != '\n'; p++)
        fprintf(conn->record->out, "%s%c", *p == '\'' || *p == '\\' ? (char[]){*p, '\0'} : "", *p);
    fputs("'\n", conn->record->out);
}

bool pg_record_end(PgConn *conn, Error *err)
{
    const void *cursor = NULL;
    const char *name;
    void *ignored;
    PgRecord *r = conn->record;
    conn->record = NULL;
    while (map_next(r->prepared, &cursor, &name, &ignored))
        fprintf(r->out, "DEALLOCATE %s;\n", name);
    if (fflush(r->out) == 0 && !ferror(r->out))
        return true;
    return error_set(err, ERR_FAILED, "cannot write the script: %s", strerror(errno));
}
