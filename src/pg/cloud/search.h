/* pg/cloud/search.h: looking for an identity, source by source.
 *
 * A source that is not set up here says why and the next one is asked; one that is set up and fails ends the search,
 * for another identity than the one that was meant is worse than none. When nothing is found, the reasons are the
 * error's detail. */
#ifndef PG_CLOUD_SEARCH_H
#define PG_CLOUD_SEARCH_H

#include "base/list.h"
#include "pg/cloud.h"

#include <jansson.h>

typedef struct CloudSearch {
    const void *ctx; /* owner of what is found */
    const CloudOptions *options;
    TextList reasons;
} CloudSearch;

typedef enum CloudOutcome {
    CLOUD_FOUND,
    CLOUD_NOT_HERE,
    CLOUD_FAILED, /* the error is set */
} CloudOutcome;

/* Notes why a source does not apply; gives CLOUD_NOT_HERE back. */
CloudOutcome cloud_not_here(CloudSearch *search, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same with what an Error says, which is empty then. */
CloudOutcome cloud_not_here_because(CloudSearch *search, const char *source, Error *why);

/* Fails with all reasons: "no WHAT was found". */
bool cloud_nothing_found(const CloudSearch *search, const char *what, const char *hint, Error *err);

/* A variable of the environment; NULL when it is unset or empty. */
const char *cloud_env(const char *name);

/* The content of a small file without blanks at its ends, owned by `ctx`; known as a secret. */
const char *cloud_secret_file(const void *ctx, const char *path, Error *err);

/* A path below the user's home folder; "~/x" is one as well. NULL without a home. */
const char *cloud_home_path(const void *ctx, const char *path);

/* The JSON object that a program prints, when it ends well within `timeout_ms` and the deadline, owned by `ctx`.
 * `env` may be NULL. Else ERR_CONNECTION with what it said on stderr, or ERR_TIMEOUT behind the
 * deadline. */
json_t *cloud_ask_program(const void *ctx, const CloudOptions *options, const char *const argv[],
                          const char *const env[], int64_t timeout_ms, Error *err);

#endif
