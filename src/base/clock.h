/* base/clock.h: time. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds on a clock that only goes forward, for measuring and for deadlines. */
int64_t clock_ms(void);

/* Microseconds on the same clock. */
int64_t clock_us(void);

/* Now, in UTC, as plans write it: "2024-01-31T23:59:59Z". PGPM_FROZEN_TIME in the environment stands for it,
 * so that generated plans can be compared (spec of that variable: pgpm). */
enum { CLOCK_UTC_SIZE = 21 };
void clock_utc(char out[CLOCK_UTC_SIZE]);

/* "250ms", "5s", "2min" (or "2m"), "1h", "1d", "1h30m", "1.5m", a bare number in seconds → milliseconds; ns and us are units
 * too. False when it is none of these. */
bool clock_parse_duration(const char *text, int64_t *ms);

/* "12 ms", "3.4 s", "2 min 5 s". */
enum { CLOCK_DURATION_SIZE = 40 };
void clock_format_duration(int64_t ms, char out[CLOCK_DURATION_SIZE]);

#endif
