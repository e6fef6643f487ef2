/* schema/desired_files.c: see desired_files.h. */
#include "schema/desired_files.h"

#include "base/file.h"
#include "base/list.h"
#include "base/pool.h"

#include <string.h>

static bool is_wanted(const SqlItem *item)
{
    switch (item->facts.kind) {
    case SQL_BEGIN:
    case SQL_COMMIT:
    case SQL_ROLLBACK:
    case SQL_SAVEPOINT:
    case SQL_COPY_FROM_STDIN:
    case SQL_COPY_TO_STDOUT: return false;
    case SQL_OTHER:
    case SQL_ADD_ENUM_VALUE:
    case SQL_SET: return true;
    }
    return true;
}

typedef struct Reader {
    WantedFiles *files;
    Digest *digest;
    Pool texts;
    const char *file; /* of the statement before */
} Reader;

static const char *keep_file(Reader *r, const char *file)
{
    if (r->file == NULL || strcmp(r->file, file) != 0)
        r->file = pool_text(&r->texts, view_of(file));
    return r->file;
}

static void take(Reader *r, const SqlItem *item)
{
    WantedFiles *files = r->files;
    if (item->kind != SQL_STATEMENT || !is_wanted(item)) {
        files->rows_skipped += item->kind == SQL_CLIENT_COPY || item->facts.kind == SQL_COPY_FROM_STDIN;
        return;
    }
    WantedStatement s = {.sql = pool_text(&r->texts, (View){item->text, item->len}),
                         .place = item->place,
                         .kind = item->facts.kind,
                         .no_transaction = item->facts.no_transaction};
    s.place.file = keep_file(r, item->place.file);
    list_push(files, &files->statements, s);
    digest_add(r->digest, s.sql, item->len + 1);
}

/* A folder is a file that includes it. */
static SqlScript *open_files(WantedFiles *files, const char *path, Error *err)
{
    SqlScriptOptions options = {.root = files->folder, .base = files->folder, .name = path_shown(path), .tree = true};
    return dir_exists(path) ? sql_script_of_text(files, "\\i ./\n", strlen("\\i ./\n"), &options, err)
                            : sql_script_open(files, files->main, &options, err);
}

WantedFiles *wanted_read(const void *ctx, const char *file, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    WantedFiles *files = mem_new(ctx, WantedFiles);
    if (!file_exists(file) && !dir_exists(file)) {
        error_set(err, ERR_NO_PROJECT, "there is no file %s", file);
        return NULL;
    }
    Reader reader = {.files = files, .digest = digest_new(scratch, DIGEST_SHA256), .texts = {.owner = files}};
    files->main = path_real(files, file);
    files->folder = dir_exists(file) ? files->main : path_dir(files, files->main);
    SqlScript *script = open_files(files, file, err);
    SqlItem item;
    SqlNext next = SQL_NEXT_ERROR;
    while (script != NULL && (next = sql_script_next(script, &item, err)) == SQL_NEXT_ITEM)
        take(&reader, &item);
    digest_hex(reader.digest, files->digest);
    return next == SQL_NEXT_END ? files : NULL;
}

/* Place and line of a character of the statement. */
static SqlPlace place_in(const WantedStatement *s, long position, View *line)
{
    SqlPlace place = s->place;
    const char *p = s->sql, *begin = s->sql;
    for (long i = 1; i < position && *p != '\0'; i++) {
        size_t len = utf8_sequence(p, strlen(p));
        if (*p == '\n') {
            place.line++;
            place.column = 1;
            begin = p + 1;
        } else {
            place.column++;
        }
        p += len > 0 ? len : 1;
    }
    *line = (View){begin, strcspn(begin, "\n")};
    return place;
}

bool wanted_error(WantedStatement *s, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    View line;
    SqlPlace place = place_in(s, s->position, &line);
    Str source = str_new(scratch);
    /* the statement's first line may begin within a line of its file */
    if (place.line == s->place.line)
        str_add_repeat(&source, ' ', (size_t)s->place.column - 1);
    str_add_n(&source, line.p, line.len < 300 ? line.len : 300);
    s->failure->class = ERR_CONFIG;
    error_place(s->failure, place.file, place.line, place.column, source.text);
    error_append(err, s->failure);
    return false;
}
