/* project/revision.h: a project as it was at a commit of its git repository. */
#ifndef PROJECT_REVISION_H
#define PROJECT_REVISION_H

#include "base/error.h"

/* Writes the folder `root` as `ref` (a commit, branch or tag) has it into a new temporary folder, whose path is
 * returned, owned by `ctx`; the caller removes it. Repository, index and working tree stay as they are. NULL with
 * ERR_USAGE when the ref is unknown or did not have the folder, with ERR_CONFIG when this is no repository or git is
 * not installed. */
char *revision_checkout(const void *ctx, const char *root, const char *ref, Error *err);

#endif
