/* base/error.c: see error.h. */
#include "base/error.h"

#include "base/file.h"

#include <stdarg.h>
#include <string.h>

const ErrorClassInfo error_classes[] = {
    {ERR_NONE, "ok", "done, or nothing to do"},
    {ERR_FAILED, "failed", "any failure that has no line of its own"},
    {ERR_USAGE, "usage", "unknown flag, missing argument"},
    {ERR_INTERNAL, "internal", "internal error: a bug of ours"},
    {ERR_CONFIG, "config", "configuration, project, plan or script files at fault: found before anything was touched"},
    {ERR_CONNECTION, "connection", "connection or sign-in failed"},
    {ERR_REFUSED, "refused", "refused: approval missing or denied, a guard said no"},
    {ERR_SQL, "sql", "SQL failed"},
    {ERR_NO_PROJECT, "no-project", "the project's main file was not found"},
    {ERR_LOCKED, "locked", "another run holds the lock"},
    {ERR_TIMEOUT, "timeout", "out of time (--timeout, a statement's own limit, or a lock that was not had in time)"},
    {ERR_VERIFY, "verify", "verification failed: verify script, test, health check"},
    {ERR_DIFFERS, "differs", "it differs: drift, changed scripts, an interrupted change, --check"},
    {ERR_INTERRUPTED, "interrupted", "interrupted"},
};
const size_t error_classes_count = sizeof error_classes / sizeof error_classes[0];

static Error *error_last(Error *err)
{
    while (err->next != NULL)
        err = err->next;
    return err;
}

/* In parentheses because error.h makes macros of these names for the analyzer. */
bool(error_set)(Error *err, ErrorClass class, const char *fmt, ...)
{
    Error *target = error_last(err);
    if (error_is_set(target)) {
        target->next = mem_new(NULL, Error);
        target = target->next;
    }
    target->class = class;
    va_list args;
    va_start(args, fmt);
    target->message = mem_vprintf(NULL, fmt, args);
    va_end(args);
    return false;
}

__attribute__((format(printf, 2, 0))) static void replace(char **field, const char *fmt, va_list args)
{
    char *text = mem_vprintf(NULL, fmt, args);
    talloc_free(*field);
    *field = text;
}

void error_detail(Error *err, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    replace(&error_last(err)->detail, fmt, args);
    va_end(args);
}

void error_hint(Error *err, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    replace(&error_last(err)->hint, fmt, args);
    va_end(args);
}

void error_place(Error *err, const char *file, long line, long column, const char *source)
{
    Error *target = error_last(err);
    talloc_free(target->file);
    talloc_free(target->source);
    target->file = mem_strdup(NULL, file);
    target->source = source == NULL ? NULL : utf8_repaired(NULL, view_of(source));
    target->line = line;
    target->column = column;
}

void error_place_in(Error *err, const char *file, View text, const char *at)
{
    SCRATCH void *scratch = mem_scratch();
    long line = 1, column = 1;
    const char *from = text.p, *end = text.p + text.len;
    for (const char *newline; (newline = memchr(from, '\n', (size_t)(at - from))) != NULL; line++)
        from = newline + 1;
    const char *newline = memchr(from, '\n', (size_t)(end - from));
    const char *stop = newline == NULL ? end : newline;
    bool has_mark = line == 1 && stop - from >= 3 && memcmp(from, "\xEF\xBB\xBF", 3) == 0;
    from += has_mark ? 3 : 0;
    for (const char *p = from; p < at; p++)
        column += ((unsigned char)*p & 0xC0) != 0x80;
    size_t len = (size_t)(stop - from) - (stop > from && stop[-1] == '\r');
    error_place(err, file, line, column, utf8_repaired(scratch, (View){from, len}));
}

void error_code(Error *err, const char *static_code)
{
    error_last(err)->code = static_code;
}

bool(error_wrap)(Error *err, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *outer = mem_vprintf(NULL, fmt, args);
    va_end(args);
    for (Error *e = err; e != NULL; e = e->next) {
        char *inner = e->context;
        e->context = inner == NULL ? mem_strdup(NULL, outer) : mem_printf(NULL, "%s: %s", outer, inner);
        talloc_free(inner);
    }
    talloc_free(outer);
    return false;
}

bool error_is_set(const Error *err)
{
    return err->message != NULL;
}

size_t error_count(const Error *err)
{
    size_t n = 0;
    for (; err != NULL && error_is_set(err); err = err->next)
        n++;
    return n;
}

void error_clear(Error *err)
{
    for (Error *next = err->next; next != NULL;) {
        Error *after = next->next;
        next->next = NULL;
        error_clear(next);
        talloc_free(next);
        next = after;
    }
    char *texts[] = {err->message, err->context, err->detail, err->hint, err->file, err->source};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        talloc_free(texts[i]);
    *err = (Error){0};
}

void error_move(Error *to, Error *from)
{
    error_clear(to);
    *to = *from;
    *from = (Error){0};
}

void error_append(Error *to, Error *from)
{
    Error *last = error_last(to);
    if (error_is_set(last)) {
        last->next = mem_new(NULL, Error);
        last = last->next;
    }
    *last = *from;
    *from = (Error){0};
}

enum { SHOWN_MAX = 160, SHOWN_BEFORE = 80 }; /* characters of a long line, and those before the place */

/* `n` characters further on, or the end. */
static const char *skip_characters(const char *p, long n)
{
    while (n > 0 && *p != '\0') {
        p++;
        n -= ((unsigned char)*p & 0xC0) != 0x80;
    }
    return p;
}

/* The caret stands under the column as a terminal shows it: tabs are kept, so that they line up. Of a long line the part
 * around the column is shown. */
static void render_source(const Error *err, Str *out)
{
    long before = err->column > SHOWN_MAX - SHOWN_BEFORE ? err->column - SHOWN_BEFORE : 0;
    const char *from = skip_characters(err->source, before), *stop = skip_characters(from, SHOWN_MAX);
    const char *lead = from > err->source ? "…" : "";
    str_addf(out, "  %s%.*s%s\n", lead, (int)(stop - from), from, *stop != '\0' ? "…" : "");
    if (err->column <= 0)
        return;
    str_add(out, from > err->source ? "   " : "  ");
    for (const char *p = from, *at = skip_characters(from, err->column - 1 - before); p < at; p = skip_characters(p, 1))
        str_add_char(out, *p == '\t' ? '\t' : ' ');
    str_add(out, "^\n");
}

static void render_field(const char *label, const char *text, Str *out)
{
    if (text != NULL && *text != '\0')
        str_addf(out, "  %s: %s\n", label, text);
}

void error_render(const Error *err, Str *out)
{
    for (; err != NULL && error_is_set(err); err = err->next) {
        str_add(out, "pgwright: ");
        if (err->file != NULL) {
            str_add(out, path_shown(err->file));
            if (err->line > 0)
                str_addf(out, ":%ld", err->line);
            if (err->line > 0 && err->column > 0)
                str_addf(out, ":%ld", err->column);
            str_add(out, ": ");
        }
        str_add(out, err->message);
        if (err->sqlstate[0] != '\0')
            str_addf(out, " (SQLSTATE %s)", err->sqlstate);
        str_add_char(out, '\n');
        if (err->source != NULL)
            render_source(err, out);
        render_field("detail", err->detail, out);
        render_field("while", err->context, out);
        render_field("hint", err->hint, out);
    }
}
