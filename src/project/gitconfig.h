/* project/gitconfig.h: files in git's configuration syntax (git-config(1), "Syntax"), as sqitch.conf is.
 *
 *     [core]                          →  {"core": {"engine": "pg"},
 *         engine = pg                     "engine": {"pg": {"target": "…"}}}
 *     [engine "pg"]
 *         target = …
 *
 * Section and variable names are in lower case, subsections as written. The last value of a variable counts. */
#ifndef PROJECT_GITCONFIG_H
#define PROJECT_GITCONFIG_H

#include "base/error.h"

#include <jansson.h>

/* New reference; NULL with ERR_CONFIG and file:line:column. */
json_t *gitconfig_parse(const char *text, size_t len, const char *path, Error *err);

#endif
