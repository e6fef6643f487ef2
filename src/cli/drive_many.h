/* cli/drive_many.h: one session project deployed to many databases. */
#ifndef CLI_DRIVE_MANY_H
#define CLI_DRIVE_MANY_H

#include "cli/command.h"

/* Does the command line name several databases, or a file of them? */
bool many_is_meant(const Invocation *inv);

/* The project is read once; each database has a process of its own, and a result of its own. */
bool run_drive_many(Invocation *inv, Error *err);

#endif
