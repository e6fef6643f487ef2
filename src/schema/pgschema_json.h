/* schema/pgschema_json.h: JSON as pgschema's encoder writes it. Only for its fingerprint: see pgschema_hash.c. */
#ifndef SCHEMA_PGSCHEMA_JSON_H
#define SCHEMA_PGSCHEMA_JSON_H

#include "base/str.h"

#include <jansson.h>

/* Appends a value in compact form. Fields of an object stand in their order; the objects that list things by name
 * (tables, constraints, ...) are sorted bytewise. */
void pgschema_write_json(Str *out, const json_t *value);

#endif
