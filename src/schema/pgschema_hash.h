/* schema/pgschema_hash.h: the fingerprint that plan files in pgschema's format carry. */
#ifndef SCHEMA_PGSCHEMA_HASH_H
#define SCHEMA_PGSCHEMA_HASH_H

#include "pg/conn.h"
#include "schema/ignore.h"

/* The fingerprint of one schema as pgschema 1.12 computes it: 64 hex digits, owned by `ctx`. What `rules` (NULL: none) ignore is left
 * out as it is there. A fixed number of queries in
 * one transaction, sent in one go; lasting state is not touched. NULL on failure, as when there is no such schema, or the
 * server is older than those that pgschema knows (14); the session can be used on even then. */
char *pgschema_fingerprint(const void *ctx, PgConn *conn, const char *schema, const IgnoreRules *rules, Error *err);

/* What is hashed: the schema as one line of JSON, owned by `ctx`. For whoever asks why two hashes differ. */
char *pgschema_document(const void *ctx, PgConn *conn, const char *schema, const IgnoreRules *rules, Error *err);

#endif
