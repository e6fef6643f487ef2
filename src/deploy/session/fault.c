/* deploy/session/fault.c: see fault.h. */
#include "deploy/session/fault.h"

#include "base/file.h"
#include "deploy/session/marks.h"
#include "deploy/session/statements.h"
#include "deploy/session/suspects.h"
#include "deploy/session/syntax.h"
#include "deploy/session/within.h"

#include <stdlib.h>
#include <string.h>

/* ---- what is said ---- */

/* SQLSTATEs that are not plain "SQL failed", or that need a word more here (manual, appendix A). */
static const struct {
    const char *sqlstate;
    ErrorClass class;
    const char *hint;
} special_states[] = {
    {"55P03", ERR_TIMEOUT, "another session holds the lock; raise --lock-timeout, or deploy at a quieter time"},
    {"57P01", ERR_CONNECTION, "what was committed stays; run the same command again"},
    {"57P02", ERR_CONNECTION, "what was committed stays; run the same command again"},
    {"57P03", ERR_CONNECTION, "the server is starting up or shutting down: try again"},
    {"25001", ERR_SQL, "put it behind the first COMMIT of deploy.sql, as a statement of its own; or into a file with "
                       "transaction=\"none\" for pgwright_deploy_files()"},
    {"55P04", ERR_SQL, "a new value of an enum can be used once it is committed: put its use into a file behind the one that "
                       "adds it, or both into one with transaction=\"none\""},
    {"25P01", ERR_SQL, "put BEGIN before it: CALL pgmi_test() and SAVEPOINT want a transaction that was begun in words"},
    {"2D000", ERR_SQL, "a DO or CALL that commits must be a statement of its own, behind the first COMMIT of deploy.sql"},
};

static const char *field(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);
    return text != NULL && *text != '\0' ? text : NULL;
}

/* \i and :name are psql's; the server stumbles over their first character. */
static bool is_psql(const char *sqlstate, const char *message)
{
    return sqlstate != NULL && message != NULL && strcmp(sqlstate, "42601") == 0 &&
           (strstr(message, "\"\\\"") != NULL || strstr(message, "\":\"") != NULL);
}

static void tell(const PGresult *result, Error *err)
{
    const char *sqlstate = field(result, PG_DIAG_SQLSTATE), *message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = field(result, PG_DIAG_MESSAGE_DETAIL), *hint = field(result, PG_DIAG_MESSAGE_HINT);
    ErrorClass class = ERR_SQL;
    for (size_t i = 0; sqlstate != NULL && i < sizeof special_states / sizeof special_states[0]; i++) {
        if (strcmp(sqlstate, special_states[i].sqlstate) == 0) {
            class = special_states[i].class;
            hint = hint != NULL ? hint : special_states[i].hint;
        }
    }
    if (hint == NULL && is_psql(sqlstate, message))
        hint = "deploy.sql goes to the server as it is: psql's backslash commands and :variables are not known there";
    error_set(err, class, "%s", message != NULL ? message : PQresultErrorMessage(result));
    if (sqlstate != NULL)
        memcpy(err->sqlstate, sqlstate, strnlen(sqlstate, sizeof err->sqlstate - 1) + 1);
    if (detail != NULL)
        error_detail(err, "%s", detail);
    if (hint != NULL)
        error_hint(err, "%s", hint);
}

/* ---- files of the project ---- */

const FolderFile *fault_file(const Folder *folder, const char *path, size_t len)
{
    for (size_t i = 0; i < folder->files.n; i++)
        if (strlen(folder->files.v[i].path) == len && memcmp(folder->files.v[i].path, path, len) == 0)
            return &folder->files.v[i];
    return NULL;
}

/* The file whose content is this text. Of several that are equal the first. */
static const FolderFile *file_of_text(const Folder *folder, View text)
{
    char digest[DIGEST_HEX_MAX] = "";
    for (size_t i = 0; i < folder->files.n; i++) {
        const FolderFile *file = &folder->files.v[i];
        if (file->size != text.len || text.len == 0)
            continue;
        if (digest[0] == '\0')
            digest_of(DIGEST_SHA256, text.p, text.len, digest);
        if (strcmp(digest, file->checksum) == 0)
            return file;
    }
    return NULL;
}

/* The first file that the context quotes, and where that quotation's text begins. */
static const FolderFile *file_of_context(const Folder *folder, View context, size_t *from)
{
    const char *end = context.p + context.len;
    for (const char *quote = context.p; (quote = memchr(quote, '"', (size_t)(end - quote))) != NULL; quote++) {
        for (const char *close = quote; (close = memchr(close + 1, '"', (size_t)(end - close - 1))) != NULL;) {
            if (close + 1 < end && close[1] != '\n')
                continue;
            const FolderFile *file = file_of_text(folder, (View){quote + 1, (size_t)(close - quote - 1)});
            if (file == NULL)
                continue;
            *from = (size_t)(quote + 1 - context.p);
            return file;
        }
    }
    return NULL;
}

static void place_at(const Folder *folder, const FolderFile *file, View content, long at, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *path = path_join(scratch, folder->shown, file->path + strlen("./"));
    if (at >= 0)
        error_place_in(err, path, content, content.p + at);
    else
        error_place(err, path, 0, 0, NULL);
}

/* Where there is one statement that can have failed so, its place; where there are a few, they are named. */
static long find_suspects(View content, const StatementSpans *statements, const PGresult *result, Error *err)
{
    enum { MOST_NAMED = 6 };
    SCRATCH void *scratch = mem_scratch();
    StatementSpans suspects = {0};
    Str text = str_new(scratch);
    suspects_find(scratch, content, statements, result, &suspects);
    if (suspects.n == 1)
        return (long)suspects.v[0].from;
    if (suspects.n == 0 || suspects.n > MOST_NAMED)
        return WITHIN_NOWHERE;
    if (err->detail != NULL)
        str_addf(&text, "%s\n", err->detail);
    str_add(&text, "the statement that failed is one of those in lines ");
    for (size_t i = 0; i < suspects.n; i++)
        str_addf(&text, "%s%ld", i == 0 ? "" : i + 1 < suspects.n ? ", " : " and ", text_line(content, suspects.v[i].from));
    error_detail(err, "%s", text.text);
    return WITHIN_NOWHERE;
}

/* Within a file that was executed, by the context that stands before it. */
static void place_in_file(const Fault *f, const FolderFile *file, View context, const PGresult *result, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    View content;
    StatementSpans statements = {0};
    f->run->failed_file = file->path;
    if (f->unit != NULL)
        error_wrap(err, "running %s:%ld", path_shown(f->driver_path), f->run->script_line);
    if (!folder_content(scratch, f->folder, file, &content, &ignored)) {
        error_clear(&ignored);
        return;
    }
    const char *query = result == NULL ? NULL : field(result, PG_DIAG_INTERNAL_QUERY);
    const char *position = result == NULL ? NULL : field(result, PG_DIAG_INTERNAL_POSITION);
    long at = query == NULL ? WITHIN_NOWHERE : within_only_place(content, view_of(marks_removed(scratch, query)));
    if (at != WITHIN_NOWHERE && position != NULL)
        at += (long)marks_origin(view_of(query), utf8_offset(view_of(query), strtol(position, NULL, 10) - 1));
    if (at == WITHIN_NOWHERE) {
        statements_find(scratch, content, &statements);
        at = within_find(content, statements.v, statements.n, context);
        bool is_its_own = memchr(context.p, '\n', context.len) == NULL;
        if (at == WITHIN_NOWHERE && is_its_own && result != NULL)
            at = find_suspects(content, &statements, result, err);
    }
    place_at(f->folder, file, content, at, err);
}

/* ---- deploy.sql ---- */

/* Where in `text` one of its statements failed, by the failure's context; else where that statement begins. */
static size_t offset_within(View text, const Statement *failed, const PGresult *result)
{
    const char *context = result == NULL ? NULL : field(result, PG_DIAG_CONTEXT);
    long at = within_find((View){text.p, failed->to}, failed, 1, view_of(context == NULL ? "" : context));
    return at >= (long)failed->from ? (size_t)at : failed->from;
}

/* The offset of the failure in what was sent: where the server says, or where its statement begins. */
static size_t offset_in_sent(const Fault *f, const PGresult *result)
{
    SCRATCH void *scratch = mem_scratch();
    View text = f->sent;
    long position = result == NULL ? 0 : pg_result_position(result);
    if (position > 0)
        return utf8_offset(text, position - 1);
    StatementSpans statements = {0};
    statements_find(scratch, text, &statements);
    return f->done >= statements.n ? 0 : offset_within(text, &statements.v[f->done], result);
}

static void place_in_driver(const Fault *f, const PGresult *result, Error *err)
{
    const View script = f->folder->driver;
    size_t offset = f->unit->at + marks_origin(f->sent, offset_in_sent(f, result));
    size_t at = expanded_origin(f->expanded, offset);
    f->run->expanded = expanded_part(f->expanded, offset)->macro != NULL;
    error_place_in(err, f->driver_path, script, script.p + (at < script.len ? at : script.len));
    f->run->script_line = err->line;
}

void fault_place_syntax(const Folder *folder, const FolderFile *file, View content, long at, Error *err)
{
    place_at(folder, file, content, (long)utf8_offset(content, at), err);
}

void fault_find_syntax(PgConn *conn, const Folder *folder, const char *failed_file, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const FolderFile *file = failed_file == NULL ? NULL : fault_file(folder, failed_file, strlen(failed_file));
    Error ignored = {0};
    View content;
    long at;
    if (file != NULL && err->line == 0 && strcmp(err->sqlstate, "42601") == 0 &&
        folder_content(scratch, folder, file, &content, &ignored) && !syntax_check(conn, content, &at))
        fault_place_syntax(folder, file, content, at, err);
    error_clear(&ignored);
}

/* ---- statements that are sent alone ---- */

void fault_place_file(const Folder *folder, const FolderFile *file, View content, size_t at, Error *err)
{
    place_at(folder, file, content, (long)at, err);
}

static void place_sent_alone(const Fault *f, const FolderFile *file, View content, size_t at, Error *err)
{
    place_in_driver(f, NULL, err);
    f->run->failed_file = file->path;
    error_wrap(err, "running %s:%ld", path_shown(f->driver_path), f->run->script_line);
    place_at(f->folder, file, content, (long)at, err);
}

void fault_place_statement(const Fault *f, const FolderFile *file, View content, const Statement *statement, Error *err)
{
    place_sent_alone(f, file, content, statement->from, err);
}

bool fault_tell_statement(const Fault *f, const FolderFile *file, View content, const Statement *statement, const PGresult *result,
                          Error *err)
{
    const char *context = field(result, PG_DIAG_CONTEXT);
    View text = {content.p + statement->from, statement->to - statement->from};
    long position = pg_result_position(result);
    size_t at = position > 0 ? statement->from + utf8_offset(text, position - 1) : offset_within(content, statement, result);
    tell(result, err);
    if (context != NULL)
        f->run->where = mem_strdup(f->ctx, context);
    place_sent_alone(f, file, content, at < statement->to ? at : statement->from, err);
    return false;
}

/* ---- all of it ---- */

/* The server's context, with a file's path where its whole content stands. */
static char *shortened(const Fault *f, const char *context)
{
    size_t from;
    Str out = str_new(f->ctx);
    const FolderFile *file;
    View rest = view_of(context);
    while ((file = file_of_context(f->folder, rest, &from)) != NULL) {
        str_add_n(&out, rest.p, from);
        str_add(&out, file->path);
        rest = (View){rest.p + from + file->size, rest.len - from - file->size};
    }
    str_add_n(&out, rest.p, rest.len);
    return out.text;
}

/* "Failed in ./a/b.sql: …", as people's scripts and the tests say it. */
static const FolderFile *file_of_message(const Fault *f, const char *message)
{
    static const char mark[] = "Failed in ";
    const char *at = strstr(message, mark);
    if (at == NULL)
        return NULL;
    at += strlen(mark);
    for (const char *colon = at; (colon = strstr(colon, ": ")) != NULL; colon++) {
        const FolderFile *file = fault_file(f->folder, at, (size_t)(colon - at));
        if (file != NULL)
            return file;
    }
    return fault_file(f->folder, at, strcspn(at, " :\n"));
}

/* Cuts a context where it quotes a file; the file, or NULL. */
static const FolderFile *cut_at_file(const Folder *folder, View *context)
{
    size_t from;
    const FolderFile *file = file_of_context(folder, *context, &from);
    if (file != NULL)
        context->len = from;
    return file;
}

/* As if nothing of ours had been sent. */
static const char *plain_field(const Fault *f, const PGresult *result, int code)
{
    const char *text = field(result, code);
    return text == NULL ? NULL : marks_removed(f->ctx, text);
}

bool fault_tell(const Fault *f, const PGresult *result, Error *err)
{
    const char *said = plain_field(f, result, PG_DIAG_CONTEXT), *query = plain_field(f, result, PG_DIAG_INTERNAL_QUERY);
    View context = view_of(said == NULL ? "" : said);
    tell(result, err);
    if (said != NULL)
        f->run->where = shortened(f, said);
    if (f->unit != NULL)
        place_in_driver(f, result, err);
    const FolderFile *file = query == NULL ? NULL : file_of_text(f->folder, view_of(query));
    if (file == NULL)
        file = cut_at_file(f->folder, &context);
    if (file != NULL) {
        place_in_file(f, file, context, result, err);
        return false;
    }
    file = file_of_message(f, err->message);
    if (file == NULL)
        return false;
    bool told = f->test_path != NULL && strcmp(file->path, f->test_path) == 0;
    context = view_of(told ? f->test_context : "");
    if (told) /* instead of that of raising the error anew */
        f->run->where = shortened(f, f->test_context);
    cut_at_file(f->folder, &context);
    place_in_file(f, file, context, NULL, err);
    return false;
}
