/* schema/grants.h: who may do what with an object, and the statements that change it. Not for other floors. */
#ifndef SCHEMA_GRANTS_H
#define SCHEMA_GRANTS_H

#include "schema/diff.h"

/* GRANT and REVOKE from what holds for `old` to what shall hold for `new`. Without `old` the object has just been made in the
 * database of the model `target`: with the kind's defaults, and what ALTER DEFAULT PRIVILEGES says there. `owner` is who owns it by
 * then. `only_add`: nothing is revoked. */
void grants_change(Script *script, const Model *target, const Object *old, const Object *new, const char *owner, bool only_add);

/* The object with the privileges that it shall have once it has been made anew in place of `was`: those that the ignore rules hide,
 * and those that the policy leaves to others, are carried over. */
const Object *grants_carried(const void *ctx, const Object *was, const Object *new, GrantPolicy policy, int version);

/* Default privileges are taken away: what they gave. */
void grants_take_away(Script *script, const Model *target, const Object *old);

#endif
