/* project/packaged.h: the script of a module as an extension of PostgreSQL, sql/NAME--VERSION.sql, which `pgpm package` writes
 * from its deploy scripts. */
#ifndef PROJECT_PACKAGED_H
#define PROJECT_PACKAGED_H

#include "project/project.h"

/* The version that the module's control file names; NULL: none. Owned by `ctx`. */
const char *packaged_version(const void *ctx, const Module *module);

/* What CREATE EXTENSION would run: the script of that version without its lines that begin with \echo (manual 38.17.3). NULL
 * when there is no such script, or it only means something to CREATE EXTENSION. *path is that of the script. Owned by
 * `ctx`. */
const char *packaged_script(const void *ctx, const Module *module, const char **path);

#endif
