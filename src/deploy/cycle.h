/* deploy/cycle.h: the full cycle of a module, with proofs, in a database of its own.
 *
 *     extensions → what it requires → [before] → deploy → [after] → revert → compare with [before]
 *     → deploy → compare with [after] → revert everything → compare with the empty database */
#ifndef DEPLOY_CYCLE_H
#define DEPLOY_CYCLE_H

#include "deploy/run.h"

typedef struct CycleOptions {
    Workspace *ws;
    PgTarget target;      /* the server; its database is only signed in to */
    const char *prefix;   /* of the names of the databases that are made */
    const char *command;  /* as typed */
    bool full;            /* else only deploy */
    bool keep;            /* keep the database of a module that failed or left something behind */
} CycleOptions;

typedef enum FindingKind {
    FINDING_RESIDUE,        /* is there after the revert, was not before */
    FINDING_NOT_REPEATABLE, /* differs after deploying again */
    FINDING_UNPROVEN,       /* its verify script passes though its change is gone */
    FINDING_EMPTY_VERIFY,   /* its verify script holds no statement */
    FINDING_EMPTY_REVERT,   /* its revert script holds no statement though its deploy script does */
} FindingKind;

typedef struct FindingInfo {
    const char *name;    /* "residue" */
    bool is_failure;     /* where proofs are asked for */
    const char *meaning;
} FindingInfo;
extern const FindingInfo finding_infos[]; /* by FindingKind */

typedef struct Finding {
    FindingKind kind;
    const char *what;
} Finding;
typedef LIST(Finding) FindingList;

typedef struct CycleResult {
    Module *module;
    const char *database;
    const char *phase;    /* that failed: "Deploy", "Verify", "Revert", "Deploy (second time)"; NULL */
    Error failure;        /* of that phase; free with error_clear() */
    FindingList findings;
    bool kept;            /* the database is still there */
    int64_t ms;
} CycleResult;

/* Runs it. False (with `err`) only when the test itself could not be done: no server, a database in the way that is not
 * ours. What the module did wrong is in `result`. */
bool cycle_run(const void *ctx, const CycleOptions *options, Module *module, CycleResult *result, Error *err);

#endif
