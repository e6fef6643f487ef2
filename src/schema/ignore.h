/* schema/ignore.h: objects that are somebody else's: they are taken out of models, so that neither a dump nor a plan sees them.
 *
 * Rules stand in files (.pgschemaignore, .pgwrightignore): sections of patterns in TOML (base/toml.h, base/glob.h), and come
 * one by one from the command line. doc/declarative.md tells what they match. */
#ifndef SCHEMA_IGNORE_H
#define SCHEMA_IGNORE_H

#include "schema/model.h"

#include "base/error.h"

typedef struct IgnoreRules IgnoreRules;

IgnoreRules *ignore_new(const void *ctx);

/* Adds the rules of a file; ERR_CONFIG with file:line:column. */
bool ignore_read(IgnoreRules *rules, const char *path, Error *err);

/* The same from memory; `path` is only named in errors. */
bool ignore_parse(IgnoreRules *rules, const char *text, size_t len, const char *path, Error *err);

/* Adds one rule, "tables=tmp_*"; ERR_USAGE. */
bool ignore_add(IgnoreRules *rules, const char *rule, Error *err);

/* Takes out what the rules match, with its parts, with what the server would drop along with it (sequences of its columns,
 * indexes of a column), and grants to roles that they match. A table stays as a shell for its triggers
 * (Object.is_external). Returns how many objects and grants these were. */
size_t ignore_apply(Model *model, const IgnoreRules *rules);

/* For two models that are to be compared, each after ignore_apply(): shells stay where both have them, and are equal then; and
 * what is only in `old` is taken out of it where the rules say that it shall be kept. For a dump `old` is empty. The models
 * share texts from now on: they must live equally long. */
void ignore_pair(Model *old, Model *new, const IgnoreRules *rules);

#endif
