/* cli/dotenv.h: variables of a folder's .env. */
#ifndef CLI_DOTENV_H
#define CLI_DOTENV_H

#include "base/list.h"

/* Sets the variables of `dir`/.env that concern the program: those that begin with PG (libpq's, PGWRIGHT_…, PGSCHEMA_…), and
 * that are not set already. What could not be read is told in `remarks`; a file that is not there is none. */
void dotenv_load(const void *ctx, const char *dir, TextList *remarks);

/* The same of a session deployment's project folder, with what connection strings and cloud sign-in need (DATABASE_URL, AWS_…,
 * AZURE_…, …). A file with a fault gives none of its variables, and a warning that shows none of it. */
void dotenv_load_project(const char *dir);

#endif
