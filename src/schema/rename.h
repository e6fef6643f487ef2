/* schema/rename.h: renames are never guessed: they are said, in the file or on the command line.
 *
 *     -- pgwright: renamed from customers
 *     CREATE TABLE clients (
 *         email text, -- pgwright: renamed from mail
 *         …
 *
 * The line stands above a statement, or above or behind a column, constraint or label within one. It may stay in the file: once
 * the old name is gone it says nothing. */
#ifndef SCHEMA_RENAME_H
#define SCHEMA_RENAME_H

#include "schema/desired_files.h"
#include "schema/script.h"

#define RENAME_HINT "pgwright: renamed from "

typedef struct Rename {
    const char *what;   /* "TABLE", "COLUMN", "VALUE", "CONSTRAINT", … as ALTER names it */
    const char *schema; /* NULL: wherever it is found */
    const char *table;  /* of parts: the new name of what they are part of; NULL */
    const char *from, *to;
    SqlPlace place;     /* of the hint; file NULL: the command line */
} Rename;
typedef LIST(Rename) RenameList;

/* The hints of the files. */
bool renames_of_files(const void *ctx, const WantedFiles *files, RenameList *renames, Error *err);

/* One of --rename: "table:old=new", "column:table.old=new". */
bool rename_of_text(const void *ctx, const char *text, RenameList *renames, Error *err);

/* The statements for those whose old name is there and whose new one is not, tables before their parts. */
StatementList renames_statements(const void *ctx, const RenameList *renames, const Model *target);

/* What hangs on a renamed table under a name that was made of the old one: constraints and indexes that are equal but for their
 * names, sequences of the same columns. `old` is the target after the renames. */
StatementList renames_following(const void *ctx, const StatementList *renames, const Model *old, const Model *new);

/* What looks like a rename in a plan that drops one and adds another: "column users.mail is dropped and email added …". */
void renames_suggest(const void *ctx, const Model *old, const Model *new, TextList *notes);

#endif
