/* schema/conversion.h: how the values of a column become those of another type. Not for other floors. */
#ifndef SCHEMA_CONVERSION_H
#define SCHEMA_CONVERSION_H

#include "schema/model.h"

/* The expression that USING takes: by a cast where there is one, else as text, which every type can be read from. NULL where the
 * types are the same but for their modifiers. Owned by `ctx`. */
const char *conversion(const void *ctx, const Object *old, const Object *new);

/* The same for a column whose type was made anew under its name. */
const char *conversion_to_namesake(const void *ctx, const Object *old, const Object *new);

#endif
