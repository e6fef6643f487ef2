/* cli/drive_target.h: where flags, environment and settings of a session deployment lead, and how its database comes to be. */
#ifndef CLI_DRIVE_TARGET_H
#define CLI_DRIVE_TARGET_H

#include "cli/command.h"
#include "pg/cloud.h"
#include "pg/conn.h"
#include "project/session/settings.h"

typedef struct DriveTarget {
    PgTarget target;      /* the database that is deployed to */
    PgTarget maintenance; /* from which it is made or replaced */
    const char *database; /* its name */
    CloudOptions cloud;
    bool overwrite, force;
    bool as_is;         /* the database must be there */
    int64_t timeout_ms; /* of the whole run; 0: none */
} DriveTarget;

/* Sets the variables of the project folder's .env that the environment does not have. Before anything else is read. */
void drive_environment(const Invocation *inv);

/* Resolves all of it without asking a server. ERR_CONFIG (or ERR_USAGE) for what contradicts itself or is missing. */
bool drive_target(Invocation *inv, const Settings *settings, DriveTarget *target, Error *err);

/* One of several targets: a database's name, or a connection string that names it. */
typedef struct DriveName {
    const char *database; /* NULL: a string */
    const char *string;
    const char *origin;   /* of the string, for messages: "targets.txt:3" */
} DriveName;

/* The same for a target that stands for what --database and --connection say. */
bool drive_target_of(Invocation *inv, const Settings *settings, const DriveName *name, DriveTarget *target, Error *err);

/* The time that --timeout gives begins now. */
void drive_target_begin(DriveTarget *target);

/* Makes the database if it is missing and may be made, replaces it with --overwrite once that is approved, and connects; what
 * is passing is tried again. What it made is told. NULL on failure: ERR_CONNECTION; ERR_REFUSED when it was not approved;
 * ERR_LOCKED when another run makes, replaces or deploys to it; ERR_SQL; ERR_TIMEOUT; ERR_INTERRUPTED. */
PgConn *drive_connect(Invocation *inv, const DriveTarget *target, Error *err);

/* The folder of the project: the command's argument, else the working folder. */
const char *drive_folder(const Invocation *inv);

#endif
