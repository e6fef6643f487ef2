/* deploy/finding.c: see finding.h. */
#include "deploy/finding.h"

const FindingInfo finding_infos[] = {
    [FINDING_RESIDUE] = {"residue", true, "the revert does not take back"},
    [FINDING_NOT_REPEATABLE] = {"not-repeatable", true, "differs when it is deployed again"},
    [FINDING_INCOMPLETE] = {"incomplete", true, "its verify script fails right after its deploy script"},
    [FINDING_UNPROVEN] = {"unproven", true, "its verify script passes though the change is gone: it proves nothing"},
    [FINDING_BLANK_VERIFY] = {"blank-verify", true,
                              "its verify script holds no statement, and no comment that says why"},
    [FINDING_IDLE] = {"idle", true, "its deploy script holds no statement though its other scripts do"},
    [FINDING_UPGRADE_DIFFERS] = {"upgrade-differs", true, "the upgrade does not end where a fresh deploy does"},
    [FINDING_EDITED] = {"edited", false, "its deploy script was edited, and an upgrade does not run it again"},
    [FINDING_PACKAGED] = {"packaged-differs", false, "what its deploy scripts make (-) is not what its packaged script makes (+)"},
    [FINDING_PARTLY_REVERTED] = {"partly-reverted", false, "its revert script leaves to a later one"},
    [FINDING_EMPTY_DEPLOY] = {"empty-deploy", false, "none of its scripts holds a statement"},
    [FINDING_EMPTY_VERIFY] = {"empty-verify", false, "its verify script holds no statement: it proves nothing"},
    [FINDING_EMPTY_REVERT] = {"empty-revert", false, "its revert script holds no statement"},
};
