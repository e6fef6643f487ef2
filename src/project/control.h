/* project/control.h: a PostgreSQL extension control file (manual 38.17.1): name = 'value' lines, # comments, '' within
 * quotes. */
#ifndef PROJECT_CONTROL_H
#define PROJECT_CONTROL_H

#include "base/error.h"
#include "base/list.h"

typedef struct Control {
    const char *comment;
    const char *default_version; /* NULL when it is not given, as all texts */
    const char *schema;
    TextList requires;           /* none for an empty value */
    long requires_line;          /* 0 when there is none */
} Control;

/* Everything is owned by `ctx`. ERR_CONFIG with file:line:column. */
bool control_parse(const void *ctx, const char *text, size_t len, const char *path, Control *out, Error *err);

#endif
