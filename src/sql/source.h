/* sql/source.h: the text of a script as it is read: a window that holds the statement at hand and slides over the file.
 * Checks UTF-8 and NUL bytes, counts lines and characters, computes digests, skips a BOM. */
#ifndef SQL_SOURCE_H
#define SQL_SOURCE_H

#include "base/digest.h"
#include "sql/lexer.h"
#include "sql/script.h"

typedef struct Source {
    const char *path;    /* that it is read from; NULL: from memory */
    const char *name;    /* that it is called by in messages */
    int fd;
    char *buffer;        /* the window; of text in memory all of it */
    size_t len;          /* bytes in the window */
    size_t capacity;
    size_t at;           /* what was consumed: everything before it is done with */
    size_t checked;      /* bytes known to be valid UTF-8 */
    bool last;           /* the window holds the end of the text */
    long line, column;   /* of `at`; 1-based, column in characters */
    Digest *sha1, *sha256; /* NULL: not wanted */
    Lexer lexer;
    struct Source *includer; /* the source to go on with at the end of this one */
} Source;

/* Opens a file; NULL with an error. Refuses what is no regular file. */
Source *source_open(const void *ctx, const char *path, const char *name, bool digests, Error *err);

/* A text in memory, borrowed. */
Source *source_of_text(const void *ctx, const char *text, size_t len, const char *name, bool digests, Error *err);

/* Gets more text into the window, keeping everything from `at` on (which moves: take pointers anew). */
bool source_more(Source *s, Error *err);

/* Closes the file and lets the window go; what messages need stays. */
void source_close(Source *s);

/* Consumes up to offset `to` of the window. */
void source_consume(Source *s, size_t to);

/* Place of offset `to` (>= at) of the window. */
SqlPlace source_place(const Source *s, size_t to);

/* Sets an error at offset `to` of the window, showing its line. Returns false. */
bool source_error(const Source *s, size_t to, Error *err, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Moves a place over `len` bytes of text. */
void place_advance(SqlPlace *place, const char *text, size_t len);

/* Line number `line` of a file or a text, owned by `ctx`; NULL when it cannot be read. */
char *source_line(const void *ctx, const Source *s, long line);

#endif
