/* sql/arguments.c: the arguments of psql's directives (psqlscanslash.l). 'single quotes' are taken off, with
 * '' and C's escapes in them; "double quotes" stay, and keep blanks together; variables are put in, their
 * values never split. */
#include "sql/internal.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A number of at most `most` digits of the base, as one byte. */
static const char *numeric_escape(const char *p, const char *end, int base, int most, Str *out)
{
    int value = 0;
    for (; most > 0 && p < end; most--, p++) {
        int digit = *p >= '0' && *p <= '9'                     ? *p - '0'
                    : (*p | 0x20) >= 'a' && (*p | 0x20) <= 'f' ? (*p | 0x20) - 'a' + 10
                                                               : 99;
        if (digit >= base)
            break;
        value = value * base + digit;
    }
    str_add_char(out, (char)value);
    return p;
}

/* `p` is behind the backslash; returns what is behind the escape. */
static const char *escape(const char *p, const char *end, Str *out)
{
    static const char from[] = "ntbrf", to[] = "\n\t\b\r\f";
    if (*p >= '0' && *p <= '7')
        return numeric_escape(p, end, 8, 3, out);
    if (*p == 'x' && p + 1 < end && strchr("0123456789abcdefABCDEF", p[1]) != NULL)
        return numeric_escape(p + 1, end, 16, 2, out);
    const char *known = strchr(from, *p);
    str_add_char(out, known != NULL ? to[known - from] : *p);
    return p + 1;
}

/* From the opening quote to behind the closing one; NULL when there is none. */
static const char *single_quoted(const char *p, const char *end, Str *out)
{
    for (p++; p < end;) {
        if (*p == '\'' && (p + 1 == end || p[1] != '\''))
            return p + 1;
        if (*p == '\\' && p + 1 < end) {
            p = escape(p + 1, end, out);
            continue;
        }
        str_add_char(out, *p);
        p += *p == '\'' ? 2 : 1;
    }
    return NULL;
}

static const char *double_quoted(const char *p, const char *end, Str *out)
{
    const char *close = memchr(p + 1, '"', (size_t)(end - p - 1));
    if (close == NULL)
        return NULL;
    str_add_n(out, p, (size_t)(close + 1 - p));
    return close + 1;
}

static const char *variable(const Arguments *a, Str *out)
{
    Lexer lexer = {0};
    LexToken t = lex_next(&lexer, a->p, a->end, true);
    bool is_variable = t.kind >= LEX_VARIABLE && t.kind <= LEX_VARIABLE_TEST;
    if (!is_variable || !variable_value(a->script, t, out))
        str_add_n(out, t.p, t.len);
    return t.p + t.len;
}

static bool next_piece(Arguments *a, Str *out)
{
    char c = *a->p;
    if (c == '`') {
        a->fault = "backquotes would run a shell command, which pgwright never does";
        return false;
    }
    if (c != '\'' && c != '"' && c != ':') {
        str_add_char(out, *a->p++);
        a->bare++;
        return true;
    }
    a->bare = 0;
    const char *behind = c == '\''  ? single_quoted(a->p, a->end, out)
                         : c == '"' ? double_quoted(a->p, a->end, out)
                                    : variable(a, out);
    if (behind == NULL)
        a->fault = "a quoted argument that is not closed";
    else
        a->p = behind;
    return behind != NULL;
}

bool arguments_next(Arguments *a, Str *out)
{
    str_clear(out);
    a->bare = 0;
    while (a->p < a->end && is_blank(*a->p))
        a->p++;
    if (a->p == a->end)
        return false;
    while (a->p < a->end && !is_blank(*a->p) && a->fault == NULL) {
        if (!next_piece(a, out))
            return false;
        if (out->len > VALUE_MAX)
            a->fault = "an argument of more than 1 MB";
    }
    return a->fault == NULL;
}

const char *arguments_end(const char *p, const char *line_end)
{
    char quote = '\0';
    for (; p < line_end; p++) {
        if (quote == '\0' && *p == '\\')
            return p;
        if (quote == '\'' && *p == '\\' && p + 1 < line_end)
            p++;
        else if (*p == quote)
            quote = '\0';
        else if (quote == '\0' && strchr("'\"`", *p) != NULL)
            quote = *p;
    }
    return line_end;
}
