/* cli/dotenv.h: variables of the working folder's .env. */
#ifndef CLI_DOTENV_H
#define CLI_DOTENV_H

#include "base/list.h"

/* Sets the variables of `dir`/.env that concern the program: those that begin with PG (libpq's, PGWRIGHT_…, PGSCHEMA_…), and that
 * are not set already. What could not be read is told in `remarks`; a file that is not there is none. */
void dotenv_load(const void *ctx, const char *dir, TextList *remarks);

/* The same of a session deployment's project folder, with what cloud sign-in and connection strings need (AWS_…, AZURE_…, DATABASE_URL, …). A file that
 * cannot be read as a whole gives none of its variables, and a warning that shows none of it. */
void dotenv_load_project(const char *dir);

#endif
