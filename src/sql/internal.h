/* sql/internal.h: what the files that make up SqlScript share. Not for others. */
#ifndef SQL_INTERNAL_H
#define SQL_INTERNAL_H

#include "base/list.h"
#include "sql/facts.h"
#include "sql/source.h"

/* A piece of a statement's text and where it came from. */
typedef struct Segment {
    size_t start;     /* offset in the statement */
    SqlPlace place;
    bool replaced;    /* a variable's value: all of it stands at `place` */
    const Source *source;
} Segment;

/* An \if that is open. */
typedef struct Branch {
    bool active;      /* statements of this branch are read */
    bool taken;       /* a branch of this \if was active already */
    bool seen_else;
    SqlPlace place;
} Branch;

struct SqlScript {
    const char *root;
    const char *base;
    Map *variables;      /* name → char * */
    Source *main;
    Source *source;      /* the innermost include at hand */
    int depth;           /* of includes */
    LIST(Branch) branches;

    Str text;            /* of the statement being read */
    LIST(Segment) segments;
    FactsReader facts;
    Str extra;           /* text or path of an item that is no statement */
    SqlPlace place;      /* of the first token */
    bool copy_pending;   /* inline data of the last item is to come */
    bool copy_begun;     /* and its first line was found */
    bool own_transaction;/* `-- transaction: none` stands among the leading comments */
    SqlPlace own_place;
    bool begun;          /* the first token that is no comment has come */
    LIST(char *) labels; /* enum values that were added, as written */
    bool label_used;     /* one of them was named again */
};

/* Is text at hand to be run, or skipped by an \if? */
bool script_is_active(const SqlScript *s);

/* Runs the directive whose backslash stands at offset `at` of the window, and consumes it to its end. *item_ready when
 * it gave an item. */
bool directive_run(SqlScript *s, size_t at, SqlItem *item, bool *item_ready, Error *err);

/* Pushes an include. */
bool script_include(SqlScript *s, const char *path, size_t at, Error *err);

/* Checks that `path` lies within the root. */
bool script_within_root(const SqlScript *s, const char *path, const Source *at_source, size_t at, Error *err);

/* Puts a variable's value into `out` as psql would; false when it is not set. */
bool script_variable(const SqlScript *s, LexToken token, Str *out);

#endif
