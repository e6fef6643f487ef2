/* cli/drive_preview.h: plan of a session project: what its deployment did in a transaction that was rolled back, or in a throwaway
 * database of the sandbox. */
#ifndef CLI_DRIVE_PREVIEW_H
#define CLI_DRIVE_PREVIEW_H

#include "cli/drive_target.h"
#include "deploy/session/preview.h"

#include <jansson.h>

/* Is that what was asked for: the command plan, or --dry-run? */
bool drive_previews(const Invocation *inv);

/* Leads to the database as it is; with --sandbox to a throwaway one, which *admin has made and drops. ERR_CONFIG for a database
 * that is not there, besides what drive_connect() fails with. */
PgConn *drive_preview_connect(Invocation *inv, DriveTarget *target, PgConn **admin, Error *err);

/* Drops what `admin` (may be NULL) made. */
bool drive_preview_leave(PgConn *admin, Error *err);

/* Refuses hazards that --forbid names and --allow does not: ERR_REFUSED, in the file that has them. */
bool drive_preview_guard(const Invocation *inv, const Folder *folder, const PreviewResult *result, Error *err);

/* Prints it for people: each file in the order in which it began, with what its statements did; with --verbose each statement. */
void drive_preview_print(const PreviewResult *result);

/* Adds all of it to a JSON object. */
void drive_preview_json(json_t *object, const PreviewResult *result);

#endif
