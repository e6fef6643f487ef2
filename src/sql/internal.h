/* sql/internal.h: what the files that make up SqlScript share. Not for others.
 *
 *     script.c     files and values one within another; the walk from token to token
 *     statement.c  the statement being read, and its way back to the file
 *     variables.c  :name and its kin
 *     directive.c  backslash commands; arguments.c their arguments
 *     copy.c       data of COPY within the script; \copy
 *     summary.c    all of a script in one look */
#ifndef SQL_INTERNAL_H
#define SQL_INTERNAL_H

#include "base/list.h"
#include "sql/facts.h"
#include "sql/source.h"

/* A piece of a statement's text and where it came from. */
typedef struct Segment {
    size_t start;  /* offset in the statement */
    SqlPlace place;
    bool replaced; /* a variable's value: all of it stands at `place` */
} Segment;

/* The statement being read. */
typedef struct Statement {
    Str text;
    LIST(Segment) segments;
    Lexer lexer;
    FactsReader facts;
    SqlPlace place;   /* of its first token */
    bool interrupted; /* something was left out here (a directive): what follows is a segment of its own */
    bool given;       /* it is the caller's item: what comes next begins another */
} Statement;

/* An \if that is open. */
typedef struct Branch {
    bool active;   /* statements of this branch are read */
    bool taken;    /* a branch of this \if was active already */
    bool seen_else;
    Lexer lexer;   /* as it stood before a branch that is skipped: its parentheses do not count */
    SqlPlace place;
} Branch;

/* A file being read. As in psql each has a statement and \if blocks of its own. */
typedef struct Frame {
    Source *file;
    Source *source;      /* what is read: the file, or the value of a variable in it */
    Statement statement;
    size_t branches;     /* how many \if were open where it was included */
    struct Frame *outer; /* the file that includes it */
} Frame;

struct SqlScript {
    const char *root;
    const char *base;
    bool tree;
    Map *variables;         /* name → char * */
    size_t expanded;        /* bytes of values that stand for the variable at hand in the file */
    Frame *main;
    Frame *frame;           /* the innermost */
    int depth;              /* of includes */
    LIST(Branch) branches;
    bool backslash_escapes; /* standard_conforming_strings is off */
    bool begun;             /* the first token that is no comment has come */
    bool own_transaction;   /* `-- transaction: none` stands among the leading comments */
    SqlPlace own_place;
    LIST(char *) labels;    /* enum values that were added, as written */
    bool label_used;        /* one of them was named again */
    Str echo;               /* text of an item that is no statement, */
    Str path;               /* and its file */
    bool copy_pending;      /* inline data of the last item is to come, */
    bool copy_begun;        /* and its first line was found */
};

/* script.c */

/* Is text at hand to be run, or skipped by an \if? */
bool script_is_active(const SqlScript *s);

/* Goes on with another file. `at` is the offset of what asks for it in the source at hand, for errors. */
bool script_include(SqlScript *s, const char *path, size_t at, Error *err);

/* Checks that `path`, asked for at offset `at` of the source at hand, lies within the root. */
bool script_within_root(const SqlScript *s, const char *path, size_t at, Error *err);

/* statement.c */

/* Forgets the statement that was read last. */
void statement_begin(SqlScript *s);

/* Consumes a token of the source at hand; what is no comment before the first word becomes part of the statement. */
void statement_add(SqlScript *s, LexToken token);
void statement_add_space(SqlScript *s, LexToken token);

/* Consumes a token that `text` stands for; to the facts it is a token of `kind`. */
void statement_add_replaced(SqlScript *s, LexToken token, LexKind kind, const char *text);

/* The statement that was read, as an item; false when there is nothing in it. */
bool statement_finish(SqlScript *s, SqlItem *item);

/* variables.c */

/* Puts the value of a LEX_VARIABLE… token into `out` as psql would; false when it is not set. */
bool variable_value(const SqlScript *s, LexToken token, Str *out);

/* Puts a LEX_VARIABLE… token's value in its place in the statement. */
bool variable_replace(SqlScript *s, LexToken token, Error *err);

/* psql's booleans: true, on, 1 … and their beginnings. False when `text` is none. */
bool variable_boolean(const char *text, bool *value);

/* arguments.c */

/* Bytes of an argument, and of a variable: values made of one another grow without end. A fuzzer, which finds that out soon,
 * shall not spend its time on them. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
enum { VALUE_MAX = 4096 };
#else
enum { VALUE_MAX = 1024 * 1024 };
#endif

/* The arguments of a directive, taken one by one. */
typedef struct Arguments {
    const SqlScript *script;
    const char *p, *end;
    size_t bare;       /* how many bytes at the end of the last one were not quoted */
    const char *fault; /* why there is no next one, when that is not for the line's end */
} Arguments;

/* The next argument: quoted and unquoted pieces up to a blank. False at the end, and at a fault. */
bool arguments_next(Arguments *a, Str *out);

/* Where the arguments that begin at `p` end: at a backslash outside quotes, else with their line. */
const char *arguments_end(const char *p, const char *line_end);

/* directive.c */

/* A directive being run. */
typedef struct Directive {
    SqlScript *script;
    size_t at;      /* offset of its backslash in the window */
    View name;
    Arguments args;
    SqlItem *item;
    bool *ready;    /* it gives an item */
    Error *err;
} Directive;

/* Runs the directive whose backslash is `token`, and consumes it to its end. *ready when it gave an item. */
bool directive_run(SqlScript *s, LexToken token, SqlItem *item, bool *ready, Error *err);

/* Sets an error at the directive; returns false. */
bool directive_fail(const Directive *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Gives an item; its place is the directive's. */
void directive_give(Directive *d, SqlItem item);

/* copy.c */

/* \copy. */
bool copy_directive(Directive *d);

/* Skips what the caller has not read of the last item's data. */
bool copy_skip_data(SqlScript *s, Error *err);

#endif
