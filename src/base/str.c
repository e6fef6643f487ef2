/* base/str.c: see str.h. */
#include "base/str.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void str_reserve(Str *s, size_t extra)
{
    size_t need = s->len + extra + 1;
    if (need <= s->cap)
        return;
    size_t cap = s->cap < 64 ? 64 : s->cap;
    while (cap < need)
        cap *= 2;
    s->text = mem_resize(s->ctx, s->text, 1, cap);
    s->cap = cap;
}

Str str_new(const void *ctx)
{
    Str s = {.ctx = ctx};
    str_reserve(&s, 0);
    s.text[0] = '\0';
    return s;
}

void str_add_n(Str *s, const char *text, size_t len)
{
    str_reserve(s, len);
    if (len > 0)
        memcpy(s->text + s->len, text, len);
    s->len += len;
    s->text[s->len] = '\0';
}

void str_add(Str *s, const char *text)
{
    str_add_n(s, text, strlen(text));
}

void str_add_char(Str *s, char c)
{
    str_add_n(s, &c, 1);
}

void str_add_repeat(Str *s, char c, size_t n)
{
    str_reserve(s, n);
    memset(s->text + s->len, c, n);
    s->len += n;
    s->text[s->len] = '\0';
}

void str_addf(Str *s, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(s->text + s->len, s->cap - s->len, fmt, args);
    if (len >= 0 && (size_t)len >= s->cap - s->len) {
        str_reserve(s, (size_t)len);
        vsnprintf(s->text + s->len, s->cap - s->len, fmt, again);
    }
    s->len += len < 0 ? 0 : (size_t)len;
    s->text[s->len] = '\0';
    va_end(again);
    va_end(args);
}

void str_clear(Str *s)
{
    s->len = 0;
    s->text[0] = '\0';
}

View view_of(const char *text)
{
    return (View){text, strlen(text)};
}

bool view_is(View v, const char *text)
{
    return strlen(text) == v.len && memcmp(v.p, text, v.len) == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool view_is_nocase(View v, const char *text)
{
    size_t i = 0;
    for (; i < v.len && text[i] != '\0'; i++)
        if (lower(v.p[i]) != lower(text[i]))
            return false;
    return i == v.len && text[i] == '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

View view_trim(View v)
{
    while (v.len > 0 && is_blank(v.p[0])) {
        v.p++;
        v.len--;
    }
    while (v.len > 0 && is_blank(v.p[v.len - 1]))
        v.len--;
    return v;
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);
    return n >= m && memcmp(text + n - m, suffix, m) == 0;
}

bool text_equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool text_to_long(const char *text, long min, long max, long *out)
{
    char *end;
    errno = 0;
    long n = strtol(text, &end, 10);
    if (end == text || *end != '\0' || is_blank(*text) || errno != 0 || n < min || n > max)
        return false;
    *out = n;
    return true;
}

size_t utf8_sequence(const char *p, size_t len)
{
    const unsigned char *u = (const unsigned char *)p;
    if (len == 0)
        return 0;
    if (u[0] < 0x80)
        return 1;
    size_t n = u[0] >= 0xF0 ? 4 : u[0] >= 0xE0 ? 3 : 2;
    if (u[0] < 0xC2 || u[0] > 0xF4 || n > len)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((u[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (u[0] == 0xE0 && u[1] < 0xA0) || (u[0] == 0xF0 && u[1] < 0x90);
    bool surrogate = u[0] == 0xED && u[1] > 0x9F;
    bool beyond = u[0] == 0xF4 && u[1] > 0x8F;
    return overlong || surrogate || beyond ? 0 : n;
}

/* Those beyond ASCII; PropList.txt of the Unicode Character Database. */
static const char *const white_space[] = {
    "\xC2\x85", "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
    "\u2009", "\u200A", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000",
};

size_t utf8_white(const char *p, size_t len)
{
    if (len == 0)
        return 0;
    if ((unsigned char)*p < 0xC2)
        return is_blank(*p);
    for (size_t i = 0; i < sizeof white_space / sizeof white_space[0]; i++) {
        size_t n = strlen(white_space[i]);
        if (*p == *white_space[i] && n <= len && memcmp(p, white_space[i], n) == 0)
            return n;
    }
    return 0;
}

bool utf8_is_blank(View text)
{
    size_t i = 0, n;
    while ((n = utf8_white(text.p + i, text.len - i)) > 0)
        i += n;
    return i == text.len;
}

/* Are the eight bytes at `p` ASCII without NUL? */
static bool is_plain(const char *p)
{
    const uint64_t ones = 0x0101010101010101, high = ones << 7;
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return (((word - ones) | word) & high) == 0;
}

long text_line(View text, size_t at)
{
    long line = 1;
    for (const char *p = text.p, *to = text.p + at; (p = memchr(p, '\n', (size_t)(to - p))) != NULL; p++)
        line++;
    return line;
}

size_t utf8_valid(View text)
{
    size_t i = 0;
    while (i < text.len && text.p[i] != '\0') {
        size_t n = text.len - i >= 8 && is_plain(text.p + i) ? 8 : utf8_sequence(text.p + i, text.len - i);
        if (n == 0)
            break;
        i += n;
    }
    return i;
}

size_t utf8_offset(View text, long n)
{
    const char *p = text.p, *end = text.p + text.len;
    while (p < end && (n > 0 || ((unsigned char)*p & 0xC0) == 0x80)) {
        n -= ((unsigned char)*p & 0xC0) != 0x80;
        p++;
    }
    return (size_t)(p - text.p);
}

char *utf8_repaired(const void *ctx, View text)
{
    static const char replacement[] = "\uFFFD";
    Str out = str_new(ctx);
    for (size_t n; (n = utf8_valid(text)) < text.len; text = (View){text.p + n + 1, text.len - n - 1}) {
        str_add_n(&out, text.p, n);
        str_add(&out, replacement);
    }
    str_add_n(&out, text.p, text.len);
    return out.text;
}

/* Levenshtein distance, given up above `limit`. */
static size_t edit_distance(const char *a, const char *b, size_t limit)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > 200 || m > 200 || (n > m ? n - m : m - n) > limit)
        return limit + 1;
    size_t row[201];
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[m];
}

const char *text_nearest(const char *word, const char *const *candidates, size_t n)
{
    size_t limit = strlen(word) / 3 + 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        size_t distance = edit_distance(word, candidates[i], limit);
        if (distance <= limit && (nearest == NULL || distance < limit)) {
            nearest = candidates[i];
            limit = distance;
        }
    }
    return nearest;
}
