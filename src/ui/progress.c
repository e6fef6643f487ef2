/* ui/progress.c: one line that tells how far we are; see ui.h. */
#include "base/clock.h"
#include "base/log.h"
#include "ui/ui.h"

#include <stdio.h>
#include <unistd.h>

enum { FIRST_MS = 1000, REDRAW_MS = 100 };

static struct {
    bool on;
    const char *what;
    size_t total;
    int64_t began, drawn;
} progress;

static void clear_line(void)
{
    if (progress.drawn != 0)
        fputs("\r\033[K", stderr);
}

void ui_progress_start(const char *what, size_t total)
{
    if (!isatty(STDERR_FILENO) || log_level() < LOG_INFO)
        return;
    progress.on = true;
    progress.what = what;
    progress.total = total;
    progress.began = clock_ms();
    progress.drawn = 0;
    log_set_before_line(clear_line);
}

void ui_progress_step(size_t done, const char *item)
{
    int64_t now = clock_ms();
    if (!progress.on || now - progress.began < FIRST_MS || now - progress.drawn < REDRAW_MS)
        return;
    progress.drawn = now;
    fprintf(stderr, "\r\033[K%s %zu/%zu %.60s", progress.what, done, progress.total, item);
    fflush(stderr);
}

void ui_progress_end(void)
{
    clear_line();
    log_set_before_line(NULL);
    progress.on = false;
    progress.drawn = 0;
}
