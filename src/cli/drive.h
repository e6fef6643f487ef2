/* cli/drive.h: deploy, plan and test of a session project: a folder with a deploy.sql. */
#ifndef CLI_DRIVE_H
#define CLI_DRIVE_H

#include "cli/command.h"

/* Does this command line, or this folder, speak of a session project? */
bool folder_is_meant(const Invocation *inv);

bool run_drive(Invocation *inv, Error *err);
bool run_drive_test(Invocation *inv, Error *err);

#endif
