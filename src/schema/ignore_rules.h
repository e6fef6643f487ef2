/* schema/ignore_rules.h: what ignore.c asks of the rules. Not for other floors. */
#ifndef SCHEMA_IGNORE_RULES_H
#define SCHEMA_IGNORE_RULES_H

#include "schema/ignore.h"

/* Shall it not be seen? By its own name alone: what holds for its parent or its schema is the caller's matter. */
bool rules_ignore(const IgnoreRules *rules, const Object *object);

/* Is this name one of a section ("tables") that is not to be seen? */
bool rules_ignore_name(const IgnoreRules *rules, const char *section, const char *name);

/* Shall it be kept where it is there and not asked for? */
bool rules_keep(const IgnoreRules *rules, const Object *object);

/* Is it of a schema that is ignored as a whole? */
bool rules_ignore_schema(const IgnoreRules *rules, const char *schema);

/* Are grants to this role (NULL: PUBLIC) not to be seen: those on objects, or those of default privileges? */
bool rules_ignore_grantee(const IgnoreRules *rules, const char *grantee, bool by_default);

#endif
