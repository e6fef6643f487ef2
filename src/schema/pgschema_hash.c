/* schema/pgschema_hash.c: the fingerprint that plan files in pgschema's format carry.
 *
 * A plan file names the state it was made for by a SHA-256 over a JSON document of the whole schema, as pgschema reads
 * it. To tell whether such a file still fits a database we must arrive at the same bytes, so these files imitate another
 * tool: the queries ask under the search paths that it asks under (pgschema_read.c), the texts go through the same
 * cleaning, which is by patterns and at times damages what it cleans (pgschema_clean.c, pgschema_signature.c), and the
 * document is written as its encoder writes it (pgschema_json.c). Nothing else may use any of this: what pgwright compares
 * and plans comes from model.h, where expressions stay as the server prints them.
 *
 * Two things cannot be imitated, for they differ from run to run over there: the order of equal grants with and without
 * grant option, and of rows that a query gave in no order. We take the order a small database gives. */
#include "schema/pgschema_hash.h"

#include "base/digest.h"
#include "schema/pgschema_json.h"
#include "schema/pgschema_read.h"

#include <string.h>

char *pgschema_document(const void *ctx, PgConn *conn, const char *schema, const IgnoreRules *rules, Error *err)
{
    json_t *document = pgschema_read(conn, schema, rules, err);
    if (document == NULL) {
        error_wrap(err, "reading the schema as pgschema does");
        return NULL;
    }
    Str text = str_new(ctx);
    pgschema_write_json(&text, document);
    json_decref(document);
    return text.text;
}

char *pgschema_fingerprint(const void *ctx, PgConn *conn, const char *schema, const IgnoreRules *rules, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *document = pgschema_document(scratch, conn, schema, rules, err);
    if (document == NULL)
        return NULL;
    char hex[DIGEST_HEX_MAX];
    digest_of(DIGEST_SHA256, document, strlen(document), hex);
    return mem_strdup(ctx, hex);
}
