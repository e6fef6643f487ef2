/* ui/progress.c: one line that tells how far we are; see ui.h. */
#include "base/clock.h"
#include "base/log.h"
#include "ui/ui.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_MS = 1000, REDRAW_MS = 100, ITEM_COLUMNS = 50 };

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

/* How many bytes of a name there is room for: whole characters. */
static int shown_length(const char *item)
{
    size_t n = 0, columns = 0;
    while (item[n] != '\0' && columns < ITEM_COLUMNS) {
        size_t len = utf8_sequence(item + n, strlen(item + n));
        n += len > 0 ? len : 1;
        columns++;
    }
    return (int)n;
}

void ui_progress_step(size_t done, const char *item)
{
    int64_t now = clock_ms();
    if (!progress.on || now - progress.began < FIRST_MS || now - progress.drawn < REDRAW_MS)
        return;
    progress.drawn = now;
    fprintf(stderr, "\r\033[K%s %zu/%zu %.*s", progress.what, done, progress.total, shown_length(item), item);
    fflush(stderr);
}

void ui_progress_end(void)
{
    clear_line();
    log_set_before_line(NULL);
    progress.on = false;
    progress.drawn = 0;
}
