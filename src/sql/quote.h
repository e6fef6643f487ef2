/* sql/quote.h: the one place where names and values become SQL text. Results are owned by `ctx`. */
#ifndef SQL_QUOTE_H
#define SQL_QUOTE_H

#include "base/str.h"

/* An identifier, quoted only where PostgreSQL would (quote_ident(): lower-case letters, digits and _ that are no
 * reserved word stay as they are). */
char *sql_ident(const void *ctx, const char *name);

/* The same, added to a text. */
void sql_add_ident(Str *out, const char *name);

/* An identifier, quoted always, as psql's :"name". */
char *sql_ident_quoted(const void *ctx, const char *name);

/* schema.name, each part quoted as sql_ident does. */
char *sql_qualified(const void *ctx, const char *schema, const char *name);

/* A string constant, right whatever standard_conforming_strings says: 'it''s', or E'back\\slash'. NULL gives NULL. */
char *sql_literal(const void *ctx, const char *text);

#endif
