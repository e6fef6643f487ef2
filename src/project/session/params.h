/* project/session/params.h: the parameters of a session deployment, from settings, files and the command line to checked
 * values. */
#ifndef PROJECT_SESSION_PARAMS_H
#define PROJECT_SESSION_PARAMS_H

#include "project/session/settings.h"

typedef struct Param {
    const char *key;           /* in lower case */
    const char *value;         /* given, or the default; NULL: declared, but neither: no setting is made of it */
    const char *type;          /* "text", "integer", … */
    const char *default_value; /* NULL: none */
    const char *description;   /* NULL: none */
    bool required;
    const char *origin;        /* "pgmi.yaml:7", "params.env:3", "--param": for messages */
} Param;
typedef LIST(Param) ParamList;

/* Types that a parameter may be declared with; ends with NULL. */
extern const char *const param_types[];

/* Merges them: those of the settings, then each file's lines, then key=value of the command line; keys that differ in letter
 * case alone are one, the later wins. Then checks keys, types and what is required. ERR_CONFIG with the place (all faults of
 * all sources, not only the first); no message ever holds a value. Values of secret parameters (declared so, or named like
 * one: password, token, …) are made known to redact_value(). In the order of their first mention. */
bool params_merge(const void *ctx, const Settings *settings, const TextList *files, const TextList *pairs, ParamList *params,
                  Error *err);

/* Does the value fit the type? Dates and times are asked for in ISO 8601, the rest as the server takes it. */
bool param_fits(const char *type, const char *value);

#endif
