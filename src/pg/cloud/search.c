/* pg/cloud/search.c: see search.h. */
#include "pg/cloud/search.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/process.h"
#include "pg/cloud/json.h"

#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECRET_FILE_MAX = 1024 * 1024 };

CloudOutcome cloud_not_here(CloudSearch *search, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    list_push(search->ctx, &search->reasons, mem_vprintf(search->ctx, fmt, args));
    va_end(args);
    return CLOUD_NOT_HERE;
}

CloudOutcome cloud_not_here_because(CloudSearch *search, const char *source, Error *why)
{
    cloud_not_here(search, why->detail == NULL ? "%s: %s" : "%s: %s (%s)", source, why->message, why->detail);
    error_clear(why);
    return CLOUD_NOT_HERE;
}

bool cloud_nothing_found(const CloudSearch *search, const char *what, const char *hint, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str detail = str_new(scratch);
    for (size_t i = 0; i < search->reasons.n; i++)
        str_addf(&detail, "%s%s", i > 0 ? "; " : "", search->reasons.v[i]);
    error_set(err, ERR_CONNECTION, "no %s was found", what);
    error_detail(err, "%s", detail.text);
    error_hint(err, "%s", hint);
    return false;
}

const char *cloud_env(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || *value == '\0' ? NULL : value;
}

const char *cloud_secret_file(const void *ctx, const char *path, Error *err)
{
    size_t len;
    const char *bytes = file_read(ctx, path, SECRET_FILE_MAX, &len, err);
    if (bytes == NULL)
        return NULL;
    View text = view_trim((View){bytes, len});
    const char *secret = mem_strndup(ctx, text.p, text.len);
    redact_value(secret);
    if (*secret == '\0') {
        error_set(err, ERR_CONFIG, "the file is empty");
        error_place(err, path, 0, 0, NULL);
        return NULL;
    }
    return secret;
}

const char *cloud_home_path(const void *ctx, const char *path)
{
    const char *home = cloud_env("HOME");
    const struct passwd *user = home == NULL ? getpwuid(geteuid()) : NULL;
    if (user != NULL)
        home = user->pw_dir;
    return home == NULL ? NULL : path_join(ctx, home, text_starts(path, "~/") ? path + 2 : path);
}

/* The line in which a program says what went wrong: the first that begins with "ERROR", else the last. */
static char *reason_line(const void *ctx, const char *text)
{
    View all = view_trim(view_of(text));
    const char *end = all.p + all.len, *start = all.p;
    for (const char *p = all.p; p < end; p++) {
        if (p > all.p && p[-1] == '\n')
            start = p;
        if (p == start && text_starts(p, "ERROR"))
            break;
    }
    const char *newline = memchr(start, '\n', (size_t)(end - start));
    return utf8_repaired(ctx, view_trim((View){start, (size_t)((newline == NULL ? end : newline) - start)}));
}

json_t *cloud_ask_program(const void *ctx, const CloudOptions *options, const char *const argv[],
                          const char *const env[], int64_t timeout_ms, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    int64_t left = options->deadline_ms == 0 ? timeout_ms : options->deadline_ms - clock_ms();
    ProcessOptions how = {.timeout_ms = left < timeout_ms ? left : timeout_ms, .env = env, .errors_apart = true};
    ProcessResult result;
    json_t *answer = NULL;
    if (left <= 0) {
        error_set(err, ERR_TIMEOUT, "out of time before %s was run", argv[0]);
    } else if (!process_run(scratch, argv, &how, &result, err)) {
        err->class = left < timeout_ms ? err->class : ERR_CONNECTION;
    } else if (result.status != 0) {
        error_set(err, ERR_CONNECTION, "%s ended with %d", argv[0], result.status);
        if (*result.errors != '\0')
            error_detail(err, "%s", reason_line(scratch, result.errors));
    } else {
        answer = json_document(ctx, result.output, result.output_len, "what it printed", err);
        if (answer == NULL)
            err->class = ERR_CONNECTION;
    }
    return answer;
}
