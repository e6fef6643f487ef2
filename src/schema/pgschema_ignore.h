/* schema/pgschema_ignore.h: what pgschema leaves out of the document that it hashes. Only for its fingerprint: see pgschema_hash.c. */
#ifndef SCHEMA_PGSCHEMA_IGNORE_H
#define SCHEMA_PGSCHEMA_IGNORE_H

#include "schema/ignore.h"

#include <jansson.h>

/* Is the object of this list of the document left out? By its plain name alone; grants by their object's too. */
bool pgschema_ignores(const IgnoreRules *rules, const char *list, const json_t *object);

/* What stands in the document for an ignored table that has triggers. New reference; NULL when no rule is about the name. */
json_t *pgschema_external_table(const IgnoreRules *rules, const char *schema, const char *name);

#endif
