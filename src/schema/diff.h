/* schema/diff.h: the statements that turn one model into another, in an order in which they can run. */
#ifndef SCHEMA_DIFF_H
#define SCHEMA_DIFF_H

#include "schema/script.h"

/* Who has the last word on privileges: the files, or (ADD) the files and whoever granted more, or (LEAVE) not the files. */
typedef enum GrantPolicy { GRANTS_MANAGED, GRANTS_ADD, GRANTS_LEAVE } GrantPolicy;

typedef struct DiffOptions {
    bool keep_database_wide; /* what belongs to no schema is added, never altered or dropped: other schemas may need it */
    GrantPolicy grants;
    bool without_owners;     /* owners are left as they are */
    bool is_way_back;        /* `new` was read from a database: its owners are meant where `old` says others */
} DiffOptions;

/* `old` is what is there, `new` what shall be; either may be empty. Texts are owned by `ctx`; objects by their models. */
StatementList schema_diff(const void *ctx, const Model *old, const Model *new, const DiffOptions *options);

/* A model without objects, read by the same user from the same server version. */
Model *model_empty(const void *ctx, const Model *like);

#endif
