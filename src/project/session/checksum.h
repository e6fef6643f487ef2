/* project/session/checksum.h: a file's checksum that does not change with its layout. People keep these values in tables of
 * their own, so what it is computed from never changes: letters of SQL outside quotes in lower case, comments and white space
 * (also within quotes) as one blank each. */
#ifndef PROJECT_SESSION_CHECKSUM_H
#define PROJECT_SESSION_CHECKSUM_H

#include "base/digest.h"
#include "base/str.h"

/* The text that is hashed. */
void checksum_normalise(View text, Str *out);

/* SHA-256 of it. */
void checksum_normalised(View text, char hex[DIGEST_HEX_MAX]);

#endif
