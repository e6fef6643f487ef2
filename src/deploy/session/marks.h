/* deploy/session/marks.h: statements of our own between those of a text, by which a preview learns what each of them did.
 *
 * A mark is an INSERT whose rule makes a SELECT of it (preview.sql): so it sets no command tag, and whoever runs the text by
 * EXECUTE … INTO or asks for its row count gets what the text's own statement gave. */
#ifndef DEPLOY_SESSION_MARKS_H
#define DEPLOY_SESSION_MARKS_H

#include "deploy/session/statements.h"

/* Of whose text a mark is. Numbers of statements begin with 1; 0 is the beginning of the text. */
typedef struct MarkOwner {
    long file;         /* 0: deploy.sql; else index in the folder's files + 1 */
    const bool *quiet; /* statements that get no mark; NULL: none such */
    bool told_at_once; /* each mark is told when it is reached; else all of them with the last one */
} MarkOwner;

/* A mark that stands for itself; told at once, or with the next one of its file that is. */
void marks_write(Str *out, long file, long statement, bool told);

/* Appends a text that has these statements, with a mark behind each of them; if it is a file's, before them, too. The first has the
 * number first + 1. Lines stay as they are. */
void marks_add(Str *out, View text, const StatementSpans *statements, long first, const MarkOwner *owner);

/* The text without its marks; the text itself when there is none. */
const char *marks_removed(const void *ctx, const char *text);

/* Where in the text without marks a byte of that with marks stands; a mark's own bytes stand at its place. */
size_t marks_origin(View marked, size_t at);

#endif
