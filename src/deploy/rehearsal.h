/* deploy/rehearsal.h: a module's changes, deployed and reverted one at a time, in a transaction that is rolled back.
 *
 * Looked at as a whole, a module can hide what one of its changes does wrong: a function that its own revert script
 * forgets goes when a later one drops the schema with all that is in it. Here each change answers for itself:
 *
 *     what its deploy script made is gone once its revert script has run
 *     a verify script that fails before the deploy script has run fails again once the revert script has
 *     no verify script passes once everything is reverted
 *     the catalog ends as it began; a line that differs is laid to the change that brought it in */
#ifndef DEPLOY_REHEARSAL_H
#define DEPLOY_REHEARSAL_H

#include "deploy/finding.h"
#include "history/history.h"

#include <stdbool.h>

typedef struct RehearsalOptions {
    Workspace *ws;
    const Map *variables;
    Module *module;
    const TextList *before; /* the catalog as it is now (snapshot.h) */
} RehearsalOptions;

typedef struct Rehearsal {
    bool possible;        /* false: scripts that cannot run in one transaction */
    bool deployed;        /* every deploy script ran */
    bool reverted;        /* and every revert script */
    TextList residue;     /* how the catalog differed in the end, as snapshot_compare() tells it */
    FindingList findings; /* without their phase */
} Rehearsal;

/* Rehearses what the database of `h`, which has all that the module requires, can take. A script that fails only ends
 * the rehearsal. False when the session ended or was told to stop, or a script cannot be read. */
bool rehearse(const void *ctx, History *h, const RehearsalOptions *options, Rehearsal *result, Error *err);

#endif
