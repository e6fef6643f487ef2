/* cli/drive.h: deploy, plan, test, status and drift of a session project: a folder with a deploy.sql. */
#ifndef CLI_DRIVE_H
#define CLI_DRIVE_H

#include "cli/schema_session.h"

/* Does this command line, or this folder, speak of a session project? */
bool folder_is_meant(const Invocation *inv);

bool run_drive(Invocation *inv, Error *err);
bool run_drive_test(Invocation *inv, Error *err);
bool run_drive_status(Invocation *inv, Error *err);

/* Connects to where the project is deployed to, for `drift` of its schemas. */
bool drive_drift(SchemaSession *s, Invocation *inv, Error *err);

/* For commands that read the working folder's .env unless they speak of a session project, which has its own. */
bool folder_is_not_meant(const Invocation *inv);

#endif
