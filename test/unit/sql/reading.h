/* test/unit/sql/reading.h: scripts as one line of text, for tables of cases; a project folder that a test fills. */
#ifndef TEST_SQL_READING_H
#define TEST_SQL_READING_H

#include "sql/script.h"

/* All items, joined by "|": a statement as it is, "[echo TEXT]", "[copy STATEMENT < PATH]" (or > PATH), inline data
 * "{DATA}"; at last "error FILE:LINE:COLUMN MESSAGE" when it cannot be read. The file of a text is "t.sql". */
char *read_text(const void *ctx, const char *text, size_t len);
char *read_file(const void *ctx, const char *root, const char *name);

/* Checks both columns of a table: text, and what read_text() makes of it. */
void check_texts(const char *const cases[][2], size_t n);

/* A folder of its own, as its real path; project_remove() takes it away with all that is in it. */
char *project_make(const void *ctx);
void project_remove(const char *root);

/* Writes a file into it, and the folders above. Returns its path. */
char *project_file(const void *ctx, const char *root, const char *name, const char *text);

/* Facts of the first statement of a text. */
SqlFacts facts_of(const char *text);

/* The summary of a text. */
SqlSummary summary_of(const char *text);

#endif
