/* ui/prompt.c: questions to a person; see ui.h. */
#include "base/clock.h"
#include "base/log.h"
#include "ui/ui.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static bool never;

void ui_never_ask(void)
{
    never = true;
}

bool ui_interactive(void)
{
    const char *ci = getenv("CI");
    bool in_ci = ci != NULL && *ci != '\0' && strcmp(ci, "false") != 0 && strcmp(ci, "0") != 0;
    bool unattended = never || in_ci || text_equal(getenv("PGMI_NON_INTERACTIVE"), "1");
    return !unattended && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* One line from the terminal without its end. A signal that arrives meanwhile ends the question. */
static bool read_line(char *line, int size, Error *err)
{
    bool got = fgets(line, size, stdin) != NULL;
    if (got) {
        line[strcspn(line, "\r\n")] = '\0';
        return true;
    }
    log_raw("\n");
    return errno == EINTR ? error_set(err, ERR_INTERRUPTED, "interrupted: nothing was done")
                          : error_set(err, ERR_REFUSED, "no answer: nothing was done");
}

bool ui_confirm(Error *err, const char *fmt, ...)
{
    SCRATCH void *scratch = mem_scratch();
    va_list args;
    va_start(args, fmt);
    char *question = mem_vprintf(scratch, fmt, args);
    va_end(args);
    if (!ui_interactive()) {
        error_set(err, ERR_REFUSED, "confirmation is missing: %s", question);
        error_hint(err, "confirm it with --yes");
        return false;
    }
    char answer[64] = "";
    fflush(stdout);
    log_raw(mem_printf(scratch, "%s [y/N] ", question));
    if (!read_line(answer, sizeof answer, err))
        return false;
    if (strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0)
        return true;
    return error_set(err, ERR_REFUSED, "declined: nothing was done");
}

/* Waits for a line to read. */
static bool wait_line(int64_t deadline_ms, Error *err)
{
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
    for (;;) {
        int64_t left = deadline_ms == 0 ? 1000 : deadline_ms - clock_ms();
        if (left <= 0) {
            log_raw("\n");
            return error_set(err, ERR_TIMEOUT, "no answer in time: nothing was done");
        }
        int ready = poll(&p, 1, (int)(left < 1000 ? left : 1000));
        if (ready > 0)
            return true;
        if (ready < 0) {
            log_raw("\n");
            return error_set(err, ERR_INTERRUPTED, "interrupted: nothing was done");
        }
    }
}

bool ui_confirm_word(Error *err, const char *word, int64_t deadline_ms, const char *fmt, ...)
{
    SCRATCH void *scratch = mem_scratch();
    char answer[256] = "";
    va_list args;
    va_start(args, fmt);
    char *question = mem_vprintf(scratch, fmt, args);
    va_end(args);
    if (!ui_interactive())
        return error_set(err, ERR_REFUSED, "confirmation is missing: nothing was done");
    fflush(stdout);
    log_raw(question);
    if (!wait_line(deadline_ms, err) || !read_line(answer, sizeof answer, err))
        return false;
    return strcmp(answer, word) == 0 || error_set(err, ERR_REFUSED, "that is not it: nothing was done");
}

char *ui_ask_password(const void *ctx, const char *prompt, Error *err)
{
    if (!ui_interactive()) {
        error_set(err, ERR_USAGE, "a password is needed, and nobody can be asked");
        error_hint(err, "give it in the environment");
        return NULL;
    }
    struct termios before, silent;
    char line[256] = "";
    log_raw(prompt);
    if (tcgetattr(STDIN_FILENO, &before) != 0) {
        error_set(err, ERR_FAILED, "cannot silence the terminal: %s", strerror(errno));
        return NULL;
    }
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    bool got = read_line(line, sizeof line, err);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    if (got)
        log_raw("\n");
    redact_value(line);
    char *password = got ? mem_strdup(ctx, line) : NULL;
    explicit_bzero(line, sizeof line);
    return password;
}
