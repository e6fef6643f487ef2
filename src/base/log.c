/* base/log.c: see log.h. */
#include "base/log.h"

#include "base/list.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static LogLevel current_level = LOG_INFO;
static void (*before_line)(void);
static TextList secrets;

static const char MASK[] = "***";

/* What stands before a secret, and what ends it. */
static const struct {
    const char *before;
    const char *end;
} secret_patterns[] = {
    {"password=", " \t\r\n&;'\")"},
    {"password ", ""}, /* SQL: a literal behind it, or none of ours */
    {"passwd=", " \t\r\n&;'\")"},
    {"pwd=", " \t\r\n&;'\")"},
    {"token=", " \t\r\n&'\")"},
    {"bearer ", " \t\r\n'\")"},
    {"basic ", " \t\r\n'\")"},
};

void log_set_level(LogLevel level)
{
    current_level = level;
}

LogLevel log_level(void)
{
    return current_level;
}

void log_set_before_line(void (*before)(void))
{
    before_line = before;
}

void log_raw(const char *text)
{
    SCRATCH void *scratch = mem_scratch();
    if (before_line != NULL)
        before_line();
    fputs(redact(scratch, text), stderr);
    fflush(stderr);
}

void log_at(LogLevel level, const char *fmt, ...)
{
    if (level > current_level)
        return;
    SCRATCH void *scratch = mem_scratch();
    Str line = str_new(scratch);
    if (level == LOG_WARN)
        str_add(&line, "warning: ");
    va_list args;
    va_start(args, fmt);
    str_add(&line, mem_vprintf(scratch, fmt, args));
    va_end(args);
    str_add_char(&line, '\n');
    log_raw(line.text);
}

void redact_value(const char *secret)
{
    if (secret == NULL || strlen(secret) < 4)
        return;
    for (size_t i = 0; i < secrets.n; i++)
        if (strcmp(secrets.v[i], secret) == 0)
            return;
    list_push(NULL, &secrets, mem_strdup(NULL, secret));
}

/* scheme://user:SECRET@host: the password runs from the first ':' of the authority to the last '@' of all, for one that was
 * not written as a URL wants it may hold any character. */
static size_t url_password(const char *p, size_t *start)
{
    if (!text_starts(p, "://"))
        return 0;
    size_t authority = strcspn(p + 3, "/?# \t\r\n'\""), all = strcspn(p + 3, " \t\r\n'\"");
    const char *colon = memchr(p + 3, ':', authority);
    const char *at = memrchr(p + 3, '@', all);
    if (colon == NULL || at == NULL || at <= colon + 1)
        return 0;
    *start = (size_t)(colon - p) + 1;
    return (size_t)(at - p) - *start;
}

static size_t known_secret(const char *p)
{
    size_t longest = 0;
    for (size_t i = 0; i < secrets.n; i++) {
        size_t n = strlen(secrets.v[i]);
        if (n > longest && strncmp(p, secrets.v[i], n) == 0)
            longest = n;
    }
    return longest;
}

/* Length of what stands in quotes. A quote within is doubled (ADO.NET), or has a backslash before it (libpq). */
static size_t quoted_secret(const char *p, char quote)
{
    const char *end = p;
    while (*end != '\0' && (*end != quote || end[1] == quote)) {
        bool pair = *end == quote || (*end == '\\' && end[1] != '\0');
        end += pair ? 2 : 1;
    }
    return (size_t)(end - p);
}

/* The same in a literal within another, whose quotes are doubled. 0 when nothing ends it: the quotes were an empty value. */
static size_t nested_secret(const char *p, char quote)
{
    const char *end = strstr(p, (char[]){quote, quote, '\0'});
    return end == NULL ? 0 : (size_t)(end - p);
}

/* "a bearer token", "Basic users": words of a sentence, and no credentials. */
static bool is_word(const char *p, size_t len)
{
    return len < 6 || strspn(p + 1, "abcdefghijklmnopqrstuvwxyz") >= len - 1;
}

/* Length of a secret announced at `p` ("password=…"), *start its offset; quoted values end at their quote. */
static size_t announced_secret(const char *p, size_t *start)
{
    for (size_t i = 0; i < sizeof secret_patterns / sizeof secret_patterns[0]; i++) {
        size_t n = strlen(secret_patterns[i].before);
        if (strncasecmp(p, secret_patterns[i].before, n) != 0)
            continue;
        char quote = p[n] == '\'' || p[n] == '"' ? p[n] : '\0';
        bool nested = quote != '\0' && strspn(p + n, (char[]){quote, '\0'}) % 2 == 0;
        *start = n + (nested ? 2 : quote != '\0' ? 1 : 0);
        if (quote != '\0')
            return nested ? nested_secret(p + *start, quote) : quoted_secret(p + *start, quote);
        if (*secret_patterns[i].end == '\0')
            continue;
        size_t len = strcspn(p + n, secret_patterns[i].end);
        return secret_patterns[i].before[n - 1] == ' ' && is_word(p + n, len) ? 0 : len;
    }
    return 0;
}

/* A secret that text announces; what stands before it ("password=", a URL's user) is text as any other. */
typedef struct Announced {
    const char *p;
    size_t len;
} Announced;

static Announced announced_at(const char *p)
{
    size_t start = 0, len = url_password(p, &start);
    if (len == 0)
        len = announced_secret(p, &start);
    return (Announced){p + start, len};
}

/* Both, and what is between: one may be announced within what announces the other. */
static Announced join(Announced a, Announced b)
{
    if (a.len == 0 || b.len == 0)
        return a.len == 0 ? b : a;
    const char *end = a.p + a.len > b.p + b.len ? a.p + a.len : b.p + b.len;
    const char *from = a.p < b.p ? a.p : b.p;
    return (Announced){from, (size_t)(end - from)};
}

char *redact(const void *ctx, const char *text)
{
    Str out = str_new(ctx);
    Announced next = {0};
    for (const char *p = text; *p != '\0';) {
        size_t len = known_secret(p);
        next = join(next, announced_at(p));
        if (next.len > 0 && p + len >= next.p) { /* is at it, or a known secret reaches into it */
            size_t end = (size_t)(next.p + next.len - p);
            len = len > end ? len : end;
            next.len = 0;
        }
        if (len > 0)
            str_add(&out, MASK);
        else
            str_add_char(&out, *p);
        p += len > 0 ? len : 1;
    }
    return out.text;
}
