/* deploy/packaged_proof.h: does a module's packaged script make what its deploy scripts make? A statement that one of the
 * two lost is found, also where no verify or revert script asks for it. */
#ifndef DEPLOY_PACKAGED_PROOF_H
#define DEPLOY_PACKAGED_PROOF_H

#include "deploy/finding.h"
#include "history/history.h"

/* Runs it in a transaction that is rolled back, in a database that has all that the module requires and nothing of the
 * module; `after` is the catalog as the deploy scripts make it (snapshot.h). Adds findings without their phase, owned by
 * `ctx`; a script that fails is one. False when the session ended or was told to stop. */
bool packaged_prove(const void *ctx, History *h, const Module *module, const TextList *after, FindingList *findings,
                    Error *err);

#endif
