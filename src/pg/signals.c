/* pg/signals.c: see signals.h. */
#include "pg/signals.h"

#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

static volatile sig_atomic_t count;

static void on_signal(int number)
{
    (void)number;
    count++;
    if (count >= 2)
        _exit(ERR_INTERRUPTED);
}

void signals_install(void)
{
    static bool installed;
    if (installed)
        return;
    installed = true;
    struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART: poll(2) shall wake up */
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int signals_count(void)
{
    return count;
}
