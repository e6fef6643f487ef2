/* deploy/session/preview_read.c: what a preview saw gets its names: of relations, as they are after the rollback, and of
 * statements, from the files. */
#include "deploy/session/preview_internal.h"
#include "deploy/session/statements.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 120, ROW_EXCLUSIVE = 3 };

/* ---- statements ---- */

/* Lines of a text, asked for in rising order. */
typedef struct Lines {
    View text;
    size_t at;
    long line;
} Lines;

static long line_at(Lines *l, size_t offset)
{
    for (; l->at < offset && l->at < l->text.len; l->at++)
        l->line += l->text.p[l->at] == '\n';
    return l->line;
}

/* The beginning of a statement, its white space as one blank each. */
static const char *one_line(const void *ctx, View text)
{
    Str out = str_new(ctx);
    size_t i = 0;
    for (; i < text.len && out.len < TEXT_BYTES; i++) {
        bool blank = strchr(" \t\r\n\f\v", text.p[i]) != NULL;
        if (!blank)
            str_add_char(&out, text.p[i]);
        else if (out.len > 0 && out.text[out.len - 1] != ' ')
            str_add_char(&out, ' ');
    }
    size_t len = utf8_valid((View){out.text, out.len});
    return mem_printf(ctx, "%.*s%s", (int)len, out.text, i < text.len ? "…" : "");
}

static void describe(const Preview *p, PreviewStatement *s, const Statement *is, View text, Lines *lines, size_t at)
{
    s->command = is->facts.command;
    s->text = one_line(p->ctx, text);
    s->line = line_at(lines, at);
}

/* One that has no mark of its own is told with the next. */
static void describe_file(const Preview *p, PreviewFile *file)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    View content;
    StatementSpans found = {0};
    if (!folder_content(scratch, p->folder, file->file, &content, &ignored)) {
        error_clear(&ignored); /* it was changed meanwhile */
        return;
    }
    statements_find(scratch, content, &found);
    Lines lines = {.text = content, .line = 1};
    for (size_t i = 0; i < file->statements.n; i++) {
        PreviewStatement *s = &file->statements.v[i];
        if (s->number < 1 || (size_t)s->number > found.n)
            continue;
        const Statement *is = &found.v[s->number - 1];
        describe(p, s, is, (View){content.p + is->from, is->to - is->from}, &lines, is->from);
    }
}

/* The statements of all units, by their offsets in the whole script. */
static void find_all(const void *ctx, const PreviewScript *script, StatementSpans *found)
{
    for (size_t unit = 0; unit < script->units->n; unit++) {
        StatementSpans some = {0};
        const Unit *u = &script->units->v[unit];
        statements_find(ctx, u->text, &some);
        for (size_t i = 0; i < some.n; i++) {
            some.v[i].from += u->at;
            some.v[i].to += u->at;
            list_push(ctx, found, some.v[i]);
        }
    }
}

static void describe_driver(const Preview *p, PreviewFile *driver, const PreviewScript *script)
{
    SCRATCH void *scratch = mem_scratch();
    StatementSpans found = {0};
    const View source = p->folder->driver;
    const char *expanded = script->expanded->text.p;
    Lines lines = {.text = source, .line = 1};
    find_all(scratch, script, &found);
    for (size_t i = 0; i < driver->statements.n; i++) {
        PreviewStatement *s = &driver->statements.v[i];
        if (s->number < 1 || (size_t)s->number > found.n)
            continue;
        const Statement *is = &found.v[s->number - 1];
        const Macro *macro = expanded_part(script->expanded, is->from)->macro;
        View text = {expanded + is->from, is->to - is->from};
        if (macro != NULL)
            text = (View){source.p + macro->from, macro->to - macro->from};
        describe(p, s, is, text, &lines, expanded_origin(script->expanded, is->from));
        if (macro != NULL)
            s->command = "CALL";
    }
}

static void describe_skipped(Preview *p, const PreviewScript *script)
{
    Lines lines = {.text = p->folder->driver, .line = 1};
    for (size_t i = 0; i < p->result.skipped.n; i++) {
        PreviewSkipped *s = &p->result.skipped.v[i];
        if (s->file != NULL)
            continue;
        s->line = line_at(&lines, expanded_origin(script->expanded, s->at));
        s->text = one_line(p->ctx, (View){script->expanded->text.p + s->at, s->len});
    }
}

/* ---- relations ---- */

static const char relations_sql[] =
    "SELECT c.oid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), c.relkind,"
    "       coalesce(pg_catalog.pg_relation_filenode(c.oid), 0)"
    "  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.oid = ANY ($1::pg_catalog.oid[]) AND c.relpersistence <> 't' AND c.relkind IN ('r', 'p', 'm', 'v', 'f', 'S')";

static const char *all_relations(const void *ctx, const Preview *p)
{
    Str text = str_new(ctx);
    const void *cursor = NULL;
    const char *key;
    void *value;
    while (map_next(p->relations, &cursor, &key, &value))
        str_addf(&text, "%c%s", text.len == 0 ? '{' : ',', key);
    str_add(&text, text.len == 0 ? "{}" : "}");
    return text.text;
}

/* Its row in what the server told; -1: it was not there before. */
static int row_of(const Map *rows, unsigned relation)
{
    SCRATCH void *scratch = mem_scratch();
    const int *row = map_get(rows, mem_printf(scratch, "%u", relation));
    return row == NULL ? -1 : *row;
}

/* What takes numbers from a sequence locks it so, nextval() and setval(). */
static bool gives_numbers(const PreviewChange *c)
{
    return c->kind == 'S' && c->locks && c->level == ROW_EXCLUSIVE;
}

static void name_changes(Preview *p, PreviewFile *file, const PGresult *r, const Map *rows)
{
    for (size_t i = 0; i < file->changes.n; i++) {
        PreviewChange *c = &file->changes.v[i];
        int row = row_of(rows, c->relation);
        if (row < 0)
            continue;
        c->name = mem_strdup(p->ctx, PQgetvalue(r, row, 1));
        c->kind = *PQgetvalue(r, row, 2);
        preview_judge(file, c, (unsigned)strtoul(PQgetvalue(r, row, 3), NULL, 10));
        if (gives_numbers(c))
            list_push(p->ctx, &p->result.sequences, c->name);
    }
}

static bool name_relations(Preview *p, PgConn *conn, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *oids = all_relations(scratch, p);
    PGresult *r = pg_query(scratch, conn, relations_sql, 1, &oids, err);
    if (r == NULL)
        return error_wrap(err, "reading which relations were there before");
    Map *rows = map_new(scratch);
    int *numbers = mem_array(scratch, int, (size_t)PQntuples(r) + 1);
    for (int i = 0; i < PQntuples(r); i++) {
        numbers[i] = i;
        map_set(rows, PQgetvalue(r, i, 0), &numbers[i]);
    }
    for (size_t i = 0; i < p->result.files.n; i++)
        name_changes(p, p->result.files.v[i], r, rows);
    return true;
}

bool preview_read(Preview *p, PgConn *conn, const PreviewScript *script, Error *err)
{
    describe_driver(p, p->result.files.v[0], script);
    for (size_t i = 1; i < p->result.files.n; i++)
        describe_file(p, p->result.files.v[i]);
    describe_skipped(p, script);
    return p->result.kept || name_relations(p, conn, err);
}
