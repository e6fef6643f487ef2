/* cli/drive_many.h: one session project deployed to many databases. */
#ifndef CLI_DRIVE_MANY_H
#define CLI_DRIVE_MANY_H

#include "cli/command.h"

/* The project is read once; each database has a process of its own, and a result of its own. */
bool run_drive_many(Invocation *inv, Error *err);

#endif
