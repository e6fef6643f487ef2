/* cli/drive.h: deploy and plan of a session project: a folder with a deploy.sql. */
#ifndef CLI_DRIVE_H
#define CLI_DRIVE_H

#include "cli/command.h"

/* Does this command line, or this folder, speak of a session project? */
bool folder_is_meant(const Invocation *inv);

bool run_drive(Invocation *inv, Error *err);

#endif
