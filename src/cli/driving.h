/* cli/driving.h: what the commands of session projects have in common: reading the project, and telling people and programs. */
#ifndef CLI_DRIVING_H
#define CLI_DRIVING_H

#include "cli/drive_report.h"
#include "cli/drive_target.h"
#include "cli/schema_session.h"
#include "deploy/session/drive.h"

#include <jansson.h>

typedef struct Driving {
    Invocation *inv;
    int64_t began; /* clock_ms() */
    const Folder *folder;
    Settings settings;
    DriveTarget target;
    DriveOptions options;
    DriveRun run;
    DriveReport report;
    ChronicleOptions chronicle;
    SchemaSession recorded; /* whose state is recorded for `drift` */
} Driving;

/* One whose lines and notices go to stderr. `d` stays where it is. */
void driving_begin(Driving *d, Invocation *inv);

/* Settings, parameters, where to, and every file: all that can be known without a server, in this order. */
bool driving_read(Driving *d, Error *err);

/* Its parts, for commands that look at more than one target. */
bool driving_read_settings(Driving *d, Error *err);
bool driving_read_folder(Driving *d, Error *err);

/* The project's name: as the settings say it, else the folder's. `settings` are its own. */
const char *driving_project(const void *ctx, const Settings *settings, const Folder *folder);

/* Sets a key to a text, unless that is NULL or empty. */
void driving_set_text(json_t *object, const char *key, const char *value);

/* The server's context, for those who read and not for programs, which have it apart. `where` may be NULL. */
void driving_add_context(const char *where, Error *err);

/* Puts the failure, and where it arose, into the keys of a result. */
void driving_set_error(json_t *object, const DriveRun *run, const Error *err);

/* Deploys to the target: connects, and runs deploy.sql. */
bool drive_database(Driving *d, Error *err);

/* What came of it, as --json prints it; new reference. */
json_t *drive_result(const Driving *d, bool ok, const Error *err);

/* The same for people: what a preview has seen on stdout, how it went in a line on stderr. */
void drive_tell(const Driving *d, bool ok);

#endif
