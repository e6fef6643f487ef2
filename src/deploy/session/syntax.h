/* deploy/session/syntax.h: does the server's own grammar take a text? Nothing of it is run, or looked up in catalogs.
 *
 * A function in SQL that has a polymorphic argument is only parsed when it is made, for its types are not known yet: so the
 * text is made the body of one (fmgr_sql_validator() in pg_proc.c, from 9 to 18). */
#ifndef DEPLOY_SESSION_SYNTAX_H
#define DEPLOY_SESSION_SYNTAX_H

#include "base/str.h"
#include "pg/conn.h"

/* Adds statements to a simple query that fail where the text cannot be parsed, and otherwise leave nothing. Returns the offset
 * of the text in `query`. */
size_t syntax_add_check(Str *query, View text);

/* Where in the text such a failure is, as an offset in characters; -1: the server did not say. */
long syntax_fault_at(const PGresult *failure, const char *query, size_t offset);

/* Asks about a text for itself. True when it is fine, or when there is no telling; else *at is as above. */
bool syntax_check(PgConn *conn, View text, long *at);

#endif
