/* sql/source.h: text as it is read: a window that holds what the scanner looks at and slides over a file. Checks UTF-8 and
 * NUL bytes, counts lines and characters, computes digests, skips a BOM. A variable's value that stands in a script is a
 * source too; all of it stands where the variable does. */
#ifndef SQL_SOURCE_H
#define SQL_SOURCE_H

#include "base/digest.h"
#include "base/error.h"
#include "sql/script.h"

#include <stdarg.h>
#include <sys/stat.h>

typedef struct Source {
    const char *path;    /* that it is read from; NULL: from memory */
    const char *name;    /* that it is called by in messages; of a value the variable's */
    int fd;
    char *buffer;        /* the window; of text in memory all of it */
    size_t len;          /* bytes in the window */
    size_t capacity;
    size_t at;           /* what was consumed: everything before it is done with */
    size_t checked;      /* bytes known to be valid UTF-8 */
    bool begun;          /* the first bytes have come */
    bool last;           /* the window holds the end of the text */
    long line, column;   /* of `at`; 1-based, column in characters */
    Digest *sha1, *sha256;  /* NULL: not wanted */
    struct Source *within;  /* of a value: the source that the variable stands in */
    SqlPlace spot;          /* and where */
} Source;

/* Opens a file; reads nothing yet. NULL, and why, when that cannot be or it is no regular file. */
Source *source_open(const void *ctx, const char *path, const char *name, bool digests, const char **why);

/* A text in memory, copied. */
Source *source_of_text(const void *ctx, const char *text, size_t len, const char *name, bool digests, Error *err);

/* The value of the variable `name` that stands at offset `at` of the window of `within`. */
Source *source_of_value(Source *within, size_t at, const char *name, const char *value, Error *err);

/* Why a file cannot be read as text, by its kind; NULL when it is a regular one. */
const char *source_kind_fault(const struct stat *st);

/* Gets more text into the window, keeping everything from `at` on (which moves: take pointers anew). */
bool source_more(Source *s, Error *err);

/* Consumes up to offset `to` of the window. */
void source_consume(Source *s, size_t to);

/* Place of offset `to` (>= at) of the window. */
SqlPlace source_place(const Source *s, size_t to);

/* Sets an error at offset `to` of the window, showing its line. Returns false. */
bool source_error(const Source *s, size_t to, Error *err, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
bool source_error_v(const Source *s, size_t to, Error *err, const char *fmt, va_list args)
    __attribute__((format(printf, 4, 0)));

/* Moves a place over `len` bytes of text. */
void place_advance(SqlPlace *place, const char *text, size_t len);

/* Line number `line` of a file or a text, fit to be shown, owned by `ctx`; NULL when it cannot be read or is too long. */
char *source_line(const void *ctx, const Source *s, long line);

#endif
