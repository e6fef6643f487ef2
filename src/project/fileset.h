/* project/fileset.h: the scripts below a folder, listed once: ten thousand changes cost a few listings and not thirty
 * thousand look-ups. Not for other floors. */
#ifndef PROJECT_FILESET_H
#define PROJECT_FILESET_H

#include "base/error.h"
#include "base/list.h"

typedef struct FileSet FileSet;

/* All files below `dir` that end in `ending`, through links; none when there is no such folder. NULL with ERR_CONFIG when
 * a folder cannot be listed. Owned by `ctx`. */
FileSet *fileset_read(const void *ctx, const char *dir, const char *ending, Error *err);

/* Is there a file called `name`, relative to the folder? */
bool fileset_has(const FileSet *set, const char *name);

/* All names, in byte order; the list is owned by `ctx`, the names by the set. */
TextList fileset_names(const void *ctx, const FileSet *set);

#endif
