/* cli/drive_process.h: work in processes of their own, so many at once; what each prints is told on stderr with its name before
 * it, and each ends with one JSON document. */
#ifndef CLI_DRIVE_PROCESS_H
#define CLI_DRIVE_PROCESS_H

#include "base/error.h"
#include "base/list.h"

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

typedef enum WorkState { WORK_WAITING, WORK_RUNNING, WORK_DONE } WorkState;

typedef struct Work {
    const char *name;
    void *what;          /* for the caller */
    json_t *result;      /* once it is done; NULL: its process ended without one. For the caller to free */
    WorkState state;
    pid_t pid;
    int lines, document; /* ends of pipes: its stdout and stderr, its result */
    Str line, text;      /* what has come over them: an unfinished line, the document so far */
} Work;
typedef LIST(Work) WorkList;

typedef struct WorkOptions {
    size_t jobs;                              /* processes at once */
    json_t *(*run)(void *arg, Work *work);    /* in the process: does it; new reference */
    bool (*done)(void *arg, const Work *work); /* here, as soon as it is done: are others to be begun? */
    void *arg;
} WorkOptions;

/* Does all of it, or until `done` says no; what was begun is finished. The first SIGINT or SIGTERM is passed on to every process, and
 * waited for. ERR_INTERRUPTED then; ERR_FAILED when a process cannot be started. */
bool work_run(const void *ctx, const WorkOptions *options, WorkList *works, Error *err);

#endif
