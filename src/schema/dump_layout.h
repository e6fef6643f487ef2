/* schema/dump_layout.h: which file of a dump each statement belongs to. Not for other floors. */
#ifndef SCHEMA_DUMP_LAYOUT_H
#define SCHEMA_DUMP_LAYOUT_H

#include "schema/script.h"

typedef struct LayoutPlace {
    const char *path;
    size_t folder;     /* number of its folder, in the order in which these are loaded */
    bool trails;       /* of a folder that nothing else needs, and that comes behind what had to be deferred */
    size_t first;      /* statement */
    LIST(size_t) statements;
} LayoutPlace;
typedef LIST(LayoutPlace) LayoutPlaceList;

/* By their first statements; below a folder for each schema, if asked for. Owned by `ctx`. */
LayoutPlaceList layout_places(const void *ctx, const StatementList *statements, bool with_schemas);

#endif
