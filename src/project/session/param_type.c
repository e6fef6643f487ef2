/* project/session/param_type.c: does a text fit the type that a parameter is declared with; see params.h. */
#include "project/session/params.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool fits_text(const char *text)
{
    (void)text;
    return true;
}

static bool fits_name(const char *text)
{
    return *text != '\0' && strlen(text) <= 63;
}

static const char *without_plus(const char *text)
{
    return text + (text[0] == '+' && text[1] >= '0' && text[1] <= '9');
}

static bool fits_integer(const char *text)
{
    long n;
    return text_to_long(without_plus(text), -2147483648L, 2147483647L, &n);
}

static bool fits_bigint(const char *text)
{
    long n;
    return text_to_long(without_plus(text), -0x7fffffffffffffffL - 1, 0x7fffffffffffffffL, &n);
}

static const char *digits(const char *p)
{
    while (*p >= '0' && *p <= '9')
        p++;
    return p;
}

/* -12.5e3, and the words for what is no number. */
static bool fits_numeric(const char *text)
{
    static const char *const words[] = {"nan", "infinity", "+infinity", "-infinity", "inf", "+inf", "-inf"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    const char *from = text + (*text == '-' || *text == '+'), *p = digits(from);
    size_t n = (size_t)(p - from);
    if (*p == '.') {
        const char *fraction = p + 1;
        p = digits(fraction);
        n += (size_t)(p - fraction);
    }
    if (n == 0)
        return false;
    if (*p == 'e' || *p == 'E') {
        const char *exponent = p + 1 + (p[1] == '-' || p[1] == '+');
        p = digits(exponent);
        if (p == exponent)
            return false;
    }
    return *p == '\0';
}

/* As boolin() takes it: any beginning of a word that says which one it is. */
static bool fits_boolean(const char *text)
{
    static const struct {
        const char *word;
        size_t at_least;
    } words[] = {{"true", 1}, {"false", 1}, {"yes", 1}, {"no", 1}, {"on", 2}, {"off", 2}, {"1", 1}, {"0", 1}};
    size_t n = strlen(text);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (n >= words[i].at_least && n <= strlen(words[i].word) && strncasecmp(text, words[i].word, n) == 0)
            return true;
    return false;
}

/* 32 hex digits; a hyphen may stand behind every four, braces around all. */
static bool fits_uuid(const char *text)
{
    size_t n = 0;
    bool braces = *text == '{';
    const char *p = text + braces;
    for (; n < 32; p++) {
        if (*p == '-' && n > 0 && n % 4 == 0 && p[-1] != '-')
            continue;
        if (!isxdigit((unsigned char)*p))
            return false;
        n++;
    }
    return strcmp(p, braces ? "}" : "") == 0;
}

/* `n` digits that make a number up to `max`; *p is behind them. */
static bool number(const char **p, size_t n, long min, long max)
{
    long value = 0;
    for (size_t i = 0; i < n; i++, ++*p) {
        if (**p < '0' || **p > '9')
            return false;
        value = value * 10 + (**p - '0');
    }
    return value >= min && value <= max;
}

/* +02, -03:30, Z, or the name of a zone behind a blank. */
static bool fits_zone(const char *p)
{
    if (strcasecmp(p, "z") == 0 || *p == '\0')
        return true;
    if (*p == ' ')
        return isalpha((unsigned char)p[1]) != 0 || fits_zone(p + 1);
    if (*p != '+' && *p != '-')
        return false;
    p++;
    if (!number(&p, 2, 0, 15))
        return false;
    if (*p == '\0')
        return true;
    p += *p == ':';
    return number(&p, 2, 0, 59) && *p == '\0';
}

static bool fits_time(const char *p)
{
    if (!number(&p, 2, 0, 24) || *p++ != ':' || !number(&p, 2, 0, 59))
        return false;
    if (*p == ':') {
        p++;
        if (!number(&p, 2, 0, 60))
            return false;
        if (*p == '.')
            p = digits(p + 1);
    }
    return fits_zone(p);
}

static bool fits_date(const char **p)
{
    static const long days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const char *start = *p;
    if (!number(p, 4, 1, 9999) || *(*p)++ != '-' || !number(p, 2, 1, 12) || *(*p)++ != '-')
        return false;
    long year = strtol(start, NULL, 10), month = strtol(start + 5, NULL, 10);
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return number(p, 2, 1, month == 2 && leap ? 29 : days[month - 1]);
}

/* ISO 8601: 2024-01-31, 2024-01-31 23:59, 2024-01-31T23:59:59.5+02; and the server's own words. */
static bool fits_timestamp(const char *text)
{
    static const char *const words[] = {"now", "today", "tomorrow", "yesterday", "epoch", "infinity", "-infinity"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    const char *p = text;
    return fits_date(&p) && (*p == '\0' || ((*p == 'T' || *p == 't' || *p == ' ') && fits_time(p + 1)));
}

static const struct {
    const char *name;
    bool (*fits)(const char *text);
} types[] = {
    {"text", fits_text},       {"int", fits_integer},     {"integer", fits_integer},     {"bigint", fits_bigint},
    {"numeric", fits_numeric}, {"boolean", fits_boolean}, {"bool", fits_boolean},        {"uuid", fits_uuid},
    {"timestamp", fits_timestamp}, {"timestamptz", fits_timestamp}, {"name", fits_name},
};

const char *const param_types[] = {"text",    "int",  "integer",   "bigint",      "numeric", "boolean",
                                   "bool",    "uuid", "timestamp", "timestamptz", "name",    NULL};

bool param_fits(const char *type, const char *value)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, type) == 0)
            return types[i].fits(value);
    return false;
}
