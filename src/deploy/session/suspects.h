/* deploy/session/suspects.h: which statements of a text can have failed, where the server says of the text only that it did. */
#ifndef DEPLOY_SESSION_SUSPECTS_H
#define DEPLOY_SESSION_SUSPECTS_H

#include "deploy/session/statements.h"

#include <libpq-fe.h>

/* Those of the statements that can raise such an error, in their order: one about rows comes from what reads or writes them, one about
 * an object's name from a statement that says it. None where nothing can be told from the SQLSTATE (manual, appendix A). The failure
 * must be the statement's own, not that of a function which it calls. */
void suspects_find(const void *ctx, View text, const StatementSpans *statements, const PGresult *failure, StatementSpans *suspects);

#endif
