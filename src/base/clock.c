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

bool clock_parse_duration(const char *text, int64_t *ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000}};
    if (*text < '0' || *text > '9')
        return false;
    char *unit;
    double n = strtod(text, &unit);
    while (*unit == ' ')
        unit++;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(unit, units[i].unit) != 0)
            continue;
        if (n * (double)units[i].ms > 2147483647.0) /* PostgreSQL's own limit for its timeouts */
            return false;
        *ms = (int64_t)(n * (double)units[i].ms);
        return true;
    }
    return false;
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
