/* deploy/session/hearing.h: what the server says while a session runs, and who is told of it.
 *
 * Some of it is for the program alone, by SQLSTATEs of our own: where a test failed, and when the steps of a test plan begin and
 * end. That way it outlives the transaction. */
#ifndef DEPLOY_SESSION_HEARING_H
#define DEPLOY_SESSION_HEARING_H

#include "deploy/session/drive.h"

typedef struct Hearing {
    const void *ctx;
    const DriveOptions *options;
    bool deaf;              /* what the server says of our own statements is nobody's business */
    char *test_path, *test_context; /* of the last test that failed; NULL */
    char *handed_over;      /* of a file that is to run outside of transactions (alone.h); NULL: none waits */
    TestResultList *tests;  /* that are watched */
    size_t next;            /* of them: what has not been settled, */
    size_t told;            /* and not been told of */
    bool holds_results;     /* they are told of by hearing_release() */
    TestResult *running;    /* NULL: none */
    int64_t began_us;       /* on the server's clock, */
    int64_t began_here_us;  /* and on ours, for one that comes to no end of its own */
} Hearing;

/* A PgNotice; `hearing` is a Hearing. */
void hearing_take(void *hearing, const PGresult *message);

/* What was run so far is rolled back, and run again. */
void hearing_forget(Hearing *hearing);

/* It stays: tells of the results that were held. */
void hearing_release(Hearing *hearing);

/* The tests that are watched come to no other end than this: what ran has failed, the others did not run. `err`: NULL when the
 * deployment succeeded. */
void hearing_end(Hearing *hearing, const Error *err);

#endif
