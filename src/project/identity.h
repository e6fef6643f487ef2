/* project/identity.h: Sqitch's identities: SHA-1 over a text that describes the change or the tag, framed as git frames an
 * object ("change LENGTH NUL text"). Computed for every format, so that any history can be kept as Sqitch's. */
#ifndef PROJECT_IDENTITY_H
#define PROJECT_IDENTITY_H

#include "project/project.h"

/* Gives the module its canonical uri, and every change and tag of it its id. */
void identity_module(Module *module);

/* A URI in canonical form (RFC 3986, 6.2.2 and 6.2.3, as Perl's URI does it): scheme and host in lower case, no default
 * port, no needless escapes. Owned by `ctx`. */
char *identity_canonical_uri(const void *ctx, const char *uri);

#endif
