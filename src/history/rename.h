/* history/rename.h: deployed changes under other names, once their files have them. */
#ifndef HISTORY_RENAME_H
#define HISTORY_RENAME_H

#include "history/history.h"
#include "project/renametext.h"

/* Gives the rows of the renamed change, or of all changes of the renamed module, their new names, and every row of the
 * workspace the id and the script hash that come of it; a script counts as unchanged when only the name in its header is
 * another. One transaction, with events of the audit log. `ws` was read after the files were renamed; the history is locked
 * and loaded. *renamed: rows whose name is another now. ERR_DIFFERS while a change is cut off outside a transaction. */
bool history_rename(History *h, const Workspace *ws, const Renaming *r, const char *command, size_t *renamed, Error *err);

#endif
