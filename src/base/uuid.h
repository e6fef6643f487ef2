/* base/uuid.h: uuids as text, in PostgreSQL's own form: lower case, with hyphens. */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include <stdbool.h>

enum { UUID_TEXT_MAX = 37 };

/* Reads 32 hex digits, with or without the four hyphens; with them also in {…} or behind urn:uuid:. */
bool uuid_parse(const char *text, char uuid[UUID_TEXT_MAX]);

bool uuid_is_nil(const char *uuid);

/* The MD5 of a text as a uuid, as md5(text)::uuid gives it. */
void uuid_of_text(const char *text, char uuid[UUID_TEXT_MAX]);

#endif
