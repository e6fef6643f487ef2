/* deploy/finding.h: what a test holds against a module. */
#ifndef DEPLOY_FINDING_H
#define DEPLOY_FINDING_H

#include "base/list.h"

#include <stdbool.h>

typedef enum FindingKind {
    FINDING_RESIDUE,         /* is there after the revert, was not before; or the other way round */
    FINDING_NOT_REPEATABLE,  /* differs after deploying again */
    FINDING_INCOMPLETE,      /* its verify script fails right after its deploy script, and the whole failed too */
    FINDING_UNPROVEN,        /* its verify script passes though its change is gone */
    FINDING_BLANK_VERIFY,    /* its verify script holds no statement, and no comment that says why */
    FINDING_IDLE,            /* its deploy script holds no statement though another of its scripts does */
    FINDING_UPGRADE_DIFFERS, /* an older version that was upgraded is not what a fresh deploy makes */
    FINDING_EDITED,          /* its deploy script is not what the older version had: an upgrade does not run it again */
    FINDING_PACKAGED,        /* its packaged script makes something else than its deploy scripts */
    FINDING_PARTLY_REVERTED, /* its revert script leaves a part of what it made to a later one */
    FINDING_EMPTY_DEPLOY,    /* none of its scripts holds a statement */
    FINDING_EMPTY_VERIFY,    /* its verify script holds no statement though its deploy script does */
    FINDING_EMPTY_REVERT,    /* its revert script holds no statement though its deploy script does */
} FindingKind;

typedef struct FindingInfo {
    const char *name;    /* "residue" */
    bool is_failure;     /* where proofs are asked for; the others are advice */
    const char *meaning;
} FindingInfo;
extern const FindingInfo finding_infos[]; /* by FindingKind */

typedef struct Finding {
    FindingKind kind;
    size_t phase;       /* of the cycle that found it */
    const char *change; /* "module:change"; NULL when no single change is known to be at fault */
    const char *what;   /* a line of the catalog with + or - before it, names of objects, a message; NULL */
} Finding;
typedef LIST(Finding) FindingList;

#endif
