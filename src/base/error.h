/* base/error.h: what went wrong, told once.
 *
 *     bool f(..., Error *err)     true on success; on failure fills `err` and returns false
 *
 * The function that knows most sets it; callers add context on the way up; main prints it once and turns its class
 * into the exit code. An Error starts as {0}, is filled by at most one failure, and may carry further errors of the
 * same kind ("all errors of this file at once") as a chain. Free with error_clear(). */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/str.h"

#include <stdbool.h>

/* The classes are the exit codes (doc/exit-codes.md, made from error_classes[]). */
typedef enum ErrorClass {
    ERR_NONE = 0,
    ERR_FAILED = 1,
    ERR_USAGE = 2,
    ERR_INTERNAL = 3,
    ERR_CONFIG = 10,
    ERR_CONNECTION = 11,
    ERR_REFUSED = 12,
    ERR_SQL = 13,
    ERR_NO_PROJECT = 14,
    ERR_LOCKED = 15,
    ERR_TIMEOUT = 16,
    ERR_VERIFY = 17,
    ERR_DIFFERS = 18,
    ERR_INTERRUPTED = 130,
} ErrorClass;

typedef struct ErrorClassInfo {
    ErrorClass class;
    const char *name; /* the word for programs: "usage", "sql", … */
    const char *meaning;
} ErrorClassInfo;

extern const ErrorClassInfo error_classes[];
extern const size_t error_classes_count;

typedef struct Error {
    ErrorClass class;
    char sqlstate[6];  /* the server's, else "" */
    const char *code;  /* stable word for programs, static text, e.g. "MODULE_NOT_FOUND"; may be NULL */
    char *message;     /* one sentence, without place and without a final dot */
    char *context;     /* "deploying my-module:users", outermost first; may be NULL */
    char *detail;      /* may be NULL, as all below */
    char *hint;        /* what to do next, best a command to type */
    char *file;
    long line;         /* 1-based; 0 when unknown */
    long column;       /* 1-based, in characters; 0 when unknown */
    char *source;      /* the line at fault, shown with a caret under `column` */
    struct Error *next; /* further errors of the same failure */
} Error;

/* Sets class and message. `err` must be empty, or this becomes a further error of its chain.
 * Returns false, so that failing reads `return error_set(err, ERR_CONFIG, "…");`. */
bool error_set(Error *err, ErrorClass class, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Adds to the error that was set last (the end of the chain). Each replaces what stood there. */
void error_detail(Error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void error_hint(Error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void error_place(Error *err, const char *file, long line, long column, const char *source);
void error_code(Error *err, const char *static_code);

/* Places it at the character `at` of the file's whole `text`: line, column and source are found. */
void error_place_in(Error *err, const char *file, View text, const char *at);

/* Puts what the caller was doing before the context: "deploying x" + "verifying y" → "deploying x: verifying y".
 * Returns false. */
bool error_wrap(Error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Is anything set? */
bool error_is_set(const Error *err);

/* How many errors the chain holds. */
size_t error_count(const Error *err);

/* Frees all texts and the chain; `err` is empty again. */
void error_clear(Error *err);

/* Moves `from` to the end of the chain `to`; `from` is empty then. */
void error_append(Error *to, Error *from);

/* Moves `from` to `to`, whatever that held. */
void error_move(Error *to, Error *from);

/* The failure as a person reads it, each error of the chain as
 *     pgwright: FILE:LINE:COLUMN: message (SQLSTATE 42P01)
 *       source line
 *          ^
 *       detail: …
 *       while: …
 *       hint: …
 * Not redacted: print it with log_raw(), which does that. */
void error_render(const Error *err, Str *out);

/* The analyzer of clang, which does not look into other files, is told what these return. */
#ifdef __clang_analyzer__
static inline bool error_returned(bool set)
{
    (void)set;
    return false;
}
#define error_set(...) error_returned(error_set(__VA_ARGS__))
#define error_wrap(...) error_returned(error_wrap(__VA_ARGS__))
#endif

#endif
