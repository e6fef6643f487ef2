/* main.c: argv to command, and the only place that exits. */
#include "base/log.h"
#include "cli/invocation.h"
#include "cli/secrets.h"
#include "ui/told.h"
#include "ui/ui.h"

#include <locale.h>
#include <signal.h>
#include <string.h>

/* Copies of argv that stay as they were typed. */
static char **copy_arguments(const void *ctx, int argc, char *argv[])
{
    char **copy = mem_array(ctx, char *, (size_t)argc + 1);
    for (int i = 1; i < argc; i++)
        copy[i - 1] = mem_strdup(ctx, argv[i]);
    return copy;
}

/* Flags of other tools that change nothing are not passed over: the user learns why. */
static void tell_what_has_no_effect(const Invocation *inv)
{
    for (size_t i = 0; command_flag(inv->command, i) != NULL; i++) {
        const Flag *f = command_flag(inv->command, i);
        if (f->no_effect != NULL && flag_given(inv, f->name))
            log_info("--%s changes nothing here: %s", f->name, f->no_effect);
    }
}

static void apply_globals(const Invocation *inv)
{
    ui_start(flag_bool(inv, "color"));
    if (!flag_bool(inv, "tty") || flag_bool(inv, "noTty"))
        ui_never_ask();
    if (flag_bool(inv, "quiet"))
        log_set_level(LOG_ERROR);
    else if (flag_bool(inv, "debug"))
        log_set_level(LOG_DEBUG);
    else if (flag_bool(inv, "verbose"))
        log_set_level(LOG_VERBOSE);
    tell_what_has_no_effect(inv);
    for (size_t i = 0; i < inv->remarks.n; i++)
        log_verbose("%s", inv->remarks.v[i]);
}

static void tell_error(const Error *err, bool json)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    error_render(err, &text);
    if (err->class == ERR_INTERNAL)
        str_add(&text, "  This is a bug of pgwright. Please report it with the command that you ran, the "
                       "lines above and\n"
                       "  the output of: pgwright version\n");
    log_raw(text.text);
    json_t *error = ui_error_json(err);
    told_error(error);
    if (json)
        ui_json(json_pack("{s:b, s:i, s:O}", "ok", 0, "version", 1, "error", error));
    json_decref(error);
}

/* Where --sarif asks for it. Returns the exit code. */
static int write_report(const Invocation *inv, int status, Error *err)
{
    const char *file = inv == NULL ? NULL : flag_text(inv, "sarif");
    if (file == NULL || told_write_sarif(file, status, err))
        return status;
    tell_error(err, false);
    return status == 0 ? (int)err->class : status;
}

/* Of a command line that could not be read. */
static bool wants_json(int argc, char *const argv[])
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--json") == 0)
            return true;
    return false;
}

int main(int argc, char *argv[])
{
    Error err = {0};
    void *root = mem_scratch();
    setlocale(LC_CTYPE, "");  /* nothing else of the locale: numbers and messages are read by programs */
    signal(SIGPIPE, SIG_IGN); /* a deploy whose output is piped into head(1) goes on to its end */
    secrets_of_environment();
    char **arguments = copy_arguments(root, argc, argv);
    secrets_of_arguments(argc, argv);
    ui_start(true);
    Invocation *inv = invocation_parse(root, argc - 1, arguments, &err);
    if (inv != NULL)
        apply_globals(inv);
    bool ok = inv != NULL && inv->command->run(inv, &err);
    if (!ok && error_is_set(&err))
        tell_error(&err, inv != NULL ? inv->json && !inv->answered : wants_json(argc - 1, arguments));
    int status = ok ? 0 : error_is_set(&err) ? (int)err.class : (int)ERR_FAILED;
    error_clear(&err);
    if (!ui_finish(&err) && status == 0) {
        tell_error(&err, false);
        status = ERR_FAILED;
    }
    error_clear(&err);
    status = write_report(inv, status, &err);
    error_clear(&err);
    told_end();
    talloc_free(root);
    return status;
}
