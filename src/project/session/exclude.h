/* project/session/exclude.h: .deployignore in a project's folder: what of it is not to be loaded.
 *
 *     # exports, wherever they are
 *     *.csv
 *     # a folder of this name, with all below it
 *     docs/
 *     # with a slash within: from the project's folder on
 *     data/[0-9]*.sql
 */
#ifndef PROJECT_SESSION_EXCLUDE_H
#define PROJECT_SESSION_EXCLUDE_H

#include "base/error.h"
#include "base/list.h"
#include "base/str.h"

typedef struct ExcludeRule {
    const char *pattern; /* base/glob.h */
    bool is_path;        /* it is compared with whole paths, not with names */
    bool folders_only;
} ExcludeRule;
typedef LIST(ExcludeRule) ExcludeRuleList;

/* Reads the rules of the open folder `dir`, owned by `ctx`; none if it has no such file. ERR_CONFIG with the line for one that
 * begins with !, which takes nothing back here. */
bool exclude_read(const void *ctx, int dir, ExcludeRuleList *rules, Error *err);

/* One pattern, as a line of the file has it; texts are owned by `ctx`. */
void exclude_rule_parse(const void *ctx, View pattern, ExcludeRule *rule);
bool exclude_rule_matches(const ExcludeRule *rule, const char *path, bool is_folder);

/* Is this one left out? `path` is from the project's folder on, as "data/x.csv". */
bool exclude_matches(const ExcludeRuleList *rules, const char *path, bool is_folder);

#endif
