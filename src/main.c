/* main.c: argv to command, and the only place that exits. */
#include "base/log.h"
#include "cli/invocation.h"
#include "cli/verbs.h"
#include "ui/ui.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Passwords that the environment brings along are never printed, wherever they turn up. */
static void redact_environment(void)
{
    static const char *const secrets[] = {
        "PGPASSWORD",      "SQITCH_PASSWORD", "DB_CONNECTION_PASSWORD", "DB_CONNECTIONS_APP_PASSWORD",
        "DB_CONNECTIONS_ADMIN_PASSWORD", "PGWRIGHT_ROLE_PASSWORD",
    };
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        redact_value(getenv(secrets[i]));
}

/* A password within an argument would be seen in the list of processes: overwrite it there, once we have our own copy. */
static void hide_arguments(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++) {
        char *scheme = strstr(argv[i], "://"), *keyword = strcasestr(argv[i], "password=");
        char *colon = scheme == NULL ? NULL : strchr(scheme + 3, ':');
        char *at = colon == NULL ? NULL : strrchr(colon, '@');
        if (at != NULL)
            memset(colon + 1, 'x', (size_t)(at - colon) - 1);
        if (keyword != NULL)
            memset(keyword + 9, 'x', strcspn(keyword + 9, " &"));
    }
}

/* Copies of argv that stay as they were typed. */
static char **copy_arguments(const void *ctx, int argc, char *argv[])
{
    char **copy = mem_array(ctx, char *, (size_t)argc + 1);
    for (int i = 1; i < argc; i++)
        copy[i - 1] = mem_strdup(ctx, argv[i]);
    return copy;
}

static bool apply_globals(const Invocation *inv, Error *err)
{
    const char *dir = flag_text(inv, "cwd");
    ui_start(flag_bool(inv, "color"));
    if (flag_bool(inv, "quiet"))
        log_set_level(LOG_ERROR);
    else if (flag_bool(inv, "verbose"))
        log_set_level(LOG_VERBOSE);
    if (dir == NULL || chdir(dir) == 0)
        return true;
    return error_set(err, ERR_USAGE, "cannot go to %s: %s", dir, strerror(errno));
}

static void tell_error(const Error *err, bool json)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    error_render(err, &text);
    if (err->class == ERR_INTERNAL)
        str_add(&text, "  this is a bug of pgwright: please report it with the command and this message\n");
    log_raw(text.text);
    if (json)
        ui_json(json_pack("{s:b, s:o}", "ok", 0, "error", ui_error_json(err)));
}

static bool wants_json(int argc, char *const argv[])
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--json") == 0)
            return true;
    return false;
}

int main(int argc, char *argv[])
{
    Error err = {0};
    void *root = mem_scratch();
    setlocale(LC_ALL, "");
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is told by write(2) */
    redact_environment();
    char **arguments = copy_arguments(root, argc, argv);
    hide_arguments(argc, argv);
    ui_start(true);
    Invocation *inv = invocation_parse(root, argc - 1, arguments, &err);
    bool ok = inv != NULL && apply_globals(inv, &err) && inv->command->run(inv, &err);
    if (!ok && error_is_set(&err))
        tell_error(&err, inv != NULL ? inv->json && !inv->answered : wants_json(argc - 1, arguments));
    int status = ok ? 0 : error_is_set(&err) ? (int)err.class : (int)ERR_FAILED;
    error_clear(&err);
    talloc_free(root);
    return status;
}
