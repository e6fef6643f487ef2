/* deploy/cycle.h: the full cycle of a module, with proofs, in a database of its own.
 *
 *     extensions → what it requires → [before] → rehearsal, taken back → deploy → verify → [after] → revert
 *     → compare with [before] → its packaged script, compare with [after], taken back → deploy → compare with [after]
 *     → revert everything → compare with the empty database
 *
 * and, when asked for, in a second database: deploy an older version → deploy this one → compare with [after]. Many
 * cycles at once are suite.h. */
#ifndef DEPLOY_CYCLE_H
#define DEPLOY_CYCLE_H

#include "deploy/finding.h"
#include "deploy/run.h"

/* How much of it is run. */
typedef enum CycleDepth {
    CYCLE_DEPLOYS,   /* deploy and verify */
    CYCLE_REHEARSES, /* change by change, taken back: for a module that is part of another one's full cycle */
    CYCLE_FULL,
} CycleDepth;

typedef struct CycleOptions {
    Workspace *ws;
    Workspace *older;     /* the project as it was once; NULL: no upgrade is tested */
    const Map *variables; /* of the scripts */
    PgTarget target;      /* the server; its database is only signed in to */
    const char *prefix;   /* of the names of the databases that are made */
    const char *command;  /* as typed */
    CycleDepth depth;
    bool keep;            /* keep the database of a module that failed or left something behind */
} CycleOptions;

/* A database that others are copies of: all that several modules require is deployed in it, once. */
typedef struct CycleBase {
    const char *database;  /* NULL: nothing is prepared */
    TextList empty, facts; /* its catalog: had nothing but its extensions been made; and as it is (snapshot.h) */
} CycleBase;

typedef enum CycleState { CYCLE_NOT_RUN, CYCLE_PASSED, CYCLE_FAILED } CycleState;

typedef struct CyclePhase {
    const char *name; /* "Deploy", "Verify", "Revert", "Deploy (second time)", … */
    CycleState state;
    int64_t ms;
} CyclePhase;

/* The name of the phase that stands for a cycle that could not be done at all. */
#define CYCLE_NOT_DONE "Test"

typedef struct CycleResult {
    Module *module;
    const char *database;
    LIST(CyclePhase) phases; /* in their order; those that were not asked for are not there */
    Error failure;           /* of the phase that failed; free with error_clear() */
    FindingList findings;
    bool kept;               /* the database is still there */
    int64_t ms;
} CycleResult;

/* Runs it in `database`, which is made, as a copy of `base`, and dropped. False (with `err`) only when the test
 * itself could not be done: no server, a database in the way that is not ours. What the module did wrong is in
 * `result`. */
bool cycle_run(const void *ctx, const CycleOptions *options, Module *module, const char *database,
               const CycleBase *base, CycleResult *result, Error *err);

/* Makes `made->database`, as a copy of `base`, with `modules` and all that they require in it. It stays, and so does
 * the session in it until `ctx` is freed: only then can it be copied. */
bool cycle_make_base(const void *ctx, const CycleOptions *options, const ModuleList *modules, const CycleBase *base,
                     CycleBase *made, Error *err);

/* Which name the phase has that failed; NULL when none did. */
const char *cycle_failed_phase(const CycleResult *result);

#endif
