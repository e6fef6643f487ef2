/* base/clock.c: see clock.h. */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_ms(void)
{
    return clock_us() / 1000;
}

void clock_utc(char out[CLOCK_UTC_SIZE])
{
    const char *frozen = getenv("PGPM_FROZEN_TIME");
    struct tm t;
    if (frozen != NULL && strptime(frozen, "%Y-%m-%dT%H:%M:%S", &t) != NULL) {
        snprintf(out, CLOCK_UTC_SIZE, "%.19sZ", frozen);
        return;
    }
    time_t now = time(NULL);
    gmtime_r(&now, &t);
    strftime(out, CLOCK_UTC_SIZE, "%Y-%m-%dT%H:%M:%SZ", &t);
}

/* Milliseconds of a unit's name, of which *len bytes are taken; 0 for none. */
static double unit_ms(const char *p, size_t *len)
{
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"ms", 1},     {"min", 60000}, {"m", 60000},   {"s", 1000}, {"h", 3600000}, {"d", 86400000},
                 {"ns", 1e-6}, {"us", 1e-3},   {"\u00b5s", 1e-3}, {"\u03bcs", 1e-3}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        *len = strlen(units[i].unit);
        bool is_unit = strncmp(p, units[i].unit, *len) == 0;
        if (is_unit && !(p[*len] >= 'a' && p[*len] <= 'z') && !(p[*len] >= 'A' && p[*len] <= 'Z'))
            return units[i].ms;
    }
    *len = 0;
    return 0;
}

bool clock_parse_duration(const char *text, int64_t *ms)
{
    double sum = 0;
    const char *p = text;
    do {
        char *unit;
        if ((*p < '0' || *p > '9') && *p != '.')
            return false;
        double n = strtod(p, &unit);
        size_t len, blanks = strspn(unit, " ");
        double factor = unit_ms(unit + blanks, &len);
        bool bare = p == text && *unit == '\0';
        if ((factor == 0 && !bare) || unit == p)
            return false;
        sum += n * (bare ? 1000 : factor);
        p = unit + blanks + len;
    } while (*p != '\0');
    if (!(sum <= 2147483647.0)) /* PostgreSQL's own limit for its timeouts */
        return false;
    *ms = sum > 0 && sum < 1 ? 1 : (int64_t)sum; /* 0 means without a limit */
    return true;
}

void clock_format_duration(int64_t ms, char out[CLOCK_DURATION_SIZE])
{
    if (ms < 1000)
        snprintf(out, CLOCK_DURATION_SIZE, "%lld ms", (long long)ms);
    else if (ms < 60000)
        snprintf(out, CLOCK_DURATION_SIZE, "%.1f s", (double)ms / 1000);
    else
        snprintf(out, CLOCK_DURATION_SIZE, "%lld min %lld s", (long long)(ms / 60000), (long long)(ms / 1000 % 60));
}
