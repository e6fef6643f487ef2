/* sql/script.h: a psql script, read one statement at a time.
 *
 * Reads a file the way psql does: finds where each statement ends, follows \i and \ir, evaluates \if, replaces
 * :variables, knows inline COPY data. Holds one statement (and a read buffer) in memory, never the file. Knows no server
 * and runs nothing: deploy/ takes the items in turn and sends them.
 *
 * Source of the rules: PostgreSQL manual, "psql", "Meta-Commands" and "SQL Interpolation"; "Lexical Structure". */
#ifndef SQL_SCRIPT_H
#define SQL_SCRIPT_H

#include "base/digest.h"
#include "base/error.h"
#include "base/map.h"

#include <stdbool.h>
#include <stddef.h>

/* What a statement is, as far as running it needs to know. */
typedef enum SqlKind {
    SQL_OTHER,
    SQL_BEGIN,           /* BEGIN, START TRANSACTION */
    SQL_COMMIT,          /* COMMIT, END (also AND CHAIN) */
    SQL_ROLLBACK,        /* ROLLBACK, ABORT; not ROLLBACK TO, not ROLLBACK PREPARED */
    SQL_SAVEPOINT,       /* SAVEPOINT, RELEASE, ROLLBACK TO */
    SQL_COPY_FROM_STDIN, /* its data follows inline: sql_script_copy_data() */
    SQL_COPY_TO_STDOUT,
    SQL_ADD_ENUM_VALUE,  /* ALTER TYPE … ADD VALUE */
    SQL_SET,             /* SET, RESET, and anything that may leave a setting or role behind in the session */
} SqlKind;

/* How a statement stands to transactions (manual: "cannot run inside a transaction block" of each command). */
typedef struct SqlFacts {
    SqlKind kind;
    bool no_transaction;  /* the server refuses it inside a transaction block: CREATE INDEX CONCURRENTLY, VACUUM, … */
    const char *command;  /* its first words in capitals, static: "CREATE TABLE", "ALTER TYPE", "SELECT", … */
    int locks;            /* about how many entries of the server's lock table it takes for good: 0 for SELECT,
                             5 for CREATE TABLE (table, TOAST table and index, key), 1 to 2 for the rest */
} SqlFacts;

typedef struct SqlPlace {
    const char *file; /* as given, or as an include named it, relative to the project */
    long line;        /* 1-based */
    long column;      /* 1-based, in characters */
} SqlPlace;

typedef enum SqlItemKind {
    SQL_STATEMENT,
    SQL_ECHO,        /* \echo, \qecho, \warn: `text` is what it prints, with its newline */
    SQL_CLIENT_COPY, /* \copy: `text` is the COPY … FROM STDIN (or TO STDOUT) to send, `path` the file, "" for the
                        script itself (\copy … from stdin: its data follows inline) */
} SqlItemKind;

/* One thing to do. Valid until the next call on its script. */
typedef struct SqlItem {
    SqlItemKind kind;
    const char *text; /* the statement as it is to be sent: from its first token to before its semicolon, comments
                         inside kept, variables replaced; NUL-terminated */
    size_t len;
    SqlPlace place;   /* of its first token */
    const char *path; /* of SQL_CLIENT_COPY */
    SqlFacts facts;
    const struct SqlScript *script; /* that it is of; for sql_item_place() */
} SqlItem;

typedef struct SqlScript SqlScript;

typedef struct SqlScriptOptions {
    const char *root;       /* real path of the project: a script or an include outside it is refused; NULL: no check */
    const char *base;       /* folder that \i paths are relative to (psql: its working folder) */
    const char *name;       /* how errors name the file; NULL: the path */
    bool tree;              /* files that describe a state: \i is relative to the file that holds it, as \ir, and may name a
                               folder (with a slash at its end): all of its *.sql files in order, those below as well */
    bool digests;           /* sql_script_digest() will be asked for */
    const Map *variables;   /* of --set: name → const char *; copied, so that \set stays within the script */
} SqlScriptOptions;

/* Opens a script; NULL when it cannot be read or lies outside the root (ERR_CONFIG). Freed with `ctx`. */
SqlScript *sql_script_open(const void *ctx, const char *path, const SqlScriptOptions *options, Error *err);

/* The same for text in memory (borrowed until the script is freed). */
SqlScript *sql_script_of_text(const void *ctx, const char *text, size_t len, const SqlScriptOptions *options,
                              Error *err);

typedef enum SqlNext { SQL_NEXT_ITEM, SQL_NEXT_END, SQL_NEXT_ERROR } SqlNext;

/* The next item. Errors (ERR_CONFIG, with place and source line): invalid UTF-8, a NUL byte, an unterminated quote or
 * comment, a directive that is not supported, \connect, \if without \endif, an include that is missing, too deep (16)
 * or outside the root. Unread COPY data of the item before is skipped. */
SqlNext sql_script_next(SqlScript *script, SqlItem *item, Error *err);

/* The next piece of the inline data of the COPY item just returned, up to and without the line "\."; *len is 0 at its
 * end. The piece is valid until the next call. */
bool sql_script_copy_data(SqlScript *script, const char **data, size_t *len, Error *err);

/* SHA-1 and SHA-256 of the bytes of the main file (not of includes). Right only after SQL_NEXT_END, and with
 * options->digests. */
void sql_script_digest(SqlScript *script, DigestKind kind, char hex[DIGEST_HEX_MAX]);

/* Where the character number `position` (1-based, as the server's "P" field counts) of item->text stands in its file,
 * also when variables were replaced before it. `source` (may be NULL) gets that line's text, owned by `ctx`. */
SqlPlace sql_item_place(const void *ctx, const SqlItem *item, long position, char **source);

/* What a whole script is, found without running it. */
typedef struct SqlSummary {
    size_t statements;     /* without transaction control */
    bool no_transaction;   /* holds a statement that cannot run inside a transaction block, or says so itself by the
                              comment line `-- transaction: none` */
    bool enum_value_used;  /* adds an enum value and names its label again in a later statement of the script */
    bool adds_enum_value;
    bool rolls_back;       /* holds a bare ROLLBACK */
    bool has_copy;         /* inline COPY or \copy */
    long locks;            /* sum over its statements */
    SqlPlace why_place;    /* the first statement that made no_transaction true; file is owned by `ctx` */
    const char *why;       /* its command, static; "-- transaction: none" for the comment */
    char sha1[DIGEST_HEX_MAX];
    char sha256[DIGEST_HEX_MAX];
} SqlSummary;

/* Reads all of a script. Fails as sql_script_next does; all of it is checked, the first error is told. */
bool sql_script_summarize(const void *ctx, const char *path, const SqlScriptOptions *options, SqlSummary *summary,
                          Error *err);

#endif
