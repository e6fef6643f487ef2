/* schema/dump.h: a model as SQL that psql can load anywhere. The same model gives the same bytes. */
#ifndef SCHEMA_DUMP_H
#define SCHEMA_DUMP_H

#include "schema/diff.h"

typedef struct DumpOptions {
    bool without_headings; /* no comment lines above objects */
    bool owners;           /* ALTER … OWNER TO for owners other than the reading user */
} DumpOptions;

/* All of it as one text, owned by `ctx`. */
char *schema_dump(const void *ctx, const Model *model, const DumpOptions *options);

#endif
