/* schema/pgschema_read.h: reads a schema as pgschema does. Only for its fingerprint: see pgschema_hash.c. */
#ifndef SCHEMA_PGSCHEMA_READ_H
#define SCHEMA_PGSCHEMA_READ_H

#include "pg/conn.h"
#include "schema/ignore.h"

#include <jansson.h>

/* The document that is hashed, with cleaned texts, without what `rules` (NULL: none) ignore. The caller gives the reference back. NULL on failure. */
json_t *pgschema_read(PgConn *conn, const char *schema, const IgnoreRules *rules, Error *err);

#endif
