/* base/dotenv.c: see dotenv.h. */
#include "base/dotenv.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

typedef struct Reader {
    const void *ctx;
    const char *p, *end;
    long line;
    DotenvList *variables;
    TextList *faults;
} Reader;

static bool fail(Reader *r, long line, const char *message)
{
    list_push(r->ctx, r->faults, mem_printf(r->ctx, "%ld: %s", line, message));
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(Reader *r)
{
    while (r->p < r->end && is_blank(*r->p))
        r->p++;
}

static const char *line_end(const Reader *r)
{
    const char *p = r->p;
    while (p < r->end && *p != '\n')
        p++;
    return p;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '.';
}

static size_t name_length(const char *p, const char *end)
{
    size_t n = 0;
    while (p + n < end && (n == 0 ? is_letter(p[n]) : is_name(p[n])))
        n++;
    return n;
}

/* ---- $NAME ---- */

static const char *value_of(const Reader *r, const char *name)
{
    for (size_t i = r->variables->n; i-- > 0;)
        if (strcmp(r->variables->v[i].name, name) == 0)
            return r->variables->v[i].value;
    const char *value = getenv(name);
    return value == NULL ? "" : value;
}

/* At a $; a $ without a name stands for itself. Returns what stands behind it. */
static const char *expand(const Reader *r, const char *p, const char *end, Str *out)
{
    SCRATCH void *scratch = mem_scratch();
    bool braces = p + 1 < end && p[1] == '{';
    const char *name = p + 1 + braces;
    size_t n = name_length(name, end);
    if (n == 0 || (braces && (name + n == end || name[n] != '}'))) {
        str_add_char(out, '$');
        return p + 1;
    }
    str_add(out, value_of(r, mem_strndup(scratch, name, n)));
    return name + n + braces;
}

/* ---- values ---- */

static void add_escaped(Str *out, char c)
{
    str_add_char(out, c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c);
}

static bool read_quoted(Reader *r, Str *out)
{
    long line = r->line;
    const char *from = r->p;
    char quote = *r->p++;
    while (r->p < r->end && *r->p != quote && *r->p != '\0') {
        r->line += *r->p == '\n';
        if (quote == '"' && *r->p == '$') {
            r->p = expand(r, r->p, r->end, out);
        } else if (quote == '"' && *r->p == '\\' && r->p + 1 < r->end && r->p[1] != '\n') {
            add_escaped(out, r->p[1]);
            r->p += 2;
        } else {
            str_add_char(out, *r->p++);
        }
    }
    if (r->p == r->end || *r->p != quote) {
        /* the lines behind it may be meant as they look */
        r->p = from;
        r->line = line;
        return fail(r, line, "a quote that is not closed");
    }
    r->p++;
    skip_blanks(r);
    return r->p == r->end || *r->p == '\n' || *r->p == '#' || fail(r, r->line, "nothing but a comment may stand behind the quote");
}

static bool read_bare(Reader *r, Str *out)
{
    const char *end = line_end(r);
    for (const char *p = r->p; p < end; p++)
        if (*p == '#' && (p == r->p || is_blank(p[-1])))
            end = p;
    View value = view_trim((View){r->p, (size_t)(end - r->p)});
    if (memchr(value.p, '\0', value.len) != NULL)
        return fail(r, r->line, "a NUL byte");
    for (const char *p = value.p; p < value.p + value.len;) {
        if (*p == '$')
            p = expand(r, p, value.p + value.len, out);
        else
            str_add_char(out, *p++);
    }
    return true;
}

static bool read_variable(Reader *r)
{
    static const char export[] = "export";
    size_t n = name_length(r->p, r->end);
    if (n == sizeof export - 1 && memcmp(r->p, export, n) == 0 && r->p + n < r->end && is_blank(r->p[n])) {
        r->p += n;
        skip_blanks(r);
        n = name_length(r->p, r->end);
    }
    if (n == 0)
        return fail(r, r->line, "NAME=value is expected");
    const char *name = mem_strndup(r->ctx, r->p, n);
    r->p += n;
    skip_blanks(r);
    if (r->p == r->end || (*r->p != '=' && *r->p != ':'))
        return fail(r, r->line, "= is expected");
    r->p++;
    skip_blanks(r);
    Str value = str_new(r->ctx);
    bool quoted = r->p < r->end && (*r->p == '"' || *r->p == '\'');
    if (!(quoted ? read_quoted(r, &value) : read_bare(r, &value)))
        return false;
    list_push(r->ctx, r->variables, (DotenvVariable){name, value.text});
    return true;
}

void dotenv_parse(const void *ctx, const char *text, size_t len, DotenvList *variables, TextList *faults)
{
    Reader r = {.ctx = ctx, .p = text, .end = text + len, .line = 1, .variables = variables, .faults = faults};
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        r.p += 3;
    while (r.p < r.end) {
        skip_blanks(&r);
        if (r.p < r.end && *r.p != '\n' && *r.p != '#')
            read_variable(&r);
        r.p = line_end(&r);
        r.p += r.p < r.end;
        r.line++;
    }
}
