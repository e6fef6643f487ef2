/* sql/copy.c: COPY's data where the script itself holds it, and \copy. */
#include "base/file.h"
#include "sql/internal.h"

#include <errno.h>
#include <string.h>

/* Inline data begins behind the line that the COPY ends on. */
static bool to_data(Source *file, Error *err)
{
    for (;;) {
        const char *from = file->buffer + file->at;
        const char *newline = memchr(from, '\n', file->len - file->at);
        if (newline == NULL && !file->last) {
            if (!source_more(file, err))
                return false;
            continue;
        }
        const char *end = newline != NULL ? newline : file->buffer + file->len;
        View rest = view_trim((View){from, (size_t)(end - from)});
        if (rest.len > 0 && !(rest.len >= 2 && rest.p[0] == '-' && rest.p[1] == '-'))
            return source_error(file, (size_t)(rest.p - file->buffer), err,
                                "text behind COPY … FROM STDIN; its data begins on the next line");
        source_consume(file, (size_t)(end - file->buffer) + (newline != NULL));
        return true;
    }
}

static bool is_end_of_data(const char *line, size_t len)
{
    return len >= 2 && line[0] == '\\' && line[1] == '.' && (len == 2 || (len == 3 && line[2] == '\r'));
}

/* Whole lines of data from `at` on, up to "\." or the end of the window; *behind is where to go on. */
static size_t data_lines(const Source *file, bool *ended, size_t *behind)
{
    size_t i = file->at;
    while (i < file->len) {
        const char *newline = memchr(file->buffer + i, '\n', file->len - i);
        if (newline == NULL && !file->last)
            break;
        size_t end = newline != NULL ? (size_t)(newline - file->buffer) : file->len;
        if (is_end_of_data(file->buffer + i, end - i)) {
            *ended = true;
            *behind = end + (newline != NULL);
            return i;
        }
        i = end + (newline != NULL);
    }
    *behind = i;
    return i;
}

bool sql_script_copy_data(SqlScript *s, const char **data, size_t *len, Error *err)
{
    Source *file = s->frame->file;
    *data = "";
    *len = 0;
    if (!s->copy_pending)
        return true;
    if (!s->copy_begun && !to_data(file, err))
        return false;
    s->copy_begun = true;
    for (;;) {
        bool ended = false;
        size_t behind, end = data_lines(file, &ended, &behind);
        bool nothing = end == file->at;
        if (nothing && !ended && !file->last) {
            if (!source_more(file, err))
                return false;
            continue;
        }
        *len = end - file->at;
        *data = file->buffer + file->at;
        s->copy_pending = s->copy_begun = !nothing; /* a piece that "\." ends is followed by an empty one */
        source_consume(file, nothing ? behind : end);
        return true;
    }
}

bool copy_skip_data(SqlScript *s, Error *err)
{
    const char *data;
    size_t len;
    while (s->copy_pending)
        if (!sql_script_copy_data(s, &data, &len, err))
            return false;
    return true;
}

/* The parts of \copy: what stands before FROM or TO, where from or to, and the options behind. */
typedef struct CopyParts {
    View what, options;
    bool from;
    View place; /* stdin, stdout, program, or a file's name, quoted or not */
} CopyParts;

/* A file's name that is not quoted runs to the next blank or semicolon. */
static View copy_place(LexToken t, const char *end)
{
    const char *p = t.p + t.len;
    while (t.kind != LEX_STRING && p < end && strchr(" \t\r\v\f;", *p) == NULL)
        p++;
    return (View){t.p, (size_t)(p - t.p)};
}

static bool split_copy(View line, CopyParts *parts)
{
    Lexer lexer = {0};
    const char *end = line.p + line.len;
    bool found = false;
    for (const char *p = line.p; p < end;) {
        LexToken t = lex_next(&lexer, p, end, true);
        p = t.p + t.len;
        if (t.kind == LEX_SPACE)
            continue;
        if (found) {
            parts->place = copy_place(t, end);
            const char *behind = parts->place.p + parts->place.len;
            parts->options = view_trim((View){behind, (size_t)(end - behind)});
            return true;
        }
        View word = {t.p, t.len};
        bool from = view_is_nocase(word, "from");
        found = t.kind == LEX_WORD && lexer.parens == 0 && (from || view_is_nocase(word, "to"));
        parts->from = from;
        parts->what = view_trim((View){line.p, (size_t)(t.p - line.p)});
    }
    return false;
}

/* A file's name: '' in quotes stands for one, nothing else is special. */
static char *file_name(const void *ctx, View place)
{
    if (place.p[0] != '\'')
        return mem_strndup(ctx, place.p, place.len);
    Str name = str_new(ctx);
    for (size_t i = 1; i + 1 < place.len; i++) {
        str_add_char(&name, place.p[i]);
        i += place.p[i] == '\'';
    }
    return name.text;
}

static bool check_file(const Directive *d, const char *path, bool from)
{
    struct stat st;
    if (!script_within_root(d->script, path, d->at, d->err))
        return false;
    bool there = stat(path, &st) == 0;
    if (!there && from)
        return directive_fail(d, "cannot read the file %s: %s", path, strerror(errno));
    const char *fault = there ? source_kind_fault(&st) : NULL;
    return fault == NULL ||
           directive_fail(d, "cannot %s the file %s: %s", from ? "read" : "write", path, fault);
}

/* Sets the path of what \copy reads or writes; "" is the script itself. */
static bool copy_path(Directive *d, const CopyParts *parts)
{
    SqlScript *s = d->script;
    str_clear(&s->path);
    if (view_is_nocase(parts->place, "program"))
        return directive_fail(d, "\\copy … program would run a shell command, which pgwright never does");
    if (parts->from && view_is_nocase(parts->place, "pstdin"))
        return directive_fail(
            d, "\\copy … from pstdin would read from the terminal; write stdin for data in the script");
    if (view_is_nocase(parts->place, "stdin") || view_is_nocase(parts->place, "stdout") ||
        view_is_nocase(parts->place, "pstdout"))
        return true;
    SCRATCH void *scratch = mem_scratch();
    const char *path = path_join(scratch, s->base, file_name(scratch, parts->place));
    str_add(&s->path, path);
    return check_file(d, path, parts->from);
}

bool copy_directive(Directive *d)
{
    SqlScript *s = d->script;
    CopyParts parts = {0};
    if (!split_copy((View){d->args.p, (size_t)(d->args.end - d->args.p)}, &parts) || parts.what.len == 0)
        return directive_fail(d, "\\copy needs FROM or TO, and a file");
    if (!copy_path(d, &parts))
        return false;
    while (parts.options.len > 0 && parts.options.p[parts.options.len - 1] == ';')
        parts.options.len--;
    str_clear(&s->echo);
    str_add(&s->echo, "COPY ");
    str_add_n(&s->echo, parts.what.p, parts.what.len);
    str_add(&s->echo, parts.from ? " FROM STDIN " : " TO STDOUT ");
    str_add_n(&s->echo, parts.options.p, parts.options.len);
    directive_give(d, (SqlItem){
                          .kind = SQL_CLIENT_COPY,
                          .text = s->echo.text,
                          .len = s->echo.len,
                          .path = s->path.text,
                          .facts = {.kind = parts.from ? SQL_COPY_FROM_STDIN : SQL_COPY_TO_STDOUT,
                                    .command = "COPY",
                                    .locks = 2}
    });
    s->copy_pending = parts.from && s->path.len == 0;
    return true;
}
