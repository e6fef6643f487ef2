/* project/regen.h: verify and revert scripts, made from what a deploy script says. */
#ifndef PROJECT_REGEN_H
#define PROJECT_REGEN_H

#include "project/authoring.h"

/* A script that was made. */
typedef struct Regenerated {
    const Change *change;
    const char *path;
    const char *text;      /* NULL: there is nothing to say in it */
    size_t statements;
    TextList left_out;     /* statements that are not taken back, "deploy/users.sql:3: INSERT INTO …" */
} Regenerated;
typedef LIST(Regenerated) RegeneratedList;

/* Makes the script of this kind (verify or revert) for a change where it is missing or holds no statement, or in any case
 * with `force`; nothing is added where it stands. Writes nothing. Owned by `ctx`. ERR_CONFIG when a script cannot be
 * read. */
bool regen_script(const void *ctx, const Workspace *ws, const Change *change, ScriptKind kind, bool force,
                  RegeneratedList *out, Error *err);

#endif
