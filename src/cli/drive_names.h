/* cli/drive_names.h: the names of many databases, as --database and --targets list them. */
#ifndef CLI_DRIVE_NAMES_H
#define CLI_DRIVE_NAMES_H

#include "cli/drive_target.h"

typedef LIST(DriveName) DriveNameList;

/* Does the command line name several databases, or a file of them? A --database that is a URL is one, and to a command
 * without --targets every name is. */
bool names_are_many(const Invocation *inv);

/* Reads them: "a,b,c", or a file with a name or a connection string in each line; blank lines, and those that begin with #, are
 * passed over. ERR_CONFIG when there is none, or the file cannot be read; ERR_USAGE when both are given. */
bool names_read(Invocation *inv, DriveNameList *names, Error *err);

#endif
