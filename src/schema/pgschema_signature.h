/* schema/pgschema_signature.h: signatures of routines as pgschema takes them apart. Only for its fingerprint: see
 * pgschema_hash.c. */
#ifndef SCHEMA_PGSCHEMA_SIGNATURE_H
#define SCHEMA_PGSCHEMA_SIGNATURE_H

#include <jansson.h>

/* The parameters in pg_get_function_arguments()'s text: objects in a new array. `types` becomes the types of those that a
 * call gives, separated by ", ", as routines are told apart; owned by `ctx`. */
json_t *pgschema_parameters(const void *ctx, const char *signature, const char *schema, char **types);

/* What pg_get_function_result() gives, cleaned; owned by `ctx`. */
char *pgschema_return_type(const void *ctx, const char *text, const char *schema);

#endif
