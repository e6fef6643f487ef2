/* pg/cloud/json.h: what services and key files say, in JSON and a little XML.
 *
 * The documents hold secrets, so that errors name the place in them and none of their text, as base/config.h does for
 * others. Values are found with config_get() and config_text(). */
#ifndef PG_CLOUD_JSON_H
#define PG_CLOUD_JSON_H

#include "base/config.h"

/* The object that the text holds, owned by `ctx`. NULL and ERR_CONFIG when it holds none; `source` is whose it is,
 * `err` may be NULL. */
json_t *json_document(const void *ctx, const char *text, size_t len, const char *source, Error *err);

/* The same of a file. */
json_t *json_file(const void *ctx, const char *path, Error *err);

/* A text that must be there and not be empty; `source` is whose document it is. NULL and ERR_CONFIG without it. */
const char *json_needed(json_t *document, const char *dotted, const char *source, Error *err);

/* The same for a token or key, which is made known to redact_value(). */
const char *json_secret(json_t *document, const char *dotted, const char *source, Error *err);

/* Makes `json` live as long as `ctx`; takes it over. */
json_t *json_owned(const void *ctx, json_t *json);

/* The text of the first element of this name that holds text alone, with its entities resolved, owned by `ctx`. NULL
 * when there is none. Enough for the answers of AWS's query services, which are flat where it matters. */
char *xml_text(const void *ctx, const char *xml, const char *element);

#endif
