/* project/control.c: see control.h. */
#include "project/control.h"

#include <string.h>

typedef struct Line {
    const char *path;
    View file; /* all of it */
    long number;
    View text;
    Error *err;
} Line;

static bool fault(const Line *line, const char *at, const char *message)
{
    error_set(line->err, ERR_CONFIG, "%s", message);
    error_place_in(line->err, line->path, line->file, at);
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && is_blank(*p))
        p++;
    return p;
}

/* A quoted value: '' is one quote, and \x is x as guc-file.l reads it. NULL when it is not closed. */
static const char *read_quoted(const char *p, const char *end, Str *value)
{
    for (p++; p < end; p++) {
        bool doubled = *p == '\'' && p + 1 < end && p[1] == '\'';
        if (*p == '\'' && !doubled)
            return p + 1;
        if (doubled || (*p == '\\' && p + 1 < end))
            p++;
        str_add_char(value, *p);
    }
    return NULL;
}

static bool read_value(const Line *line, const char *p, Str *value)
{
    const char *end = line->text.p + line->text.len;
    const char *from = p;
    if (p < end && *p == '\'') {
        p = read_quoted(p, end, value);
        if (p == NULL)
            return fault(line, from, "a quoted value that is not closed");
    } else {
        while (p < end && *p != '#')
            str_add_char(value, *p++);
        while (value->len > 0 && is_blank(value->text[value->len - 1]))
            value->text[--value->len] = '\0';
    }
    p = skip_blanks(p, end);
    return p == end || *p == '#' || fault(line, p, "nothing but a comment may follow the value");
}

/* "a, b": names between commas, blanks around them dropped. */
static void split_names(const void *ctx, const char *text, TextList *out)
{
    while (*text != '\0') {
        size_t n = strcspn(text, ",");
        View name = view_trim((View){text, n});
        if (name.len >= 2 && name.p[0] == '"' && name.p[name.len - 1] == '"')
            name = (View){name.p + 1, name.len - 2};
        if (name.len > 0)
            list_push(ctx, out, mem_strndup(ctx, name.p, name.len));
        text += n + (text[n] == ',');
    }
}

static bool read_line(const void *ctx, const Line *line, Control *out)
{
    SCRATCH void *scratch = mem_scratch();
    const char *end = line->text.p + line->text.len;
    const char *p = skip_blanks(line->text.p, end);
    if (p == end || *p == '#')
        return true;
    const char *name = p;
    while (p < end && !is_blank(*p) && *p != '=')
        p++;
    View key = {name, (size_t)(p - name)};
    p = skip_blanks(p, end);
    if (key.len == 0 || p == end)
        return fault(line, p, "name = 'value' is expected");
    if (*p == '=')
        p = skip_blanks(p + 1, end);
    Str value = str_new(scratch);
    if (!read_value(line, p, &value))
        return false;
    if (view_is_nocase(key, "requires")) {
        out->requires = (TextList){0}; /* the last line counts, as for PostgreSQL */
        out->requires_line = line->number;
        split_names(ctx, value.text, &out->requires);
    } else if (view_is_nocase(key, "default_version")) {
        out->default_version = mem_strdup(ctx, value.text);
    } else if (view_is_nocase(key, "comment")) {
        out->comment = mem_strdup(ctx, value.text);
    } else if (view_is_nocase(key, "schema")) {
        out->schema = mem_strdup(ctx, value.text);
    }
    return true;
}

bool control_parse(const void *ctx, const char *text, size_t len, const char *path, Control *out, Error *err)
{
    const char *p = text, *end = text + len;
    *out = (Control){0};
    if (len >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
        p += 3;
    for (long number = 1; p < end; number++) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *stop = newline == NULL ? end : newline;
        Line line = {.path = path, .file = {text, len}, .number = number, .text = {p, (size_t)(stop - p)}, .err = err};
        size_t valid = utf8_valid(line.text);
        if (valid < line.text.len)
            return fault(&line, p + valid, p[valid] == '\0' ? "a NUL byte" : "invalid UTF-8");
        if (!read_line(ctx, &line, out))
            return false;
        p = newline == NULL ? end : newline + 1;
    }
    return true;
}
