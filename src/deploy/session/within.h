/* deploy/session/within.h: where in a text of statements the thing is that a server's context speaks of. */
#ifndef DEPLOY_SESSION_WITHIN_H
#define DEPLOY_SESSION_WITHIN_H

#include "deploy/session/statements.h"

enum { WITHIN_NOWHERE = -1 };

/* Where `part` stands in `text`, if it stands there once. */
long within_only_place(View text, View part);

/* Where in `text`, of which these statements may have failed, the innermost thing is that the context speaks of: a statement
 * that it quotes, the line of a DO block; where it speaks of nothing, the statement if there is but one. WITHIN_NOWHERE when
 * there is no telling: a wrong line is worse than none. */
long within_find(View text, const Statement *statements, size_t n, View context);

#endif
