/* project/session/scaffold.h: metadata blocks for SQL files that have none. A block says what holds without it: the id is the
 * one that the path gives, the sort key is the path, so that the plan stays as it is. */
#ifndef PROJECT_SESSION_SCAFFOLD_H
#define PROJECT_SESSION_SCAFFOLD_H

#include "project/session/folder.h"

/* Would a block be something new? Not in tests, in files that are not SQL, nor in links: what they lead to has one. */
bool scaffold_is_wanted(const Folder *folder, const FolderFile *file);

/* Writes a block before the file's text, behind its byte order mark, with the line ends that the file has. ERR_CONFIG when the
 * file is not what folder_read() saw any more, or has a name that XML cannot hold. */
bool scaffold_write(const Folder *folder, const FolderFile *file, bool idempotent, FileTransaction transaction, Error *err);

#endif
