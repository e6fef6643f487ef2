/* base/process.h: running other programs. Arguments are passed as they are, never through a shell. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct ProcessResult {
    int status;   /* exit status; 128 + signal number when a signal ended it */
    char *output; /* stdout and stderr together, redacted by whoever prints it */
    size_t output_len;
    char *errors; /* stderr, where it was to be kept apart; else "" */
} ProcessResult;

typedef struct ProcessOptions {
    uid_t uid;              /* 0: stay who we are; else run as this user (setgroups, setgid, setuid) */
    gid_t gid;
    const char *dir;        /* working folder; NULL: ours */
    int64_t timeout_ms;     /* 0: none; on expiry the program is killed and the error says so (ERR_TIMEOUT) */
    const char *const *env; /* "NAME=value", NULL-terminated: stands beside our environment and over it; may be NULL */
    bool errors_apart;      /* process_run(): stderr goes to the result's errors, and its output is stdout alone */
} ProcessOptions;

/* Runs argv (NULL-terminated; argv[0] is looked up in PATH) to its end and collects what it printed.
 * Fails only when it cannot be started or runs out of time; a non-zero status is the caller's to judge. */
bool process_run(const void *ctx, const char *const argv[], const ProcessOptions *options, ProcessResult *result,
                 Error *err);

/* Starts argv in a session of its own with stdin from /dev/null and stdout and stderr appended to the file `log`;
 * it outlives us. Returns its process id, or -1. */
pid_t process_start(const char *const argv[], const ProcessOptions *options, const char *log, Error *err);

/* Full path of `name` in PATH, NULL when it is not there. */
char *process_find(const void *ctx, const char *name);

#endif
