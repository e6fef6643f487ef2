/* base/log.h: what the program says on stderr while it works, and the one place where secrets are taken out.
 *
 * stdout belongs to results (ui/); nothing here ever writes there. Every text that leaves the program, also a
 * result, passes redact(): it takes out
 *   - values made known with redact_value() (passwords read from the environment, a file or a prompt),
 *   - the password of any URL (scheme://user:SECRET@host) and of `password=…`, `sslpassword=…`, `pwd=…`, `token=…`,
 *     what follows `Bearer ` or `Basic `, and a literal behind the word PASSWORD. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

#include <stdbool.h>

typedef enum LogLevel {
    LOG_ERROR, /* errors alone (--quiet) */
    LOG_WARN,
    LOG_INFO,  /* the default */
    LOG_VERBOSE,
    LOG_DEBUG,
} LogLevel;

void log_set_level(LogLevel level);
LogLevel log_level(void);

/* One line on stderr, redacted: "warning: …" for LOG_WARN, the bare text for the others. No newline in `fmt`. */
void log_at(LogLevel level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define log_warn(...) log_at(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_at(LOG_INFO, __VA_ARGS__)
#define log_verbose(...) log_at(LOG_VERBOSE, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)

/* Text as it is, redacted, on stderr, whatever the level. */
void log_raw(const char *text);

/* Called before each line, so that a progress display can clear its own. NULL takes it off. */
void log_set_before_line(void (*before)(void));

/* Makes `secret` known: from now on it is printed as "***". Values under 4 characters are ignored, for they would
 * take ordinary text apart. The value is kept until the process ends. */
void redact_value(const char *secret);

/* `text` without secrets, owned by `ctx`. */
char *redact(const void *ctx, const char *text);

#endif
