/* deploy/hints.h: what to do next, from what the server said. */
#ifndef DEPLOY_HINTS_H
#define DEPLOY_HINTS_H

#include "base/error.h"
#include "project/project.h"

/* Gives the failure of a script's statement a hint that knows the project: a role that `roles bootstrap` makes, an object
 * that another change creates. Leaves `err` alone where it knows nothing better than the server. */
void hint_for_statement(Error *err, const Workspace *ws);

#endif
