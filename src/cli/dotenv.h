/* cli/dotenv.h: variables of a folder's .env. */
#ifndef CLI_DOTENV_H
#define CLI_DOTENV_H

#include "base/list.h"

/* Sets the variables of `dir`/.env that concern the program, if they are not set already: those that begin with PG (libpq's,
 * PGWRIGHT_…, PGSCHEMA_…, PGMI_…), DATABASE_URL and those of the cloud sign-ins. What could not be read is told in `remarks`; a
 * file that is not there is none. */
void dotenv_load(const void *ctx, const char *dir, TextList *remarks);

#endif
