/* schema/dump.h: a model as SQL that psql can load anywhere. The same model gives the same bytes. */
#ifndef SCHEMA_DUMP_H
#define SCHEMA_DUMP_H

#include "schema/diff.h"

typedef struct DumpOptions {
    bool without_headings; /* no comment lines above objects */
    bool owners;           /* ALTER … OWNER TO for owners other than the reading user */
    bool qualified;        /* the model's names are written in full, though it is of one schema */
} DumpOptions;

/* All of it as one text, owned by `ctx`. */
char *schema_dump(const void *ctx, const Model *model, const DumpOptions *options);

typedef struct DumpFile {
    const char *path; /* "tables/users.sql": lower case, no blanks */
    const char *text;
} DumpFile;
typedef LIST(DumpFile) DumpFileList;

/* The same as files, in the order in which they must be loaded: one for each object with its parts (functions of one name
 * share theirs), in a folder for each kind; and below a folder for each schema where the model is not of one. What cannot be
 * made as long as a later file is missing stands in deferred/statements.sql. Owned by `ctx`. */
DumpFileList schema_dump_files(const void *ctx, const Model *model, const DumpOptions *options);

/* The file that loads them, with settings that they rely on. Owned by `ctx`. */
char *schema_dump_main(const void *ctx, const Model *model, const DumpFileList *files, const DumpOptions *options);

#endif
