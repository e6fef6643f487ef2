/* project/author.c: see author.h. */
#include "project/author.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/process.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *from_environment(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0' ? value : NULL;
}

static const char *from_git(const void *ctx, const char *key)
{
    const char *const argv[] = {"git", "config", "--get", key, NULL};
    ProcessOptions options = {.timeout_ms = 2000};
    ProcessResult result = {0};
    Error ignored = {0};
    bool ok = process_run(ctx, argv, &options, &result, &ignored) && result.status == 0;
    error_clear(&ignored);
    if (!ok)
        return NULL;
    View value = view_trim(view_of(result.output));
    return value.len > 0 ? mem_strndup(ctx, value.p, value.len) : NULL;
}

/* The full name of the passwd entry, else the login name. */
static const char *system_name(const void *ctx, const struct passwd *pw)
{
    size_t n = pw == NULL || pw->pw_gecos == NULL ? 0 : strcspn(pw->pw_gecos, ",");
    if (n > 0)
        return mem_strndup(ctx, pw->pw_gecos, n);
    return pw != NULL ? mem_strdup(ctx, pw->pw_name) : "unknown";
}

static const char *system_email(const void *ctx, const struct passwd *pw)
{
    char host[256] = "localhost";
    gethostname(host, sizeof host - 1);
    return mem_printf(ctx, "%s@%s", pw != NULL ? pw->pw_name : "unknown", host);
}

Stamp author_stamp(const void *ctx, const Workspace *ws, bool ask_git)
{
    char now[CLOCK_UTC_SIZE];
    clock_utc(now);
    if (from_environment("PGPM_FROZEN_TIME") != NULL)
        return (Stamp){mem_strdup(ctx, now), "constructive", "constructive@5b0c196eeb62"};
    const struct passwd *pw = getpwuid(geteuid());
    const char *name = from_environment("SQITCH_FULLNAME"), *email = from_environment("SQITCH_EMAIL");
    json_t *config = ws != NULL ? ws->config : NULL;
    name = name != NULL ? name : config_text(config, "user.name", NULL);
    email = email != NULL ? email : config_text(config, "user.email", NULL);
    name = name != NULL || !ask_git ? name : from_git(ctx, "user.name");
    email = email != NULL || !ask_git ? email : from_git(ctx, "user.email");
    return (Stamp){.at = mem_strdup(ctx, now),
                   .name = name != NULL ? mem_strdup(ctx, name) : system_name(ctx, pw),
                   .email = email != NULL ? mem_strdup(ctx, email) : system_email(ctx, pw)};
}
