/* cli/schema_session.h: what the commands over schemas share: which schemas, and where a state comes from. */
#ifndef CLI_SCHEMA_SESSION_H
#define CLI_SCHEMA_SESSION_H

#include "cli/session.h"
#include "schema/model.h"

/* Those of --schema; none for all. */
bool schema_names(Invocation *inv, TextList *schemas, Error *err);

#endif
