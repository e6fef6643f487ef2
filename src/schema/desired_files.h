/* schema/desired_files.h: the statements of the files of a wanted schema. */
#ifndef SCHEMA_DESIRED_FILES_H
#define SCHEMA_DESIRED_FILES_H

#include "base/digest.h"
#include "base/error.h"
#include "base/list.h"
#include "sql/script.h"

typedef struct WantedStatement {
    const char *sql;
    SqlPlace place;
    SqlKind kind;
    bool no_transaction; /* the server refuses it in a transaction */
    bool is_done;
    Error *failure;     /* of its last try; NULL: it was never tried */
    long position;      /* of that, in characters; 0: none */
} WantedStatement;

typedef struct WantedFiles {
    LIST(WantedStatement) statements;
    const char *main;            /* real path of the main file */
    const char *folder;          /* that it is in; places name files relative to it */
    char digest[DIGEST_HEX_MAX]; /* of all of them, with their places */
    size_t rows_skipped;         /* COPY statements, whose rows are no part of a schema */
} WantedFiles;

/* Reads a file and what it includes, or all files of a folder. NULL on failure: ERR_NO_PROJECT when it is not there. */
WantedFiles *wanted_read(const void *ctx, const char *file, Error *err);

/* Moves a statement's failure to `err`, with its place and line. Returns false. */
bool wanted_error(WantedStatement *statement, Error *err);

#endif
