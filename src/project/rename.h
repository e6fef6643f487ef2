/* project/rename.h: a new name for a change or a module, in all files of a workspace: plans, scripts and their headers,
 * control files, Makefile, package.json. */
#ifndef PROJECT_RENAME_H
#define PROJECT_RENAME_H

#include "project/renametext.h"

/* What happens to one file. */
typedef struct FileEdit {
    const char *path;     /* absolute */
    const char *to;       /* its new path; NULL: it stays where it is */
    const char *text;     /* its new content; NULL: as it is */
    const char *old_text; /* with `text`: what it was */
} FileEdit;
typedef LIST(FileEdit) FileEditList;

/* Is the new name one, and free? ERR_USAGE. */
bool rename_check(const Workspace *ws, const Renaming *r, Error *err);

/* What has to be done; writes nothing. `package_json`: the module's name there too. Owned by `ctx`. */
bool rename_files(const void *ctx, const Workspace *ws, const Renaming *r, bool package_json, FileEditList *out, Error *err);

/* Does it, all or nothing: what was done before a failure is taken back. */
bool rename_apply(const FileEditList *edits, Error *err);

/* Takes all of it back. */
void rename_undo(const FileEditList *edits);

#endif
