/* cli/drive_record.h: what deployments of session projects write down, and the schemas that `drift` looks at. */
#ifndef CLI_DRIVE_RECORD_H
#define CLI_DRIVE_RECORD_H

#include "cli/driving.h"

/* Has what is deployed recorded, when --record or else the settings ask for it, and it is not only a preview. `d` stays where
 * it is. */
bool drive_record(Driving *d, Error *err);

/* Those of --schema; all where none is named, for deploy.sql may make any. And what is to be ignored of them. */
bool drive_schemas(SchemaSession *s, Invocation *inv, Error *err);

#endif
