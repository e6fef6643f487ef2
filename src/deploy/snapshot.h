/* deploy/snapshot.h: what a database's schema is, as lines that can be compared. */
#ifndef DEPLOY_SNAPSHOT_H
#define DEPLOY_SNAPSHOT_H

#include "history/history.h"

/* Sorted lines, one per fact; the history's own schemas are left out. One query. */
bool snapshot_take(const void *ctx, const History *h, TextList *facts, Error *err);

/* Lines of one that the other has not: "- line" of `before`, "+ line" of `after`. Owned by `ctx`. */
void snapshot_compare(const void *ctx, const TextList *before, const TextList *after, TextList *differences);

/* Is the line one of the snapshot? */
bool snapshot_has(const TextList *facts, const char *line);

/* What `base` would be had the same been done to it that made `after` of `before`. The lines are borrowed. */
void snapshot_advance(const void *ctx, const TextList *base, const TextList *before, const TextList *after,
                      TextList *advanced);

#endif
