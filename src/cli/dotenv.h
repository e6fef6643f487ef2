/* cli/dotenv.h: variables of a folder's .env. */
#ifndef CLI_DOTENV_H
#define CLI_DOTENV_H

#include "base/list.h"

#include <stdbool.h>

/* Sets the variables of `dir`/.env that concern the program, if they are not set already: those that begin with PG (libpq's,
 * PGWRIGHT_…, PGSCHEMA_…, PGMI_…), DATABASE_URL and those of the cloud sign-ins. What could not be read is told in `remarks`, and
 * passed over; with `whole`, none of the file's variables is set then, and a warning says so that shows nothing of it. A file that is
 * not there is none. */
void dotenv_load(const void *ctx, const char *dir, bool whole, TextList *remarks);

/* The same of a session deployment's project folder, with what cloud sign-in and connection strings need (AWS_…, AZURE_…, DATABASE_URL, …). A file that
 * cannot be read as a whole gives none of its variables, and a warning that shows none of it. */
void dotenv_load_project(const char *dir);

#endif
