/* base/workers.h: pieces of work in processes of their own, several at once. A piece is whatever the caller makes of it; each ends with
 * one JSON document. */
#ifndef BASE_WORKERS_H
#define BASE_WORKERS_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Workers Workers;

typedef struct WorkersOptions {
    json_t *(*work)(void *arg, void *piece); /* in the process: does it; new reference */
    void (*line)(void *arg, void *piece, const char *line, size_t len); /* each line, without its newline, that the process printed on
                                                                         * stdout or stderr; NULL: it has ours */
    void (*ended)(void *arg, void *piece, json_t *result); /* here, with what work() returned, to be freed; NULL where the process ended
                                                            * without that. Another may be started from it */
    void *arg;
} WorkersOptions;

/* None runs yet. */
Workers *workers_new(const void *ctx, const WorkersOptions *options);

/* Starts one. Fails (ERR_FAILED) where the system has no pipe or no process for it. */
bool workers_start(Workers *workers, void *piece, Error *err);

/* How many run. */
size_t workers_running(const Workers *workers);

/* Waits until one of them prints or ends, for at most so long, and calls back. */
void workers_wait(Workers *workers, int timeout_ms);

/* SIGINT to each that runs. A terminal's Ctrl-C does not reach them by itself, for each is a process group of its own: so that a
 * second one does not end them before they have cleaned up. */
void workers_interrupt(const Workers *workers);

#endif
