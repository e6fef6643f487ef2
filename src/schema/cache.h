/* schema/cache.h: models kept in files, so that the same state is not read twice; and dumps that programs exchange. */
#ifndef SCHEMA_CACHE_H
#define SCHEMA_CACHE_H

#include "base/error.h"
#include "schema/model.h"

/* Writes the rows that a model was made of. */
bool model_save(const Model *model, const char *path, Error *err);

/* NULL when there is no such file, or it was written by another version of this program or is damaged: no error, for what it
 * holds can be had again. */
Model *model_restore(const void *ctx, const char *path);

#endif
