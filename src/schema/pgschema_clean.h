/* schema/pgschema_clean.h: texts as pgschema cleans them. Only for its fingerprint: see pgschema_hash.c.
 *
 * Every function takes a text as the server renders it and the schema's name, and gives what is hashed, owned by `ctx`. */
#ifndef SCHEMA_PGSCHEMA_CLEAN_H
#define SCHEMA_PGSCHEMA_CLEAN_H

#include <jansson.h>

/* The name of a type; or an expression whose casts name types. */
char *pgschema_clean_type(const void *ctx, const char *text, const char *schema);

char *pgschema_clean_default(const void *ctx, const char *text, const char *schema); /* of a column or parameter */
char *pgschema_clean_check(const void *ctx, const char *text, const char *schema);
char *pgschema_clean_predicate(const void *ctx, const char *text, const char *schema); /* of an index */
char *pgschema_clean_policy(const void *ctx, const char *text, const char *schema);
char *pgschema_clean_view(const void *ctx, const char *text, const char *schema);
char *pgschema_clean_domain_default(const void *ctx, const char *text, const char *schema);
char *pgschema_clean_domain_check(const void *ctx, const char *text, const char *schema);

/* The call and the condition (empty when there is none) out of a trigger's definition. */
char *pgschema_clean_trigger_call(const void *ctx, const char *text, const char *schema);
char *pgschema_clean_trigger_condition(const void *ctx, const char *text, const char *schema);

char *pgschema_clean_body(const void *ctx, const char *text, const char *schema); /* of a function */
char *pgschema_clean_language(const void *ctx, const char *text, const char *schema);

/* Roles of a policy: an array of texts, changed in its place. */
void pgschema_clean_roles(const void *ctx, json_t *roles);

#endif
