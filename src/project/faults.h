/* project/faults.h: all that is wrong with one file, collected in any order and told in the file's. Not for other
 * floors. */
#ifndef PROJECT_FAULTS_H
#define PROJECT_FAULTS_H

#include "base/error.h"
#include "base/list.h"

typedef struct Fault {
    long line, column;
    const char *message;
    const char *code;          /* NULL: that of all */
    const char *detail, *hint; /* NULL for none; owned by Faults.ctx, as the message */
    View source;               /* the line, borrowed */
} Fault;

/* Starts as {.ctx = …, .path = …, .code = …}. */
typedef struct Faults {
    const void *ctx;  /* owns the texts */
    const char *path;
    const char *code; /* stable word for programs */
    LIST(Fault) kept;
    Fault spare;      /* takes those that are too many to be told */
    size_t count;
} Faults;

/* A fault in line number `line`, which reads `source`, at the character `at` within it (NULL: its beginning). The result
 * may be given a code, a detail and a hint, until the next call. */
Fault *faults_add(Faults *faults, View source, long line, const char *at, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* Counts a fault that will not be told any more, because there are too many; false while there is room. */
bool faults_full(Faults *faults);

/* Puts them into `err` as ERR_CONFIG; those beyond the first hundred as their number. True when there are none. */
bool faults_tell(Faults *faults, Error *err);

/* 1-based, in characters. */
long text_column(const char *line, const char *at);

#endif
